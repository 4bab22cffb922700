import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection, SimulatedCall, SimulatedTool } from '../format.ts'
import { checkRequest } from './check-request.ts'
import { invalid } from './rejection.ts'

const CHARACTERS_PER_TOKEN = 4
const TOKENS_PER_MESSAGE = 4
const TOKENS_PER_IMAGE = 85
const TOKENS_PER_REPLY = 3

/** The model a body asks for. */
export function readModel(body: JsonObject): string | Rejection {
  const { model } = body
  return typeof model === 'string' && model !== '' ? model : invalid('you must provide a model parameter', null)
}

/** A Chat Completions body as a call, or OpenAI's refusal. */
export function readCall(body: JsonObject): SimulatedCall | Rejection {
  return checkRequest(body) ?? readBody(body)
}

/** A body that has been checked as a call. */
export function readBody(body: JsonObject): SimulatedCall {
  const messages = listOf(body['messages']).filter(isJsonObject)
  const options = body['stream_options']
  return {
    model: String(body['model']),
    isStreamed: body['stream'] === true,
    includesUsage: isJsonObject(options) && options['include_usage'] === true,
    maxTokens: number(body['max_completion_tokens']) ?? number(body['max_tokens']),
    stop: readStop(body['stop']),
    choices: number(body['n']) ?? 1,
    tools: readTools(body['tools']),
    toolChoice: readToolChoice(body['tool_choice']),
    allowsParallelCalls: body['parallel_tool_calls'] !== false,
    shape: readShape(body['response_format']),
    earlierCalls: messages.reduce((sum, { tool_calls: calls }) => sum + listOf(calls).length, 0),
    endsWithToolResult: messages.at(-1)?.['role'] === 'tool',
    promptTokens: countTokens(messages, body['tools']),
  }
}

function readStop(stop: JsonValue | undefined): readonly string[] {
  const sequences = typeof stop === 'string' ? [stop] : listOf(stop)
  return sequences.filter((sequence) => typeof sequence === 'string' && sequence !== '').map(String)
}

function readTools(tools: JsonValue | undefined): readonly SimulatedTool[] {
  return listOf(tools).flatMap((tool) => {
    const described = isJsonObject(tool) ? tool['function'] : undefined
    if (!isJsonObject(described) || typeof described['name'] !== 'string') return []
    return [{ name: described['name'], schema: described['parameters'] }]
  })
}

function readToolChoice(choice: JsonValue | undefined): SimulatedCall['toolChoice'] {
  if (choice === 'none' || choice === 'required') return choice
  // Mistral's word for it.
  if (choice === 'any') return 'required'
  const named = isJsonObject(choice) ? choice['function'] : undefined
  return isJsonObject(named) && typeof named['name'] === 'string' ? { name: named['name'] } : 'auto'
}

function readShape(format: JsonValue | undefined): SimulatedCall['shape'] {
  if (!isJsonObject(format)) return { type: 'text' }
  const described = format['json_schema']
  if (format['type'] === 'json_schema' && isJsonObject(described)) {
    return { type: 'schema', schema: described['schema'] ?? {} }
  }
  return { type: format['type'] === 'json_object' ? 'json' : 'text' }
}

/** An estimate from lengths, so that the same prompt always has the same price. */
function countTokens(messages: readonly JsonObject[], tools: JsonValue | undefined): number {
  let tokens = TOKENS_PER_REPLY
  if (tools !== undefined && tools !== null) tokens += textTokens(JSON.stringify(tools))
  for (const message of messages) {
    tokens += TOKENS_PER_MESSAGE + contentTokens(message['content'])
    const calls = message['tool_calls']
    if (calls !== undefined && calls !== null) tokens += textTokens(JSON.stringify(calls))
  }
  return tokens
}

function contentTokens(content: JsonValue | undefined): number {
  if (typeof content === 'string') return textTokens(content)
  return listOf(content).reduce<number>((sum, part) => {
    if (!isJsonObject(part)) return sum
    return sum + (typeof part['text'] === 'string' ? textTokens(part['text']) : TOKENS_PER_IMAGE)
  }, 0)
}

function textTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function number(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
