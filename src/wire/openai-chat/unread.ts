import { isIdleParameter } from '../../core/idle-parameter.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { WireFormatId } from '../../core/request.ts'
import type { Loss } from '../../core/wire-format.ts'
import { objectOf, objectsOf, textOf } from '../shared/read-json.ts'
import { OPENAI_MEMBERS } from './read-request.ts'
import { hasGap } from './reasoning.ts'

const READ = new Set(
  [
    'model messages tools functions tool_choice function_call parallel_tool_calls max_completion_tokens max_tokens',
    'temperature top_p top_k n stop presence_penalty frequency_penalty seed logprobs top_logprobs reasoning_effort',
    'reasoning thinking response_format stream stream_options user safety_identifier metadata routing',
  ].flatMap((line) => line.split(' ')),
)

const READ_MESSAGE = new Set(
  [
    'role content name tool_calls tool_call_id function_call refusal cache_control extra_content',
    'reasoning reasoning_content reasoning_details',
  ].flatMap((line) => line.split(' ')),
)

const FORMATS = new Set<string | undefined>(['text', 'json_object', 'json_schema'])

const ONLY_HERE = 'only Chat Completions has it'

/** What of a client's body a ChatRequest does not hold, or what of it the format `spoken` has no place for. */
export function unread(body: JsonObject, spoken?: WireFormatId): Loss[] {
  const isShared = (name: string): boolean => spoken === 'openai-responses' && OPENAI_MEMBERS.includes(name)
  const losses = Object.entries(body)
    .filter(([name, value]) => !READ.has(name) && !isShared(name) && !isIdleParameter(name, value))
    .map(([name]): Loss => ({ path: name, reason: ONLY_HERE }))
  if (!isShared('safety_identifier')) losses.push(...unreadIdentifier(body))
  return [...losses, ...unreadFormat(body), ...objectsOf(body['messages']).flatMap(unreadMessage)]
}

/** Elsewhere there is one name for the end user, and `user` is it. */
function unreadIdentifier({ user, safety_identifier: identifier }: JsonObject): Loss[] {
  if (typeof user !== 'string' || typeof identifier !== 'string' || user === identifier) return []
  return [{ path: 'safety_identifier', reason: 'there is one name for the end user; that of user was sent' }]
}

function unreadFormat(body: JsonObject): Loss[] {
  const { response_format: format } = body
  const type = textOf(objectOf(format)['type'])
  if (!isJsonObject(format) || FORMATS.has(type)) return []
  return [{ path: 'response_format', reason: `only some servers of Chat Completions know the format ${String(type)}` }]
}

function unreadMessage(message: JsonObject, index: number): Loss[] {
  const losses = Object.entries(message)
    .filter(([name, value]) => !READ_MESSAGE.has(name) && !isIdleParameter(name, value))
    .map(([name]): Loss => ({ path: `messages[${index}].${name}`, reason: REASONS[name] ?? ONLY_HERE }))
  if (hasGap(message)) losses.push({ path: `messages[${index}].reasoning_details`, reason: HAS_GAP })
  return losses
}

const HAS_GAP = 'some of these blocks of reasoning did not come back, and the others are worth nothing without them'

const REASONS: Readonly<Record<string, string>> = {
  audio: 'what was said is kept by the provider that said it',
  annotations: 'sources of earlier answers are not told again',
}
