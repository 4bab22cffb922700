import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Adjusting } from '../../core/provider.ts'
import type { ChatStep } from './adjust.ts'
import { isSaid, withMembers } from './adjust.ts'

/** The messages of a body; none where there is no list of them. */
export function messagesOf(body: JsonObject): readonly JsonObject[] {
  const { messages } = body
  return Array.isArray(messages) ? messages.filter(isJsonObject) : []
}

export function callsOf(message: JsonObject): readonly JsonObject[] {
  const calls = message['tool_calls']
  return Array.isArray(calls) ? calls.filter(isJsonObject) : []
}

/** A call's function, or its custom tool. */
export function calledOf(call: JsonObject): JsonObject {
  const called = call['function'] ?? call['custom']
  return isJsonObject(called) ? called : {}
}

type Edit = (message: JsonObject, path: string, adjusting: Adjusting) => JsonObject

/** A step that edits messages one by one. */
export function eachMessage(edit: Edit): ChatStep {
  return (body, adjusting) => {
    const edited = editedList(body['messages'], 'messages', edit, adjusting)
    return edited === undefined ? body : withMembers(body, { messages: edited })
  }
}

/** A step that edits the calls of messages one by one. */
export function eachCall(edit: Edit): ChatStep {
  return eachMessage((message, path, adjusting) => {
    const calls = message['tool_calls']
    const edited = calls === undefined ? undefined : editedList(calls, `${path}.tool_calls`, edit, adjusting)
    return edited === undefined ? message : { ...message, tool_calls: edited }
  })
}

/** The list with its objects edited; undefined when nothing changed, as is usual: nothing is allocated then. */
function editedList(
  list: JsonValue | undefined,
  path: string,
  edit: Edit,
  adjusting: Adjusting,
): readonly JsonValue[] | undefined {
  if (!Array.isArray(list)) return undefined
  let edited: JsonValue[] | undefined
  for (let index = 0; index < list.length; index += 1) {
    const before: JsonValue = list[index]
    const after = isJsonObject(before) ? edit(before, `${path}[${index}]`, adjusting) : before
    if (edited === undefined && after !== before) edited = list.slice(0, index)
    edited?.push(after)
  }
  return edited
}

/** Members of messages that the provider refuses. */
export function withoutOnMessages(names: readonly string[], reason: string): ChatStep {
  return eachMessage((message, path, { lose }) => {
    const found = names.filter((name) => message[name] !== undefined)
    if (found.length === 0) return message
    for (const name of found) if (isSaid(message[name]) && message[name] !== '') lose(`${path}.${name}`, reason)
    return withMembers(message, Object.fromEntries(found.map((name) => [name, undefined])))
  })
}

/**
 * For providers that refuse members of messages they do not know; `known` by role. A refusal, where no content stands
 * beside it, becomes the content.
 */
export function onlyOnMessages(known: Readonly<Record<string, readonly string[]>>, reason: string): ChatStep {
  return eachMessage((message, path, { lose }) => {
    const names = known[String(message['role'])] ?? []
    const unknown = Object.keys(message).filter((name) => !names.includes(name))
    if (unknown.length === 0) return message
    const refusal = message['refusal']
    const said = typeof refusal === 'string' && !isSaid(message['content']) ? { content: refusal } : {}
    for (const name of unknown) {
      const isKept = name === 'refusal' && 'content' in said
      const isEmpty = !isSaid(message[name]) || (Array.isArray(message[name]) && message[name].length === 0)
      if (!isEmpty && !isKept) lose(`${path}.${name}`, reason)
    }
    return { ...withMembers(message, Object.fromEntries(unknown.map((name) => [name, undefined]))), ...said }
  })
}

/** For providers that refuse an assistant who says nothing: what it said may have been left out before. */
export const withoutEmptyTurns: ChatStep = (body) => {
  const { messages } = body
  if (!Array.isArray(messages) || !messages.some(isEmptyTurn)) return body
  return withMembers(body, { messages: messages.filter((message: JsonValue) => !isEmptyTurn(message)) })
}

