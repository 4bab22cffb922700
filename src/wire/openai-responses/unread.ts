import { GatewayError } from '../../core/errors.ts'
import { isIdleParameter } from '../../core/idle-parameter.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'
import { isList, objectOf } from '../shared/read-json.ts'
import { isReference, refuseLostReference, SEND_ITEM, SPARED, spareReferences } from './item-references.ts'
import { isOwnCall } from './own-calls.ts'
import { LOGPROBS } from './read-request.ts'
import { isNameable } from './read-tools.ts'

const READ = new Set(
  [
    'model input instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p top_logprobs',
    'presence_penalty frequency_penalty reasoning text stream stream_options user safety_identifier metadata include',
    'routing',
  ].flatMap((line) => line.split(' ')),
)

/** Members of items that a ChatRequest has no place for. */
const ITEM_MEMBERS = ['phase', 'namespace'] as const

/** What a ChatRequest does not hold: parameters of this format alone. Null and false ask for nothing. */
export function unread(body: JsonObject): Loss[] {
  const losses = Object.entries(body)
    .filter(([name, value]) => !READ.has(name) && !isIdleParameter(name, value))
    .map(([name]): Loss => ({ path: name, reason: REASONS[name] ?? ONLY_HERE }))
  return [
    ...losses,
    ...unreadIdentifier(body),
    ...unreadChoice(body),
    ...unreadNested(body),
    ...unreadItems(body['input']),
  ]
}

const ONLY_HERE = 'only the Responses API has it'

/** Chat Completions has it too, but servers that are asked in that and not in this are other companies'. */
const OPENAI_ALONE = 'it is for OpenAI’s own servers; others may refuse it'

const REASONS: Readonly<Record<string, string>> = {
  store: 'nothing is kept: the answer cannot be fetched or continued by its id',
  prompt_cache_key: OPENAI_ALONE,
  prompt_cache_retention: OPENAI_ALONE,
  service_tier: OPENAI_ALONE,
  verbosity: OPENAI_ALONE,
}

/** Elsewhere there is one name for the end user, and `user` is it. */
function unreadIdentifier({ user, safety_identifier: identifier }: JsonObject): Loss[] {
  if (typeof user !== 'string' || typeof identifier !== 'string' || user === identifier) return []
  return [{ path: 'safety_identifier', reason: 'there is one name for the end user; that of user was sent' }]
}

function asks(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false
}

function unreadChoice(body: JsonObject): Loss[] {
  const choice = body['tool_choice']
  if (!isJsonObject(choice) || isNameable(choice)) return []
  return [{ path: 'tool_choice', reason: `it names a tool of the provider's own: ${String(choice['type'])}` }]
}

function unreadNested(body: JsonObject): Loss[] {
  const rest = (member: string, known: readonly string[]): Loss[] =>
    Object.entries(objectOf(body[member]))
      .filter(([name, value]) => !known.includes(name) && !isIdleParameter(name, value))
      .map(([name]) => ({ path: `${member}.${name}`, reason: REASONS[name] ?? ONLY_HERE }))
  const include = body['include']
  // Signatures of reasoning are always sent.
  const included = isList(include) ? include.filter((one) => one !== LOGPROBS && one !== ENCRYPTED) : []
  return [
    ...rest('text', ['format']),
    ...rest('reasoning', ['effort', 'summary', 'generate_summary']),
    ...included.map((one) => ({ path: 'include', reason: `${String(one)}: ${ONLY_HERE}` })),
  ]
}

export const ENCRYPTED = 'reasoning.encrypted_content'

function unreadItems(input: JsonValue | undefined): Loss[] {
  if (!isList(input)) return []
  const spare = spareReferences(input)
  return input.flatMap((item, index): Loss[] => {
    if (!isJsonObject(item)) return []
    if (spare.has(index)) return [{ path: `input[${index}]`, reason: SPARED }]
    const members = ITEM_MEMBERS.filter((name) => asks(item[name])).map((name) => `input[${index}].${name}`)
    const losses = members.map((path): Loss => ({ path, reason: ONLY_HERE }))
    if (isOwnCall(item))
      losses.push({ path: `input[${index}]`, reason: `${String(item['type'])}: said as that of a function` })
    return losses
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

function refusal(param: string, remedy: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `${param} needs what only a provider of the Responses API keeps, and this model is asked in another format. ${remedy}`,
    { param },
  )
}
