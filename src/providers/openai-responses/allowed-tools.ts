import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from '../openai-chat/adjust.ts'
import { withMembers } from '../openai-chat/adjust.ts'
import { toolsOf } from '../openai-chat/tools.ts'

/** A choice among some tools of a Responses body as those alone: the type that says it is OpenAI's and Azure's. */
export const allowedToolsAlone: ChatStep = (body, { lose }) => {
  const choice = body['tool_choice']
  if (!isJsonObject(choice) || choice['type'] !== 'allowed_tools') return body
  const allowed = toolsOf(choice)
  const chosen = toolsOf(body).filter((tool) => allowed.some((one) => isSame(one, tool)))
  const mode = choice['mode'] === 'required' ? 'required' : 'auto'
  if (chosen.length > 0) return withMembers(body, { tool_choice: mode, tools: chosen })
  lose('tool_choice', 'it names no tool that is declared; any may be called')
  return withMembers(body, { tool_choice: mode })
}

/** Providers' own tools have no name but a type. */
function isSame(one: JsonObject, tool: JsonObject): boolean {
  return one['type'] === tool['type'] && one['name'] === tool['name']
}
