import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from './adjust.ts'
import { isSaid, withMembers } from './adjust.ts'
import { functionsAsTools } from './legacy-functions.ts'
import { eachCall } from './messages.ts'

export function toolsOf(body: JsonObject): readonly JsonObject[] {
  const { tools } = body
  return Array.isArray(tools) ? tools.filter(isJsonObject) : []
}

/** A list, what chooses from it, and what else makes sense with it only. */
const TOOL_FIELDS: readonly (readonly [string, string, ...string[]])[] = [
  ['tools', 'tool_choice', 'parallel_tool_calls'],
  ['functions', 'function_call'],
]

/** An empty list of tools and what only makes sense with one: OpenAI answers either with 400 (design/tool-calling.md §1.1). */
export const withoutIdleToolFields: ChatStep = (body, { lose }) => {
  const idle = TOOL_FIELDS.filter(([list]) => !hasObjects(body[list]))
  const found = idle.flat().filter((name) => body[name] !== undefined)
  if (found.length === 0) return body
  for (const [, name] of idle) {
    const choice = body[name]
    // Without tools no tool is called: nothing is lost with a choice that allows that.
    if (isSaid(choice) && choice !== 'none' && choice !== 'auto') lose(name, 'there are no tools to choose from')
  }
  return withMembers(body, Object.fromEntries(found.map((name) => [name, undefined])))
}

function hasObjects(list: JsonValue | undefined): boolean {
  return Array.isArray(list) && list.some(isJsonObject)
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

/** Why nothing may be called then: all that is declared would be more than was allowed. */
export const NONE_DECLARED = 'it names no tool that is declared; none may be called'

/**
 * A choice among some tools as those tools alone, for providers that take words only; `forced` is their word for "one of
 * them". The model sees fewer tools than the history may name, which it can live with.
 */
export function choiceByFilter(forced: string, keeps: (choice: JsonValue | undefined) => boolean): ChatStep {
  return (body, { lose }) => {
    const choice = choiceOf(body)
    if (choice === undefined || keeps(body['tool_choice'])) return body
    const chosen = chosenTools(body, choice)
    if (choice.names !== undefined && chosen['tools'] === undefined) {
      lose('tool_choice', NONE_DECLARED)
      return withMembers(body, { tool_choice: 'none' })
    }
    return withMembers(body, { tool_choice: choice.isForced ? forced : 'auto', ...chosen })
  }
}

/** OpenAI's and Azure's alone: everyone else refuses it. */
const allowedByFilter = choiceByFilter(
  'required',
  (choice) => !isJsonObject(choice) || choice['type'] !== 'allowed_tools',
)

/** Tools as all but OpenAI itself know them: tools that are functions, and of a choice among some those alone. */
export const plainTools: ChatStep = (body, adjusting) =>
  allowedByFilter(customToolsAsFunctions(functionsAsTools(body, adjusting), adjusting), adjusting)

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

/** A function that takes nothing, for providers that want that said. Nothing is lost. */
export const saidParameters: ChatStep = (body) => {
  const { tools } = body
  if (!Array.isArray(tools) || !tools.some(isWithoutParameters)) return body
  const parameters = { type: 'object', properties: {} }
  const said = tools.map((tool: JsonValue) =>
    isWithoutParameters(tool) ? { ...tool, function: { ...tool.function, parameters } } : tool,
  )
  return withMembers(body, { tools: said })
}

function isWithoutParameters(tool: JsonValue): tool is JsonObject & { readonly function: JsonObject } {
  return isJsonObject(tool) && isJsonObject(tool['function']) && !isSaid(tool['function']['parameters'])
}

const AS_FUNCTION =
  'the provider knows no tools that take free text; of several answers it is called as a function of {"input": string}'
const GRAMMAR = 'the model is told the grammar of the text, not held to it'

/**
 * Tools that take free text as functions of `{input: string}`, with the calls of the history and the choice, for providers
 * that know functions only (design/tool-calling.md §1.1). Calls of the answer become free text again
 * (dispatch/upstream-request.ts), but of several answers in one, which are passed on as they come. A provider's own tools
 * are its own business.
 */
const customToolsAsFunctions: ChatStep = (body, adjusting) => {
  const written = customCallsAsFunctions(body, adjusting)
  const { tools, tool_choice: choice } = body
  const chosenFunction = isJsonObject(choice) ? functionChoice(choice) : choice
  const chosen = chosenFunction === choice ? written : withMembers(written, { tool_choice: chosenFunction })
  if (!Array.isArray(tools) || !tools.some(isCustom)) return chosen
  const { lose } = adjusting
  const isPassedOn = typeof body['n'] === 'number' && body['n'] > 1
  const functions = tools.map((tool: JsonValue, index) => {
    if (!isCustom(tool)) return tool
    if (isPassedOn) lose(`tools[${index}]`, AS_FUNCTION)
    return functionOf(tool, (member, reason) => lose(`tools[${index}].custom.${member}`, reason))
  })
  return withMembers(chosen, { tools: functions })
}

const customCallsAsFunctions = eachCall((call) => {
  const { custom, ...rest } = call
  if (!isJsonObject(custom)) return call
  const { input, ...called } = custom
  return { ...rest, type: 'function', function: { ...called, arguments: JSON.stringify({ input: input ?? '' }) } }
})

function isCustom(tool: JsonValue): tool is JsonObject {
  return isJsonObject(tool) && tool['type'] === 'custom'
}

function functionOf(tool: JsonObject, lose: (member: string, reason: string) => void): JsonObject {
  const { custom, ...rest } = tool
  const { name, description, format, ...unknown } = isJsonObject(custom) ? custom : {}
  for (const member of Object.keys(unknown)) lose(member, 'a function has no such member')
  const parameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }
  const described = isSaid(description) ? [String(description)] : []
  if (isJsonObject(format) && format['type'] !== 'text') {
    lose('format', GRAMMAR)
    described.push(`The input must be of this format: ${JSON.stringify(format)}`)
  }
  const said = described.length === 0 ? {} : { description: described.join('\n\n') }
  return { ...rest, type: 'function', function: { name, ...said, parameters } }
}

/** The same choice where it names no tool that takes free text. */
function functionChoice(choice: JsonObject): JsonObject {
  const { custom, allowed_tools: allowed, ...rest } = choice
  if (isJsonObject(custom)) return { ...rest, type: 'function', function: custom }
  if (!isJsonObject(allowed) || !Array.isArray(allowed['tools']) || !allowed['tools'].some(isCustom)) return choice
  const tools = allowed['tools'].map((tool: JsonValue) => (isJsonObject(tool) ? functionChoice(tool) : tool))
  return { ...choice, allowed_tools: { ...allowed, tools } }
}
