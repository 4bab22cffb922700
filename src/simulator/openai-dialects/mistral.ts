import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { listOf, memberOf, objectsOf, textOf } from '../read-json.ts'
import type { Finding, Shape } from '../shape.ts'
import {
  any,
  either,
  findProblem,
  flag,
  integer,
  list,
  map,
  nullable,
  number,
  object,
  open,
  tagged,
  text,
  word,
} from '../shape.ts'
import type { Dialect } from './dialect.ts'
import { plainUsage, refused } from './dialect.ts'

// Pydantic models that forbid extra members, as Anthropic's; `null` leaves an optional one out.
// https://docs.mistral.ai/api/endpoint/chat

const parts: Shape = list(
  tagged('type', {
    text: object({ 'type!': text, 'text!': text }),
    image_url: object({ 'type!': text, 'image_url!': either(text, open({ 'url!': text })) }),
    document_url: open({}),
    reference: open({}),
    file: open({}),
    input_audio: open({}),
    thinking: object({ 'type!': text, 'thinking!': list(map), closed: flag, signature: text }),
  }),
)

const content = either(text, parts)

const toolCall = object({
  id: text,
  type: text,
  'function!': object({ 'name!': text, 'arguments!': either(text, map) }),
  index: integer(0),
})

const message = tagged('role', {
  system: object({ 'role!': text, 'content!': content }),
  user: object({ 'role!': text, 'content!': content }),
  assistant: object({ 'role!': text, content: nullable(content), tool_calls: list(toolCall), prefix: flag }),
  tool: object({ 'role!': text, content: nullable(content), tool_call_id: text, name: text }),
})

const tool = object({
  type: text,
  'function!': object({ 'name!': text, description: text, strict: flag, 'parameters!': map }),
})

const REQUEST_SHAPE = object({
  'model!': text,
  'messages!': list(message, 1),
  temperature: number(0, 1.5),
  top_p: number(0, 1),
  max_tokens: integer(0),
  stream: flag,
  stop: either(text, list(text)),
  random_seed: integer(0),
  response_format: object({ type: word('text', 'json_object', 'json_schema'), json_schema: map }),
  tools: list(tool),
  tool_choice: either(
    word('auto', 'none', 'any', 'required'),
    object({ type: text, 'function!': object({ 'name!': text }) }),
  ),
  presence_penalty: number(-2, 2),
  frequency_penalty: number(-2, 2),
  n: integer(1),
  prediction: map,
  parallel_tool_calls: flag,
  prompt_mode: text,
  reasoning_effort: text,
  safe_prompt: flag,
  metadata: map,
  prompt_cache_key: text,
  guardrails: any,
})

/** Mistral. https://docs.mistral.ai/api/endpoint/chat */
export const mistral: Dialect = {
  id: 'mistral',
  check(body) {
    const finding = findProblem(body, REQUEST_SHAPE, { isNullAbsent: true })
    if (finding !== undefined) return unprocessable(finding)
    const messages = objectsOf(body['messages'])
    return checkOrder(messages) ?? checkCalls(messages) ?? checkAnswers(messages)
  },
  // https://github.com/langchain-ai/langchain/pull/24668
  writeCallId: (_call, _name, _index, random) => random(9),
  writeError,
  answerId: 'plain',
  reasoning: (thinking) => ({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: thinking }] }] }),
  textAfterReasoning: (said) => ({ content: [{ type: 'text', text: said }] }),
  // Neither index nor type, as recorded.
  writeCall: (id, name, args) => ({ id, function: { name, arguments: args } }),
  callChunks: 'all-last',
  contentBesideCalls: '',
  lastDelta: { content: '' },
  usage: plainUsage,
  usageChunks: 'last',
  extras: () => ({}),
}

const ORDER = ['invalid_request_message_order', '3230'] as const

