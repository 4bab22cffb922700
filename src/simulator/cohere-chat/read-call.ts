import type { JsonObject, JsonValue } from '../../core/json.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import type { Rejection, SimulatedCall } from '../format.ts'
import { listOf, memberOf, numberOf, objectsOf, stringsOf, textOf } from '../read-json.ts'
import { findProblem } from '../shape.ts'
import { invalid, invalidShape } from './rejection.ts'
import { REQUEST_SHAPE } from './request-shape.ts'

/** The model a body asks for. */
export function readModel(body: JsonObject): string | Rejection {
  const { model } = body
  return typeof model === 'string' && model !== '' ? model : invalid('model is required.')
}

/** A v2 chat body as a call, or Cohere's refusal. */
export function readCall(body: JsonObject): SimulatedCall | Rejection {
  const finding = findProblem(body, REQUEST_SHAPE, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding)
  const messages = objectsOf(body['messages'])
  const problem = checkMessages(messages) ?? checkCalls(messages) ?? checkOptions(body)
  if (problem !== undefined) return problem
  const choice = body['tool_choice']
  return {
    model: String(body['model']),
    isStreamed: body['stream'] === true,
    includesUsage: true,
    maxTokens: numberOf(body['max_tokens']),
    stop: stringsOf(body['stop_sequences']),
    choices: 1,
    tools: objectsOf(body['tools']).map(({ function: described }) => ({
      name: textOf(memberOf(described, 'name')),
      schema: memberOf(described, 'parameters'),
    })),
    toolChoice: choice === 'REQUIRED' ? 'required' : choice === 'NONE' ? 'none' : 'auto',
    allowsParallelCalls: true,
    shape: readShape(body['response_format']),
    earlierCalls: messages.reduce((sum, { tool_calls: calls }) => sum + listOf(calls).length, 0),
    endsWithToolResult: messages.at(-1)?.['role'] === 'tool',
    promptTokens: 3 + estimateTokens(body['messages'], body['tools'], body['documents']),
  }
}

function checkMessages(messages: readonly JsonObject[]): Rejection | undefined {
  for (const message of messages) {
    const { role, content } = message
    const calls = listOf(message['tool_calls'])
    const isList = Array.isArray(content)
    const isBlank = isList ? content.length === 0 : content === undefined || content === null || content === ''
    // https://github.com/kwaroran/Risuai/issues/504
    if (role === 'user' && isBlank) {
      return invalid('message must be at least 1 token long or tool results must be specified.')
    }
    if (role !== 'assistant') continue
    // tool-calling.md §1.3, and `content` or `tool_calls` in https://docs.cohere.com/v2/docs/tool-use-overview
    if (calls.length > 0 && !isBlank) {
      return invalid("an assistant message with 'tool_calls' may not have 'content': use 'tool_plan'.")
    }
    // https://github.com/kwaroran/Risuai/issues/458
    if (calls.length === 0 && isBlank) return invalid('all elements in history must have a message.')
  }
  return undefined
}

/** https://github.com/oracle/langchain-oracle/issues/10 */
function checkCalls(messages: readonly JsonObject[]): Rejection | undefined {
  let open = new Set<string>()
  for (const message of [...messages, { role: 'end' }] as readonly JsonObject[]) {
    if (message['role'] === 'tool') {
      const id = textOf(message['tool_call_id'])
      if (!open.delete(id)) return invalid(`tool_call_id '${id}' does not match any of the preceding tool calls.`)
      continue
    }
    if (open.size > 0) {
      return invalid(
        `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
      )
    }
    open = new Set(objectsOf(message['tool_calls']).map(({ id }) => textOf(id)))
  }
  return undefined
}

/** https://docs.cohere.com/reference/chat#request.body.tool_choice, https://docs.cohere.com/docs/structured-outputs */
function checkOptions(body: JsonObject): Rejection | undefined {
  const tools = listOf(body['tools'])
  if (typeof body['tool_choice'] === 'string' && tools.length === 0) {
    return invalid('tool_choice can only be specified together with tools.')
  }
  const isJson = memberOf(body['response_format'], 'type') === 'json_object'
  return isJson && tools.length > 0
    ? invalid('response_format json_object is not supported in combination with tools.')
    : undefined
}

function readShape(format: JsonValue | undefined): SimulatedCall['shape'] {
  const schema = memberOf(format, 'json_schema') ?? memberOf(format, 'schema')
  if (schema !== undefined) return { type: 'schema', schema }
  return { type: memberOf(format, 'type') === 'json_object' ? 'json' : 'text' }
}