function isEmptyTurn(message: JsonValue): boolean {
  if (!isJsonObject(message) || message['role'] !== 'assistant') return false
  return Object.entries(message).every(([name, value]) => name === 'role' || name === 'name' || isNothing(value))
}

function isNothing(value: JsonValue | undefined): boolean {
  return !isSaid(value) || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Some servers leave the type of a call out of their answers; strict ones want it back in the history. */
export const typedCalls: ChatStep = eachCall((call) =>
  call['type'] === undefined ? { ...call, type: call['custom'] === undefined ? 'function' : 'custom' } : call,
)

/**
 * Mistral's chunks of thought in the content, which no other server takes, as `reasoning_content`: what becomes of that is
 * the next steps' affair.
 */
export const thoughtChunksAsReasoning: ChatStep = eachMessage((message) => {
  const { content } = message
  if (!Array.isArray(content) || !content.some(isThoughtChunk)) return message
  const thoughts = content.filter(isThoughtChunk).map(textOfThought).join('')
  const rest = content.filter((part: JsonValue) => !isThoughtChunk(part))
  const said = message['reasoning_content'] ?? message['reasoning'] ?? (thoughts === '' ? undefined : thoughts)
  return withMembers({ ...message, content: rest.length === 0 ? null : rest }, { reasoning_content: said })
})

function isThoughtChunk(part: JsonValue): part is JsonObject {
  return isJsonObject(part) && part['type'] === 'thinking'
}

function textOfThought({ thinking }: JsonObject): string {
  const texts = Array.isArray(thinking) ? thinking : [thinking]
  return texts.map((one: JsonValue | undefined) => (isJsonObject(one) ? one['text'] : one)).join('')
}

/** OpenAI's name for what all others call the system: nothing is lost. */
export const developerAsSystem: ChatStep = eachMessage((message) =>
  message['role'] === 'developer' ? { ...message, role: 'system' } : message,
)

/** An empty text is no JSON, and once in a history it would be refused with every later call. */
export const emptyArgumentsAsObject: ChatStep = eachCall((call) => {
  const called = call['function']
  return isJsonObject(called) && called['arguments'] === ''
    ? { ...call, function: { ...called, arguments: '{}' } }
    : call
})

/** Google's thought signatures on calls and on messages (`extra_content`), which strict servers refuse and all others ignore. */
export const withoutCallSignatures: ChatStep = (body, adjusting) =>
  withoutCallExtras(withoutMessageExtras(body, adjusting), adjusting)

const withoutExtra: Edit = (one, path, { lose }) => {
  if (one['extra_content'] === undefined) return one
  lose(`${path}.extra_content`, 'a signature that only Google reads')
  return withMembers(one, { extra_content: undefined })
}
const withoutMessageExtras = eachMessage(withoutExtra)
const withoutCallExtras = eachCall(withoutExtra)

const NO_MARKS = 'the provider takes no cache marks; it caches by itself or not at all'

/** Anthropic's `cache_control` on messages, on their parts and on tools. */
export const withoutCacheMarks: ChatStep = (body, adjusting) => {
  const messages = eachMessage((message, path) => {
    const content = unmarked(message['content'], `${path}.content`, adjusting)
    const bare = unmarkedObject(message, path, adjusting)
    return content === message['content'] ? bare : { ...bare, content: content ?? null }
  })(body, adjusting)
  const tools = unmarked(body['tools'], 'tools', adjusting)
  return tools === body['tools'] ? messages : withMembers(messages, { tools })
}

function unmarked(list: JsonValue | undefined, path: string, adjusting: Adjusting): JsonValue | undefined {
  return editedList(list, path, unmarkedObject, adjusting) ?? list
}

function unmarkedObject(one: JsonObject, path: string, { lose }: Adjusting): JsonObject {
  if (one['cache_control'] === undefined) return one
  lose(`${path}.cache_control`, NO_MARKS)
  return withMembers(one, { cache_control: undefined })
}
