import { GatewayError } from '../../core/errors.ts'
import { isIdleParameter } from '../../core/idle-parameter.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { table } from '../../core/table.ts'
import type { Loss } from '../../core/wire-format.ts'
import { isList, objectsOf } from '../shared/read-json.ts'
import type { Walk } from '../shared/unread-members.ts'
import { unreadMembers } from '../shared/unread-members.ts'
import { isReference, refuseLostReference, SEND_ITEM, SPARED, spareReferences } from './item-references.ts'
import { isOwnCall } from './own-calls.ts'
import { LOGPROBS } from './read-request.ts'
import { isNameable } from './read-tools.ts'
import { BODY } from './shapes.ts'

/** What a ChatRequest does not hold: parameters of this format alone. Null and false ask for nothing. */
export function unread(body: JsonObject): Loss[] {
  return [
    ...unreadMembers(body, BODY, WALK),
    ...unreadIdentifier(body),
    ...unreadChoice(body),
    ...unreadInclude(body),
    ...ownCalls(body['input']),
  ]
}

const ONLY_HERE = 'only the Responses API has it'

/** Chat Completions has it too, but servers that are asked in that and not in this are other companies'. */
const OPENAI_ALONE = 'it is for OpenAI’s own servers; others may refuse it'

const REASONS = table<string>({
  store: 'nothing is kept: the answer cannot be fetched or continued by its id',
  prompt_cache_key: OPENAI_ALONE,
  prompt_cache_retention: OPENAI_ALONE,
  service_tier: OPENAI_ALONE,
  verbosity: OPENAI_ALONE,
  annotations: 'sources of earlier answers are not told again',
})

const WALK: Walk = {
  isIdle: (name, value) => isIdleParameter(name, value) || (name === 'detail' && value === 'auto'),
  reasonOf: (name) => REASONS[name] ?? ONLY_HERE,
}

/** Elsewhere there is one name for the end user, and `user` is it. */
function unreadIdentifier({ user, safety_identifier: identifier }: JsonObject): Loss[] {
  if (typeof user !== 'string' || typeof identifier !== 'string' || user === identifier) return []
  return [{ path: 'safety_identifier', reason: 'there is one name for the end user; that of user was sent' }]
}

function unreadChoice(body: JsonObject): Loss[] {
  const choice = body['tool_choice']
  if (!isJsonObject(choice)) return []
  if (!isNameable(choice))
    return [{ path: 'tool_choice', reason: `it names a tool of the provider's own: ${String(choice['type'])}` }]
  return objectsOf(choice['tools']).flatMap((tool, index) =>
    isNameable(tool) ? [] : [{ path: `tool_choice.tools[${index}]`, reason: "a tool of the provider's own" }],
  )
}

function unreadInclude({ include, top_logprobs: top }: JsonObject): Loss[] {
  const asked = isList(include) ? include : []
  // Signatures of reasoning are always sent.
  const losses = asked
    .map((one, index): Loss => ({ path: `include[${index}]`, reason: `${String(one)}: ${ONLY_HERE}` }))
    .filter((_, index) => asked[index] !== LOGPROBS && asked[index] !== ENCRYPTED)
  if (isIdleParameter('top_logprobs', top) || asked.includes(LOGPROBS)) return losses
  return [...losses, { path: 'top_logprobs', reason: `it is heeded with ${LOGPROBS} in include` }]
}

export const ENCRYPTED = 'reasoning.encrypted_content'

function ownCalls(input: JsonValue | undefined): Loss[] {
  if (!isList(input)) return []
  const spare = spareReferences(input)
  return input.flatMap((item, index) => {
    if (spare.has(index)) return [{ path: `input[${index}]`, reason: SPARED }]
    if (!isJsonObject(item) || !isOwnCall(item)) return []
    return [{ path: `input[${index}]`, reason: `${String(item['type'])}: said as that of a function` }]
  })
}

/**
 * Why no target of another format can serve a body: it goes on from something that a provider of this format keeps.
 * `undefined` for a body that says all that is asked.
 */
export function untranslatable(body: JsonObject): GatewayError | undefined {
  const kept = KEPT.find(([name]) => asks(body[name]))
  if (kept !== undefined) return refusal(kept[0], kept[1])
  const input = body['input']
  const lost = refuseLostReference(input)
  if (lost !== undefined) return lost
  const spare = spareReferences(input)
  const at = isList(input) ? input.findIndex((item, index) => isReference(item) && !spare.has(index)) : -1
  return at < 0 ? undefined : refusal(`input[${at}]`, SEND_ITEM)
}

const SEND_ALL = 'Send the whole conversation in input, with store set to false.'

const KEPT = [
  ['previous_response_id', SEND_ALL],
  ['conversation', SEND_ALL],
  ['prompt', 'Send the prompt itself in instructions and input.'],
  ['background', 'Ask without background, with stream set to true for a long answer.'],
] as const

function asks(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false
}

function refusal(param: string, remedy: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `${param} needs what only a provider of the Responses API keeps, and this model is asked in another format. ${remedy}`,
    { param },
  )
}
