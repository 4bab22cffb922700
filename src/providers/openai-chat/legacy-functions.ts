import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from './adjust.ts'
import { isSaid, withMembers } from './adjust.ts'

/**
 * Functions of old as tools, with the calls and results of the history and the choice: OpenAI alone still serves them.
 * Calls had no ids, and an answer had one at most. Where tools are declared beside them, calls are the tools' calls.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-functions
 */
export const functionsAsTools: ChatStep = (body, { lose }) => {
  const history = toolHistory(body['messages'])
  const { functions, function_call: choice } = body
  if (!isSaid(functions) && !isSaid(choice))
    return history === body['messages'] ? body : withMembers(body, { messages: history })
  const { tools: given, n } = body
  const tools: readonly JsonValue[] = Array.isArray(given) ? given : []
  const declared = (Array.isArray(functions) ? functions.filter(isJsonObject) : []).filter(
    (one) => !isAmong(one, tools),
  )
  const isLegacy = declared.length > 0 && tools.length === 0
  // Answers of one choice are written anew (dispatch/upstream-request.ts), several are passed on as they come.
  if (isLegacy && typeof n === 'number' && n > 1)
    lose('functions', 'they were sent as tools, and of several answers the calls are `tool_calls`')
  return withMembers(body, {
    messages: history,
    functions: undefined,
    function_call: undefined,
    tools: declared.length === 0 ? given : [...tools, ...declared.map((one) => ({ type: 'function', function: one }))],
    tool_choice: body['tool_choice'] ?? (isJsonObject(choice) ? { type: 'function', function: choice } : choice),
    parallel_tool_calls: isLegacy ? false : body['parallel_tool_calls'],
  })
}

/** Whoever does not know which of the two a server reads says the same function in both. */
function isAmong({ name }: JsonObject, tools: readonly JsonValue[]): boolean {
  return tools.some((tool) => isJsonObject(tool) && isJsonObject(tool['function']) && tool['function']['name'] === name)
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
