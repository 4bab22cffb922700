import type { ContentPart } from '../../core/content.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest, Message, Reasoning, ResponseFormat, Role, Sampling } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import type { PathFacts } from '../../core/wire-format.ts'
import { isList, optionalBoolean, optionalNumber, wrong } from '../shared/read-json.ts'
import { cacheOf, readAssistant, readContent, readToolResult } from './read-content.ts'
import { readToolChoice, readTools } from './read-tools.ts'

const ROLES = table<Role>({
  system: 'system',
  developer: 'developer',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
})

/**
 * A Chat Completions body as a ChatRequest. Checks what the gateway itself relies on, with OpenAI's error shape;
 * everything else stays in `native` for the upstream to judge.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = body['model'] ?? said.model
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'a string such as "auto" or "openai/gpt-5-mini"', model)
  }
  const options = body['stream_options']
  const user = body['user'] ?? body['safety_identifier']
  const metadata = body['metadata']
  return {
    model,
    messages: readMessages(body['messages']),
    tools: readTools(body),
    toolChoice: readToolChoice(body['tool_choice'] ?? body['function_call']),
    ...readParallel(body),
    sampling: readSampling(body),
    reasoning: readReasoning(body),
    responseFormat: readResponseFormat(body['response_format']),
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
    includeUsage: isJsonObject(options) && options['include_usage'] === true,
    user: typeof user === 'string' ? user : undefined,
    metadata: isJsonObject(metadata) ? metadata : undefined,
    ...readOpenai(body),
    native: { format: 'openai-chat', body },
  }
}

/** `functions` of old have answers with one call, where no tools are declared beside them. */
function readParallel(body: JsonObject): Pick<ChatRequest, 'parallelToolCalls' | 'legacyCalls'> {
  const parallelToolCalls = optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls')
  const { functions, tools } = body
  const isLegacy = isList(functions) && functions.length > 0 && !(isList(tools) && tools.length > 0)
  return isLegacy ? { parallelToolCalls: false, legacyCalls: true } : { parallelToolCalls }
}

/** Parameters of OpenAI's that the Responses API has too, and no other format. */
export const OPENAI_MEMBERS: readonly string[] = [
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
  'verbosity',
]

function readOpenai(body: JsonObject): Pick<ChatRequest, 'openai'> {
  const said = Object.entries(body).filter(([name, value]) => OPENAI_MEMBERS.includes(name) && value !== null)
  return said.length === 0 ? {} : { openai: Object.fromEntries(said) }
}

function readMessages(value: JsonValue | undefined): Message[] {
  if (!Array.isArray(value)) throw wrong('messages', 'a list of messages', value)
  if (value.length === 0) {
    throw new GatewayError('invalid_request', 'messages is empty. Send at least one message.', { param: 'messages' })
  }
  return value.map((message: JsonValue, index) => readMessage(message, index))
}

function readMessage(value: JsonValue, index: number): Message {
  const path = `messages[${index}]`
  if (!isJsonObject(value)) throw wrong(path, 'an object with role and content', value)
  const roleName = value['role']
  if (typeof roleName !== 'string' || !Object.hasOwn(ROLES, roleName)) {
    throw wrong(`${path}.role`, `one of ${Object.keys(ROLES).join(', ')}`, roleName)
  }
  const role = ROLES[roleName] ?? 'user'
  const said = value['name']
  const name = typeof said === 'string' ? said : undefined
  if (role === 'assistant') return { role, content: marked(readAssistant(value, path), value), name }
  if (role === 'tool') return { role, content: marked([readToolResult(value, path, name)], value), name: undefined }
  return { role, content: marked(readContent(value['content'], `${path}.content`), value), name }
}

/** A mark on a message stands for one on the last block of it that can have one. */
function marked(content: readonly ContentPart[], message: JsonObject): readonly ContentPart[] {
  const { cache } = cacheOf(message)
  const at = cache === undefined ? -1 : content.findLastIndex((part) => MARKABLE.has(part.type))
  const part = content[at]
  return part === undefined || ('cache' in part && part.cache !== undefined)
    ? content
    : content.with(at, { ...part, cache } as ContentPart)
}

const MARKABLE: ReadonlySet<ContentPart['type']> = new Set(['text', 'image', 'file', 'tool-call', 'tool-result'])

function readSampling(body: JsonObject): Sampling {
  const stop = body['stop']
  return {
    maxOutputTokens:
      optionalNumber(body['max_completion_tokens'], 'max_completion_tokens') ??
      optionalNumber(body['max_tokens'], 'max_tokens'),
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    topK: optionalNumber(body['top_k'], 'top_k'),
    choices: optionalNumber(body['n'], 'n'),
    stop: readStop(stop),
    presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
    frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
    seed: optionalNumber(body['seed'], 'seed'),
    logprobs: optionalBoolean(body['logprobs'], 'logprobs'),
    topLogprobs: optionalNumber(body['top_logprobs'], 'top_logprobs'),
  }
}

function readStop(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw wrong('stop', 'a string or a list of strings', value)
}

/** `reasoning` is the object of OpenRouter, `thinking` that of DeepSeek, Moonshot and GLM. */
function readReasoning(body: JsonObject): Reasoning | undefined {
  const { reasoning_effort: effort, reasoning, thinking } = body
  const object = isJsonObject(reasoning) ? reasoning : undefined
  const level = effort ?? object?.['effort']
  const budget = object?.['max_tokens'] ?? (isJsonObject(thinking) ? thinking['budget_tokens'] : undefined)
  const kind = isJsonObject(thinking) ? thinking['type'] : undefined
  if (typeof level !== 'string' && typeof budget !== 'number' && typeof kind !== 'string' && object === undefined) {
    return undefined
  }
  const isOff = kind === 'disabled' || object?.['enabled'] === false
  return {
    ...(typeof level === 'string' ? { effort: level } : {}),
    ...(typeof budget === 'number' ? { budgetTokens: budget } : {}),
    ...(isOff && typeof level !== 'string' ? { effort: 'none' } : {}),
  }
}

function readResponseFormat(value: JsonValue | undefined): ResponseFormat | undefined {
  if (!isJsonObject(value)) return undefined
  if (value['type'] === 'json_object') return { type: 'json-object' }
  if (value['type'] !== 'json_schema') return { type: 'text' }
  const described = isJsonObject(value['json_schema']) ? value['json_schema'] : {}
  const { schema, name, description, strict } = described
  return {
    type: 'json-schema',
    schema: isJsonObject(schema) ? schema : {},
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  }
}
