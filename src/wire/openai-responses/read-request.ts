import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest, Message, Reasoning, ResponseFormat, Sampling } from '../../core/request.ts'
import type { PathFacts } from '../../core/wire-format.ts'
import { isList, optionalBoolean, optionalNumber, optionalString, textOf, wrong } from '../shared/read-json.ts'
import { readInput } from './read-items.ts'
import { readToolChoice, readTools } from './read-tools.ts'

/** What `include` has to hold for log probabilities to be sent. */
export const LOGPROBS = 'message.output_text.logprobs'

/**
 * A Responses body as a ChatRequest. Checks what the gateway itself relies on, with OpenAI's error shape; everything
 * else stays in `native` for the upstream to judge.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = body['model'] ?? said.model
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'a string such as "auto" or "openai/gpt-5-mini"', model)
  }
  const metadata = body['metadata']
  return {
    model,
    messages: readMessages(body),
    tools: readTools(body['tools']),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
    sampling: readSampling(body),
    reasoning: readReasoning(body['reasoning']),
    responseFormat: readResponseFormat(body['text']),
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
    includeUsage: true,
    user: textOf(body['user'] ?? body['safety_identifier']),
    metadata: isJsonObject(metadata) ? metadata : undefined,
    native: { format: 'openai-responses', body },
  }
}

function readMessages(body: JsonObject): Message[] {
  const instructions = optionalString(body['instructions'], 'instructions')
  const first: Message[] =
    instructions === undefined || instructions === ''
      ? []
      : [{ role: 'system', content: [{ type: 'text', text: instructions }], name: undefined }]
  const input = body['input']
  // A stored prompt or an earlier response may be the whole of what is asked.
  if (input === undefined && hasStoredInput(body)) return first
  const messages = [...first, ...readInput(input)]
  if (messages.length > first.length || hasStoredInput(body)) return messages
  throw new GatewayError('invalid_request', 'input is empty. Send a text or at least one item.', { param: 'input' })
}

function hasStoredInput(body: JsonObject): boolean {
  return ['previous_response_id', 'conversation', 'prompt'].some((name) => (body[name] ?? null) !== null)
}

function readSampling(body: JsonObject): Sampling {
  const include = body['include']
  const wantsLogprobs = isList(include) && include.includes(LOGPROBS)
  return {
    maxOutputTokens: optionalNumber(body['max_output_tokens'], 'max_output_tokens'),
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    choices: undefined,
    presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
    frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
    ...(wantsLogprobs ? { logprobs: true, topLogprobs: optionalNumber(body['top_logprobs'], 'top_logprobs') } : {}),
  }
}

function readReasoning(value: JsonValue | undefined): Reasoning | undefined {
  if (value === undefined || value === null) return undefined
  if (!isJsonObject(value)) throw wrong('reasoning', 'an object such as {"effort": "low"}', value)
  const effort = optionalString(value['effort'], 'reasoning.effort')
  // `generate_summary` is its name of old.
  const summary = optionalString(value['summary'] ?? value['generate_summary'], 'reasoning.summary')
  if (effort === undefined && summary === undefined) return undefined
  return { ...(effort === undefined ? {} : { effort }), ...(summary === undefined ? {} : { summary }) }
}

function readResponseFormat(text: JsonValue | undefined): ResponseFormat | undefined {
  const format = isJsonObject(text) ? text['format'] : undefined
  if (!isJsonObject(format)) return undefined
  if (format['type'] === 'json_object') return { type: 'json-object' }
  if (format['type'] !== 'json_schema') return { type: 'text' }
  const { schema, name, description, strict } = format
  if (!isJsonObject(schema)) throw wrong('text.format.schema', 'a JSON Schema', schema)
  return {
    type: 'json-schema',
    schema,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  }
}
