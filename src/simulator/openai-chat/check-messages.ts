import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { memberOf } from '../read-json.ts'
import { MAX_NAME, NAME } from './check-tools.ts'
import { emptyList, invalid, longString, missing, notOneOf, oddString, unknown, wrongType } from './rejection.ts'

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer']
/** Members of each role's messages. https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content', 'name'],
  developer: ['role', 'content', 'name'],
  user: ['role', 'content', 'name'],
  // What an answer's message has may come back with it.
  assistant: ['role', 'content', 'name', 'refusal', 'audio', 'tool_calls', 'function_call', 'annotations'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
  function: ['role', 'content', 'name'],
}
/** https://github.com/vercel/ai/issues/5171 */
const MAX_ID = 40
const PARTS = ['text', 'image_url', 'input_audio', 'refusal', 'audio', 'file']

/** What OpenAI would refuse in `messages`: kinds, roles, and tool results without their call. */
export function checkMessages(value: JsonValue | undefined): Rejection | undefined {
  if (value === undefined) return missing('messages')
  if (!Array.isArray(value)) return wrongType('messages', 'an array of objects', value)
  if (value.length === 0) return emptyList('messages')
  for (const [index, message] of value.entries()) {
    const problem = checkMessage(message, index)
    if (problem !== undefined) return problem
  }
  return checkCallOrder(value.filter(isJsonObject))
}

function checkMessage(message: JsonValue, index: number): Rejection | undefined {
  const path = `messages[${index}]`
  if (!isJsonObject(message)) return wrongType(path, 'an object', message)
  const { role, content } = message
  if (role === undefined) return missing(`${path}.role`)
  if (typeof role !== 'string' || !ROLES.includes(role)) return notOneOf(`${path}.role`, ROLES, role)
  // A field of another provider's, as `reasoning_content`, is none of OpenAI's.
  const odd = Object.keys(message).find((member) => MEMBERS[role]?.includes(member) !== true)
  if (odd !== undefined) return unknown(`${path}.${odd}`)
  if (role === 'tool' && typeof message['tool_call_id'] !== 'string') return missing(`${path}.tool_call_id`)
  if (role === 'assistant') {
    const problem = checkCalls(message['tool_calls'], `${path}.tool_calls`)
    if (problem !== undefined) return problem
    if (message['tool_calls'] !== undefined || message['function_call'] !== undefined) {
      if (content === undefined || content === null) return undefined
    } else if (isAbsent(content) && (!isAbsent(message['refusal']) || !isAbsent(message['audio']))) return undefined
  }
  return checkContent(content, `messages.[${index}].content`) ?? checkImages(content, role, index)
}

/** https://platform.openai.com/docs/guides/images-vision: pictures are the user's. */
function checkImages(content: JsonValue | undefined, role: string, index: number): Rejection | undefined {
  const hasImage = Array.isArray(content) && content.some((part) => isJsonObject(part) && part['type'] === 'image_url')
  return hasImage && role !== 'user'
    ? invalid(
        `Invalid 'messages[${index}]'. Image URLs are only allowed for messages with role 'user', but this message with role '${role}' contains an image URL.`,
        `messages[${index}]`,
        'invalid_value',
      )
    : undefined
}

function isAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null
}

function checkContent(content: JsonValue | undefined, path: string): Rejection | undefined {
  if (typeof content === 'string') return undefined
  if (content === undefined) return missing(path)
  if (content === null) return invalid("Invalid value for 'content': expected a string, got null.", path)
  if (!Array.isArray(content)) {
    return wrongType(path, 'one of a string or array of objects', content)
  }
  for (const [index, part] of content.entries()) {
    const at = `${path}[${index}]`
    if (!isJsonObject(part)) return wrongType(at, 'an object', part)
    const { type } = part
    if (type === undefined) return missing(`${at}.type`)
    if (typeof type !== 'string' || !PARTS.includes(type)) return notOneOf(`${at}.type`, PARTS, type)
    if (type === 'text' && typeof part['text'] !== 'string') return missing(`${at}.text`)
    if (type === 'image_url' && !isJsonObject(part['image_url'])) {
      return wrongType(`${at}.image_url`, 'an object', part['image_url'])
    }
    const problem = type === 'file' ? checkFile(part['file'], `${at}.file`) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

/** https://github.com/trpc-group/trpc-agent-go/issues/1816, https://github.com/vercel/ai/issues/7266 */
function checkFile(file: JsonValue | undefined, path: string): Rejection | undefined {
  const data = memberOf(file, 'file_data')
  if (typeof data !== 'string') return undefined
  const [, mediaType] = /^data:([^;,]*);base64,/.exec(data.slice(0, 200)) ?? []
  if (mediaType === 'application/pdf') return undefined
  const found = mediaType === undefined ? 'an invalid base64-encoded value' : `unsupported MIME type '${mediaType}'`
  return invalid(
    `Invalid file data: '${path}.file_data'. Expected a base64-encoded data URL with an application/pdf MIME type (e.g. 'data:application/pdf;base64,SGVsbG8sIFdvcmxkIQ=='), but got ${found}.`,
    `${path}.file_data`,
    'invalid_value',
  )
}

function checkCalls(calls: JsonValue | undefined, path: string): Rejection | undefined {
  if (calls === undefined || calls === null) return undefined
  if (!Array.isArray(calls)) return wrongType(path, 'an array of objects', calls)
  if (calls.length === 0) return emptyList(path)
  for (const [index, call] of calls.entries()) {
    const at = `${path}[${index}]`
    if (!isJsonObject(call)) return wrongType(at, 'an object', call)
    if (typeof call['id'] !== 'string') return missing(`${at}.id`)
    if (call['id'].length > MAX_ID) return longString(`${at}.id`, MAX_ID, call['id'].length)
    if (call['type'] === undefined) return missing(`${at}.type`)
    const called = call['function']
    if (call['type'] !== 'function') continue
    if (!isJsonObject(called)) return missing(`${at}.function`)
    if (typeof called['name'] !== 'string') return missing(`${at}.function.name`)
    if (!new RegExp(NAME).test(called['name'])) return oddString(`${at}.function.name`, NAME)
    if (called['name'].length > MAX_NAME) return longString(`${at}.function.name`, MAX_NAME, called['name'].length)
    if (typeof called['arguments'] !== 'string') {
      return wrongType(`${at}.function.arguments`, 'a string', called['arguments'])
    }
  }
  return undefined
}

/** Every call is answered by the tool messages right after it, and every tool message answers a call. */
export function checkCallOrder(messages: readonly JsonObject[]): Rejection | undefined {
  let open = new Set<string>()
  for (const [index, message] of messages.entries()) {
    const id = message['tool_call_id']
    if (message['role'] === 'tool' && typeof id === 'string') {
      if (!open.delete(id)) return strayResult(index)
      continue
    }
    if (open.size > 0) return unanswered(open, index)
    open = callIds(message)
  }
  return open.size > 0 ? unanswered(open, messages.length) : undefined
}

function callIds(message: JsonObject): Set<string> {
  const calls = message['tool_calls']
  const ids = Array.isArray(calls) ? calls.filter(isJsonObject).map((call: JsonObject) => call['id']) : []
  return new Set(ids.filter((id) => typeof id === 'string'))
}

function strayResult(index: number): Rejection {
  return invalid(
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    `messages.[${index}].role`,
  )
}

function unanswered(ids: ReadonlySet<string>, index: number): Rejection {
  return invalid(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    `messages.[${index}].role`,
  )
}
