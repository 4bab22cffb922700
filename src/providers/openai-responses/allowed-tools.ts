import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from '../openai-chat/adjust.ts'
import { withMembers } from '../openai-chat/adjust.ts'
import { NONE_DECLARED, toolsOf } from '../openai-chat/tools.ts'

/** A choice among some tools of a Responses body as those alone: the type that says it is OpenAI's and Azure's. */
export const allowedToolsAlone: ChatStep = (body, { lose }) => {
  const choice = body['tool_choice']
  if (!isAmongSome(choice)) return body
  const chosen = toolsOf(body).filter((tool) => isAllowed(tool, choice))
  const mode = choice['mode'] === 'required' ? 'required' : 'auto'
  if (chosen.length > 0) return withMembers(body, { tool_choice: mode, tools: chosen })
  lose('tool_choice', NONE_DECLARED)
  return withMembers(body, { tool_choice: 'none' })
}

export function isAmongSome(choice: JsonValue | undefined): choice is JsonObject {
  return isJsonObject(choice) && choice['type'] === 'allowed_tools'
}

/** Whether a choice leaves the tool. */
export function isAllowed(tool: JsonObject, choice: JsonValue | undefined): boolean {
  return !isAmongSome(choice) || toolsOf(choice).some((one) => isSame(one, tool))
}

/** Providers' own tools have no name but a type. */
function isSame(one: JsonObject, tool: JsonObject): boolean {
  return one['type'] === tool['type'] && one['name'] === tool['name']
}
