import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest, Reasoning, ResponseFormat, Sampling } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import type { Loss, PathFacts } from '../../core/wire-format.ts'
import {
  objectOf,
  optionalBoolean,
  optionalList,
  optionalNumber,
  requiredObject,
  requiredString,
  textOf,
  wrong,
} from '../shared/read-json.ts'
import { readMessages } from './read-messages.ts'

/** A chat body as a ChatRequest. Checks what the gateway itself relies on. https://docs.ollama.com/api/chat */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = body['model'] ?? said.model
  if (typeof model !== 'string' || model === '')
    throw wrong('model', 'a string such as "auto" or "ollama/qwen3"', model)
  const messages = readMessages(body['messages'])
  if (messages.length === 0) {
    throw new GatewayError('invalid_request', 'messages is empty. Send at least one message.', { param: 'messages' })
  }
  return {
    model,
    messages,
    tools: optionalList(body['tools'], 'tools', 'a list of tools').map((tool, at) => readTool(tool, `tools[${at}]`)),
    toolChoice: undefined,
    parallelToolCalls: undefined,
    sampling: readSampling(body),
    reasoning: readThink(body['think']),
    responseFormat: readFormat(body['format']),
    // Not said, it streams.
    stream: optionalBoolean(body['stream'], 'stream') ?? said.stream ?? true,
    includeUsage: true,
    user: undefined,
    metadata: undefined,
    native: { format: 'ollama-chat', body },
  }
}

function readTool(value: JsonValue, path: string): Tool {
  const described = requiredObject(requiredObject(value, path)['function'], `${path}.function`)
  const { description, parameters } = described
  return {
    name: requiredString(described['name'], `${path}.function.name`),
    description: textOf(description),
    parameters: isJsonObject(parameters) ? parameters : undefined,
  }
}

function readSampling(body: JsonObject): Sampling {
  const given = body['options'] ?? {}
  const options = requiredObject(given, 'options')
  const number = (name: string): number | undefined => optionalNumber(options[name], `options.${name}`)
  const limit = number('num_predict')
  return {
    // -1 and -2 are for no limit.
    maxOutputTokens: limit === undefined || limit < 0 ? undefined : limit,
    temperature: number('temperature'),
    topP: number('top_p'),
    topK: number('top_k'),
    choices: undefined,
    stop: readStop(options['stop']),
    presencePenalty: number('presence_penalty'),
    frequencyPenalty: number('frequency_penalty'),
    seed: number('seed'),
    logprobs: optionalBoolean(body['logprobs'], 'logprobs'),
    topLogprobs: optionalNumber(body['top_logprobs'], 'top_logprobs'),
  }
}

function readStop(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return [value]
  return optionalList(value, 'options.stop').map((one, at) => requiredString(one, `options.stop[${at}]`))
}

function readThink(value: JsonValue | undefined): Reasoning | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return { effort: value }
  if (typeof value !== 'boolean') throw wrong('think', 'true, false or a level such as "high"', value)
  return value ? { budgetTokens: -1 } : { effort: 'none' }
}

function readFormat(value: JsonValue | undefined): ResponseFormat | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (value === 'json') return { type: 'json-object' }
  if (isJsonObject(value)) return { type: 'json-schema', schema: value }
  throw wrong('format', '"json" or a JSON Schema', value)
}

const READ = new Set('model messages tools options think format stream logprobs top_logprobs routing'.split(' '))
const READ_OPTIONS = new Set(
  'num_predict temperature top_p top_k stop presence_penalty frequency_penalty seed'.split(' '),
)

/** Every other member of the body and of its options: a parameter of this format alone. Null and false ask for nothing. */
export function unread(body: JsonObject): Loss[] {
  const others = (object: JsonObject, read: ReadonlySet<string>, prefix: string): Loss[] =>
    Object.entries(object)
      .filter(([name, value]) => !read.has(name) && value !== undefined && value !== null && value !== false)
      .map(([name]) => ({ path: `${prefix}${name}`, reason: 'only Ollama has it' }))
  return [...others(body, READ, ''), ...others(objectOf(body['options']), READ_OPTIONS, 'options.')]
}
