import type { ContentPart } from '../../core/content.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest, Message, Reasoning, ResponseFormat, Sampling } from '../../core/request.ts'
import type { PathFacts } from '../../core/wire-format.ts'
import {
  isList,
  objectOf,
  optionalBoolean,
  optionalNumber,
  optionalString,
  requiredObject,
  wrong,
} from '../shared/read-json.ts'
import { readContent } from './read-content.ts'
import { readParallel, readToolChoice, readTools } from './read-tools.ts'

/**
 * A Messages body as a ChatRequest. Checks what the gateway relies on; the rest stays in `native` for the upstream to
 * judge. `max_tokens` is not asked for: not every model behind the gateway needs it.
 * https://platform.claude.com/docs/en/api/messages
 */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = body['model'] ?? said.model
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'a string such as "auto" or "anthropic/claude-haiku-4-5"', model)
  }
  refuseThread(body['thread'])
  return {
    model,
    messages: [...readSystem(body['system']), ...readMessages(body['messages'])],
    tools: readTools(body['tools']),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelToolCalls: readParallel(body['tool_choice']),
    sampling: readSampling(body),
    reasoning: readReasoning(body),
    responseFormat: readResponseFormat(body),
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
    includeUsage: true,
    user: optionalString(objectOf(body['metadata'])['user_id'], 'metadata.user_id'),
    metadata: undefined,
    native: { format: 'anthropic-messages', body },
  }
}

/**
 * A conversation that its provider holds: the next turn may be another model's, which has never seen it. SDKs send the
 * whole conversation instead when they are told so in these words.
 */
function refuseThread(value: JsonValue | undefined): void {
  if (value === undefined || value === null) return
  throw new GatewayError('invalid_request', 'thread is not supported. Send the whole conversation without it.', {
    param: 'thread',
    data: { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } },
  })
}

function readSystem(value: JsonValue | undefined): Message[] {
  if (value === undefined || value === null) return []
  const content = readContent(value, 'system')
  return content.length === 0 ? [] : [{ role: 'system', content, name: undefined }]
}

function readMessages(value: JsonValue | undefined): Message[] {
  if (!isList(value)) throw wrong('messages', 'a list of messages', value)
  if (value.length === 0) {
    throw new GatewayError('invalid_request', 'messages is empty. Send at least one message.', { param: 'messages' })
  }
  return value.flatMap((message, index) => readMessage(message, `messages[${index}]`))
}

function readMessage(value: JsonValue, path: string): Message[] {
  const message = requiredObject(value, path, 'an object with role and content')
  const { role } = message
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw wrong(`${path}.role`, 'one of user, assistant, system', role)
  }
  const content = readContent(message['content'], `${path}.content`)
  return role === 'user' ? splitResults(content) : [{ role, content, name: undefined }]
}

/** Results stand in a turn of their own, before what else the user said: they answer the turn before. */
function splitResults(content: readonly ContentPart[]): Message[] {
  const results = content.filter((part) => part.type === 'tool-result')
  const others = content.filter((part) => part.type !== 'tool-result')
  const answered: Message[] = results.length === 0 ? [] : [{ role: 'tool', content: results, name: undefined }]
  return results.length > 0 && others.length === 0
    ? answered
    : [...answered, { role: 'user', content: others, name: undefined }]
}

function readSampling(body: JsonObject): Sampling {
  const stop = body['stop_sequences'] ?? undefined
  if (stop !== undefined && !(isList(stop) && stop.every((one) => typeof one === 'string'))) {
    throw wrong('stop_sequences', 'a list of strings', stop)
  }
  return {
    maxOutputTokens: optionalNumber(body['max_tokens'], 'max_tokens'),
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    topK: optionalNumber(body['top_k'], 'top_k'),
    choices: undefined,
    stop,
  }
}

/**
 * `thinking` says whether and how much; `output_config.effort` how hard. Effort without thinking is still effort. With a
 * budget thoughts are shown unless the client says otherwise; models that decide for themselves show them when told to.
 * https://platform.claude.com/docs/en/build-with-claude/thinking
 */
function readReasoning(body: JsonObject): Reasoning | undefined {
  const thinking = objectOf(body['thinking'])
  const effort = optionalString(objectOf(body['output_config'])['effort'], 'output_config.effort')
  const { display } = thinking
  const isShown = thinking['type'] === 'enabled' ? display !== 'omitted' : display === 'summarized'
  const summary = isShown ? { summary: 'auto' } : {}
  const said = effort === undefined ? {} : { effort }
  switch (thinking['type']) {
    case 'disabled':
      return { effort: 'none' }
    case 'adaptive':
      return { ...said, budgetTokens: -1, ...summary }
    case 'enabled': {
      const budgetTokens = optionalNumber(thinking['budget_tokens'], 'thinking.budget_tokens') ?? -1
      return { ...said, budgetTokens, ...summary }
    }
    default:
      return effort === undefined ? undefined : said
  }
}

/** `output_config.format`, and `output_format` as it was called while in beta. */
function readResponseFormat(body: JsonObject): ResponseFormat | undefined {
  const format = objectOf(body['output_config'])['format'] ?? body['output_format']
  if (!isJsonObject(format) || format['type'] !== 'json_schema') return undefined
  return { type: 'json-schema', schema: objectOf(format['schema']), strict: true }
}
