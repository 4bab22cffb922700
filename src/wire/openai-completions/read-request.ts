import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest, Sampling } from '../../core/request.ts'
import type { Loss, PathFacts } from '../../core/wire-format.ts'
import { isList, optionalBoolean, optionalNumber, wrong } from '../shared/read-json.ts'

const PROMPT = 'a text, a list of texts, or their tokens'

/**
 * A legacy Completions body as a ChatRequest of one user message: the prompt. Several prompts, and tokens, stay in `native`;
 * only a model that is asked in this very format gets them.
 * https://platform.openai.com/docs/api-reference/completions/create
 */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = body['model'] ?? said.model
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'a string such as "auto" or "openai/gpt-3.5-turbo-instruct"', model)
  }
  const { prompt, user, stream_options: options } = body
  if (typeof prompt !== 'string' && !isList(prompt)) throw wrong('prompt', PROMPT, prompt)
  return {
    model,
    messages: [{ role: 'user', content: [{ type: 'text', text: textsOf(prompt).join('\n') }], name: undefined }],
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: undefined,
    sampling: readSampling(body),
    reasoning: undefined,
    responseFormat: undefined,
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
    includeUsage: isJsonObject(options) && options['include_usage'] === true,
    user: typeof user === 'string' ? user : undefined,
    metadata: undefined,
    native: { format: 'openai-completions', body },
  }
}

const READ = new Set(
  [
    'model prompt max_tokens temperature top_p n stop presence_penalty frequency_penalty seed stream stream_options',
    'user routing',
  ].flatMap((line) => line.split(' ')),
)

/** What no chat can be asked. Throws `invalid_request` for a prompt that is no single text: a chat has one answer. */
export function unread(body: JsonObject): Loss[] {
  const { prompt } = body
  if (typeof prompt !== 'string' && !(isList(prompt) && prompt.length === 1 && typeof prompt[0] === 'string')) {
    throw new GatewayError(
      'invalid_request',
      'prompt must be one text: this model is asked as a chat. Send a call for each prompt, or name a model whose provider serves completions.',
      { param: 'prompt' },
    )
  }
  return Object.entries(body)
    .filter(([name, value]) => !READ.has(name) && asksForSomething(name, value))
    .map(([name]) => ({ path: name, reason: 'only Completions has it' }))
}

function asksForSomething(name: string, value: JsonValue | undefined): boolean {
  if (name === 'best_of') return value !== 1 && value !== undefined && value !== null
  return value !== undefined && value !== null && value !== false && value !== ''
}

function textsOf(prompt: string | readonly JsonValue[]): readonly string[] {
  return typeof prompt === 'string' ? [prompt] : prompt.filter((one) => typeof one === 'string')
}

function readSampling(body: JsonObject): Sampling {
  return {
    maxOutputTokens: optionalNumber(body['max_tokens'], 'max_tokens'),
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    choices: optionalNumber(body['n'], 'n'),
    stop: readStop(body['stop']),
    presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
    frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
    seed: optionalNumber(body['seed'], 'seed'),
  }
}

function readStop(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return [value]
  if (isList(value) && value.every((one) => typeof one === 'string')) return value
  throw wrong('stop', 'a string or a list of strings', value)
}
