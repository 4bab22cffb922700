import { isIdleParameter } from '../../core/idle-parameter.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { WireFormatId } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import type { Loss } from '../../core/wire-format.ts'
import { objectOf, objectsOf, textOf } from '../shared/read-json.ts'
import type { Walk } from '../shared/unread-members.ts'
import { unreadMembers } from '../shared/unread-members.ts'
import { OPENAI_MEMBERS } from './read-request.ts'
import { readToolChoice } from './read-tools.ts'
import { hasGap } from './reasoning.ts'
import { BODY } from './shapes.ts'

const FORMATS = new Set<string | undefined>(['text', 'json_object', 'json_schema'])

const ONLY_HERE = 'only Chat Completions has it'

/** What of a client's body a ChatRequest does not hold, or what of it the format `spoken` has no place for. */
export function unread(body: JsonObject, spoken?: WireFormatId): Loss[] {
  const losses = unreadMembers(body, BODY, WALK)
  const isShared = (name: string): boolean => spoken === 'openai-responses' && OPENAI_MEMBERS.includes(name)
  return [
    ...(spoken === 'openai-responses' ? losses.filter(({ path }) => !isShared(path)) : losses),
    ...(isShared('safety_identifier') ? [] : unreadIdentifier(body)),
    ...unreadFormat(body),
    ...unreadChoice(body),
    ...objectsOf(body['messages']).flatMap(unreadDetails),
  ]
}

const REASONS = table<string>({
  audio: 'what was said is kept by the provider that said it',
  annotations: 'sources of earlier answers are not told again',
})

const WALK: Walk = { isIdle: isIdleParameter, reasonOf: (name) => REASONS[name] ?? ONLY_HERE }

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

function unreadChoice({ tool_choice: choice }: JsonObject): Loss[] {
  if (!isJsonObject(choice) || readToolChoice(choice) !== undefined) return []
  return [{ path: 'tool_choice', reason: `it names a tool of the provider's own: ${String(choice['type'])}` }]
}

function unreadDetails(message: JsonObject, index: number): Loss[] {
  return hasGap(message) ? [{ path: `messages[${index}].reasoning_details`, reason: HAS_GAP }] : []
}

const HAS_GAP = 'some of these blocks of reasoning did not come back, and the others are worth nothing without them'
