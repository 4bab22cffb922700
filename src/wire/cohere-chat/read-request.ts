import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest, Message, Reasoning, ResponseFormat, Sampling } from '../../core/request.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Loss, PathFacts } from '../../core/wire-format.ts'
import {
  optionalBoolean,
  optionalList,
  optionalNumber,
  requiredObject,
  requiredString,
  textOf,
  wrong,
} from '../shared/read-json.ts'
import { readDocument, readMessage } from './read-messages.ts'

/** A Chat body as a ChatRequest. Checks what the gateway itself relies on. https://docs.cohere.com/reference/chat */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = body['model'] ?? said.model
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'a string such as "auto" or "cohere/command-a-03-2025"', model)
  }
  return {
    model,
    messages: readMessages(body),
    tools: readTools(body),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelToolCalls: undefined,
    sampling: readSampling(body),
    reasoning: readThinking(body['thinking']),
    responseFormat: readFormat(body['response_format']),
    stream: optionalBoolean(body['stream'], 'stream') ?? said.stream ?? false,
    includeUsage: true,
    user: undefined,
    metadata: undefined,
    native: { format: 'cohere-chat', body },
  }
}

/** Documents belong to the question: they come first in the last turn of the user. */
function readMessages(body: JsonObject): Message[] {
  const value = body['messages']
  const list = optionalList(value, 'messages', 'a list of messages')
  if (list.length === 0) {
    if (value === undefined || value === null) throw wrong('messages', 'a list of messages', value)
    throw new GatewayError('invalid_request', 'messages is empty. Send at least one message.', { param: 'messages' })
  }
  const messages = list.map((message, index) => readMessage(message, `messages[${index}]`))
  const documents = optionalList(body['documents'], 'documents')
  if (documents.length === 0) return messages
  const files = documents.map((document, index) => readDocument(document, `documents[${index}]`))
  const last = messages.findLastIndex(({ role }) => role === 'user')
  if (last < 0) return [...messages, { role: 'user', content: files, name: undefined }]
  return messages.map((message, index) =>
    index === last ? { ...message, content: [...files, ...message.content] } : message,
  )
}

function readTools(body: JsonObject): Tool[] {
  const strict = optionalBoolean(body['strict_tools'], 'strict_tools')
  return optionalList(body['tools'], 'tools', 'a list of tools').map((value, index) => {
    const path = `tools[${index}]`
    const described = requiredObject(requiredObject(value, path)['function'], `${path}.function`)
    const { description, parameters } = described
    return {
      name: requiredString(described['name'], `${path}.function.name`),
      description: textOf(description),
      parameters: isJsonObject(parameters) ? parameters : undefined,
      ...(strict === undefined ? {} : { strict }),
    }
  })
}

function readToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'NONE') return 'none'
  if (value === 'REQUIRED') return 'required'
  throw wrong('tool_choice', '"REQUIRED" or "NONE"', value)
}

function readSampling(body: JsonObject): Sampling {
  const stop = body['stop_sequences']
  const number = (name: string): number | undefined => optionalNumber(body[name], name)
  return {
    maxOutputTokens: number('max_tokens'),
    temperature: number('temperature'),
    topP: number('p'),
    topK: number('k'),
    choices: undefined,
    stop:
      stop === undefined || stop === null
        ? undefined
        : optionalList(stop, 'stop_sequences').map((one, at) => requiredString(one, `stop_sequences[${at}]`)),
    presencePenalty: number('presence_penalty'),
    frequencyPenalty: number('frequency_penalty'),
    seed: number('seed'),
    logprobs: optionalBoolean(body['logprobs'], 'logprobs'),
    topLogprobs: undefined,
  }
}

function readThinking(value: JsonValue | undefined): Reasoning | undefined {
  if (value === undefined || value === null) return undefined
  const { type, token_budget: budget } = requiredObject(value, 'thinking')
  if (type === 'disabled') return { effort: 'none' }
  // On unless turned off: https://docs.cohere.com/docs/reasoning shows budgets without a type.
  if (type !== 'enabled' && type !== undefined) throw wrong('thinking.type', '"enabled" or "disabled"', type)
  return { budgetTokens: optionalNumber(budget, 'thinking.token_budget') ?? -1 }
}

function readFormat(value: JsonValue | undefined): ResponseFormat | undefined {
  if (value === undefined || value === null) return undefined
  const { type, json_schema: schema } = requiredObject(value, 'response_format')
  if (type === 'text') return { type: 'text' }
  if (type !== 'json_object') throw wrong('response_format.type', '"text" or "json_object"', type)
  return isJsonObject(schema) ? { type: 'json-schema', schema } : { type: 'json-object' }
}

const READ = new Set(
  [
    'model messages documents tools strict_tools tool_choice response_format thinking max_tokens stop_sequences',
    'temperature p k seed presence_penalty frequency_penalty logprobs stream routing',
  ].flatMap((line) => line.split(' ')),
)

/** Every other member of the body: a parameter of this format alone. Null and false ask for nothing. */
export function unread(body: JsonObject): Loss[] {
  const reason = 'only Cohere has it'
  const members = Object.entries(body)
    .filter(([name, value]) => !READ.has(name) && value !== undefined && value !== null && value !== false)
    .map(([path]) => ({ path, reason }))
  const documents = Array.isArray(body['documents']) ? body['documents'] : []
  const named = documents.flatMap((document: JsonValue, index) =>
    isJsonObject(document) && typeof document['id'] === 'string' ? [{ path: `documents[${index}].id`, reason }] : [],
  )
  return [...members, ...named]
}
