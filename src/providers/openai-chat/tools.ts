import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from './adjust.ts'
import { isSaid, withMembers } from './adjust.ts'

export function toolsOf(body: JsonObject): readonly JsonObject[] {
  const { tools } = body
  return Array.isArray(tools) ? tools.filter(isJsonObject) : []
}

/** An empty list of tools and what only makes sense with one: OpenAI answers either with 400 (design/tool-calling.md §1.1). */
export const withoutIdleToolFields: ChatStep = (body, { lose }) => {
  if (toolsOf(body).length > 0 || isSaid(body['functions'])) return body
  const found = ['tools', 'tool_choice', 'parallel_tool_calls'].filter((name) => body[name] !== undefined)
  if (found.length === 0) return body
  const choice = body['tool_choice']
  // Without tools no tool is called: nothing is lost with a choice that allows that.
  if (isSaid(choice) && choice !== 'none' && choice !== 'auto') lose('tool_choice', 'there are no tools to choose from')
  return withMembers(body, Object.fromEntries(found.map((name) => [name, undefined])))
}

/** Which tools a choice leaves, and whether one of them must be called. */
export type Choice = { readonly names: readonly string[] | undefined; readonly isForced: boolean }

export function choiceOf(body: JsonObject): Choice | undefined {
  const choice = body['tool_choice']
  if (choice === 'required' || choice === 'any') return { names: undefined, isForced: true }
  if (!isJsonObject(choice)) return undefined
  const allowed = choice['allowed_tools']
  if (isJsonObject(allowed)) {
    const tools = Array.isArray(allowed['tools']) ? allowed['tools'] : []
    return { names: tools.flatMap(nameOf), isForced: allowed['mode'] === 'required' }
  }
  const names = nameOf(choice)
  return names.length === 0 ? undefined : { names, isForced: true }
}

function nameOf(tool: JsonValue): string[] {
  if (!isJsonObject(tool)) return []
  const described = tool['function'] ?? tool['custom'] ?? tool
  const name = isJsonObject(described) ? described['name'] : undefined
  return typeof name === 'string' ? [name] : []
}

/**
 * A choice among some tools as those tools alone, for providers that take words only; `forced` is their word for "one of
 * them". The model sees fewer tools than the history may name, which it can live with.
 */
export function choiceByFilter(forced: string, keeps: (choice: JsonValue | undefined) => boolean): ChatStep {
  return (body) => {
    const choice = choiceOf(body)
    if (choice === undefined || keeps(body['tool_choice'])) return body
    return withMembers(body, { tool_choice: choice.isForced ? forced : 'auto', ...chosenTools(body, choice) })
  }
}

/** For models that cannot be made to call a tool. */
export const withoutForcedChoice: ChatStep = (body, { lose }) => {
  const choice = choiceOf(body)
  if (choice === undefined || !choice.isForced) return body
  lose('tool_choice', 'the model cannot be made to call a tool; it may')
  return withMembers(body, { tool_choice: 'auto', ...chosenTools(body, choice) })
}

function chosenTools(body: JsonObject, { names }: Choice): JsonObject {
  if (names === undefined) return {}
  const tools = toolsOf(body).filter((tool) => nameOf(tool).some((name) => names.includes(name)))
  return tools.length === 0 ? {} : { tools }
}

/** Tools that take free text, for providers that know functions only. A provider's own tools are its own business. */
export const withoutCustomTools: ChatStep = (body, { lose }) => {
  const tools = toolsOf(body)
  const kept = tools.filter((tool, index) => {
    const isCustom = tool['type'] === 'custom'
    if (isCustom) lose(`tools[${index}]`, 'the provider knows no tools that take free text')
    return !isCustom
  })
  return kept.length === tools.length ? body : withMembers(body, { tools: kept })
}
