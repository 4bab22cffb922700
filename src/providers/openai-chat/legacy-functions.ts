import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from './adjust.ts'
import { isSaid, withMembers } from './adjust.ts'

/**
 * Functions of old as tools, with the calls and results of the history and the choice: OpenAI alone still serves them.
 * Calls had no ids, and an answer had one at most. https://platform.openai.com/docs/api-reference/chat/create#chat-create-functions
 */
export const functionsAsTools: ChatStep = (body) => {
  const history = toolHistory(body['messages'])
  const { functions, function_call: choice } = body
  if (!isSaid(functions) && !isSaid(choice))
    return history === body['messages'] ? body : withMembers(body, { messages: history })
  const declared = Array.isArray(functions) ? functions.filter(isJsonObject) : []
  const tools = declared.map((one: JsonObject) => ({ type: 'function', function: one }))
  return withMembers(body, {
    messages: history,
    functions: undefined,
    function_call: undefined,
    tools: body['tools'] ?? (tools.length === 0 ? undefined : tools),
    tool_choice: body['tool_choice'] ?? (isJsonObject(choice) ? { type: 'function', function: choice } : choice),
    parallel_tool_calls: tools.length === 0 ? body['parallel_tool_calls'] : false,
  })
}

/** The same list when it holds none of them. */
function toolHistory(messages: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(messages) || !messages.some(isLegacy)) return messages
  let calls = 0
  const idOf = (): string => `call_function_${calls}`
  return messages.map((message: JsonValue): JsonValue => {
    if (!isLegacy(message)) return message
    const { function_call: called, name: _, ...rest } = message
    if (message['role'] === 'function') return { ...rest, role: 'tool', tool_call_id: idOf() }
    if (!isJsonObject(called)) return withMembers(message, { function_call: undefined })
    calls += 1
    const call = { id: idOf(), type: 'function', function: called }
    return { ...rest, content: message['content'] ?? null, tool_calls: [call] }
  })
}

function isLegacy(message: JsonValue): message is JsonObject {
  return isJsonObject(message) && (message['role'] === 'function' || message['function_call'] !== undefined)
}