/** https://github.com/datapizza-labs/datapizza-ai/issues/98, https://github.com/charmbracelet/crush/issues/279 */
function checkOrder(messages: readonly JsonObject[]): Rejection | undefined {
  for (const [index, message] of messages.entries()) {
    const role = textOf(message['role'])
    const before = messages[index - 1]
    const prior = before === undefined ? 'start' : textOf(before['role'])
    const isResultOfCall = prior === 'tool' || (prior === 'assistant' && listOf(before?.['tool_calls']).length > 0)
    const isOdd =
      (role === 'tool' && !isResultOfCall) ||
      ((role === 'user' || role === 'system') && prior === 'tool') ||
      (role === 'assistant' && prior === 'assistant')
    if (isOdd) return refused(`Unexpected role '${role}' after role '${prior}'`, ...ORDER)
  }
  const last = messages.at(-1)
  const isAnswerable = last?.['role'] !== 'assistant' || last['prefix'] === true
  return isAnswerable && last?.['role'] !== 'system'
    ? undefined
    : refused(
        `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${textOf(last?.['role'])}`,
        ...ORDER,
      )
}

/** https://github.com/karthink/gptel/issues/1203 */
function checkCalls(messages: readonly JsonObject[]): Rejection | undefined {
  for (const message of messages) {
    const ids = [
      ...objectsOf(message['tool_calls']).map(({ id }) => textOf(id ?? 'null')),
      ...(message['role'] === 'tool' ? [textOf(message['tool_call_id'] ?? '')] : []),
    ]
    const odd = ids.find((id) => !/^[a-zA-Z0-9]{9}$/.test(id))
    if (odd !== undefined) {
      return refused(
        `Tool call id was ${odd} but must be a-z, A-Z, 0-9, with a length of 9.`,
        'invalid_function_call',
        '3280',
      )
    }
    const isBlank = message['content'] === undefined || message['content'] === null || message['content'] === ''
    if (message['role'] === 'assistant' && isBlank && listOf(message['tool_calls']).length === 0) {
      return refused(
        'Assistant message must have either content or tool_calls, but not none.',
        'invalid_request_assistant_message',
        '3240',
      )
    }
  }
  return undefined
}

/** https://github.com/partITech/php-mistral/issues/57 */
function checkAnswers(messages: readonly JsonObject[]): Rejection | undefined {
  const mismatch = refused('Not the same number of function calls and responses', ...ORDER)
  for (const [index, message] of messages.entries()) {
    const asked = objectsOf(message['tool_calls']).map(({ id }) => textOf(id))
    if (asked.length === 0) continue
    const end = messages.findIndex((other, at) => at > index && other['role'] !== 'tool')
    const results = messages.slice(index + 1, end < 0 ? undefined : end)
    const ids = results.map((result) => textOf(memberOf(result, 'tool_call_id')))
    if (ids.length !== asked.length || !asked.every((id) => ids.includes(id))) return mismatch
  }
  return undefined
}

/** https://docs.pydantic.dev/latest/errors/validation_errors/; `loc` begins with `body`. */
function unprocessable({ path, problem, expected, value }: Finding): Rejection {
  const loc = ['body', ...path.map((step) => (typeof step !== 'object' ? step : 'tag' in step ? step.tag : step.name))]
  const [type, msg] = WORDS[problem](expected)
  const detail = [{ type, loc, msg, input: value ?? null }]
  return { status: 422, message: JSON.stringify({ detail }), type: 'invalid_request_error', param: null, code: null }
}

const WORDS: Readonly<Record<Finding['problem'], (expected: string) => readonly [string, string]>> = {
  missing: () => ['missing', 'Field required'],
  unknown: () => ['extra_forbidden', 'Extra inputs are not permitted'],
  kind: (kind) => [`${kind}_type`, `Input should be a valid ${kind}`],
  value: (values) => ['literal_error', `Input should be ${values.split(' ').join(' or ')}`],
  tag: (tags) => ['union_tag_invalid', `Input tag found does not match any of the expected tags: ${tags}`],
  pattern: (pattern) => ['string_pattern_mismatch', `String should match pattern '${pattern}'`],
  low: (min) => ['greater_than_equal', `Input should be greater than or equal to ${min}`],
  high: (max) => ['less_than_equal', `Input should be less than or equal to ${max}`],
  short: (min) => ['too_short', `List should have at least ${min} item`],
  long: (max) => ['too_long', `List should have at most ${max} items`],
}

/** What is not processable says why in an object. https://github.com/nicholasgriffintn/ai-platform/issues/414 */
function writeError({ status, message, type, param, code }: Rejection): string {
  const told: unknown = status === 422 && message.startsWith('{') ? JSON.parse(message) : message
  return JSON.stringify({ object: 'error', message: told, type, param, code })
}
