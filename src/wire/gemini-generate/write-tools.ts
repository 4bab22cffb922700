import type { JsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Losses } from '../shared/lose.ts'
import { NO_MARKS } from '../shared/no-cache-marks.ts'
import { compact, objectOf } from '../shared/read-json.ts'

/** What a request says of tools: `tools` and `toolConfig`, absent where there are none. */
export function writeTools(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  schemas: 'gemini-json' | 'gemini-parameters',
  losses: Losses,
): JsonObject {
  const functionDeclarations: JsonObject[] = []
  const own: JsonObject[] = []
  for (const [index, tool] of tools.entries()) {
    const { native, cache } = tool
    if (native !== undefined && native.format === 'gemini-generate') own.push(native.value)
    else if (native !== undefined)
      losses.lose(`tools[${index}]`, "a provider's own tool; this format has no counterpart")
    // Here only what is forced can be held to some of the tools.
    else if (isOffered(tool, choice)) functionDeclarations.push(writeFunction(tool, schemas))
    if (cache !== undefined) losses.lose(`tools[${index}].cache_control`, NO_MARKS)
  }
  const written = [...(functionDeclarations.length > 0 ? [{ functionDeclarations }] : []), ...own]
  if (written.length === 0) return {}
  const isStrict = tools.some((tool) => tool.strict === true)
  return compact({
    tools: written,
    toolConfig: functionDeclarations.length > 0 ? writeToolChoice(choice, isStrict) : undefined,
  })
}

function isOffered({ name }: Tool, choice: ToolChoice | undefined): boolean {
  if (typeof choice !== 'object' || !('allowed' in choice) || choice.mode !== 'auto') return true
  return choice.allowed.includes(name)
}

/** The older name takes no object without members: nothing stands there then. */
function writeFunction(
  { name, description = '', parameters }: Tool,
  schemas: 'gemini-json' | 'gemini-parameters',
): JsonObject {
  if (schemas === 'gemini-json') return compact({ name, description, parametersJsonSchema: parameters })
  const isEmpty = Object.keys(objectOf(parameters?.['properties'])).length === 0
  return compact({ name, description, parameters: isEmpty ? undefined : parameters })
}

/** `VALIDATED` is `AUTO` that holds the model to the schemas. */
function writeToolChoice(choice: ToolChoice | undefined, isStrict: boolean): JsonObject | undefined {
  if (choice === undefined && !isStrict) return undefined
  const auto = isStrict ? 'VALIDATED' : 'AUTO'
  if (choice === undefined || choice === 'auto') return configOf(auto)
  if (choice === 'none') return configOf('NONE')
  if (choice === 'required') return configOf('ANY')
  if ('name' in choice) return configOf('ANY', [choice.name])
  return choice.mode === 'auto' ? configOf(auto) : configOf('ANY', choice.allowed)
}

function configOf(mode: string, allowedFunctionNames?: readonly string[]): JsonObject {
  return { functionCallingConfig: compact({ mode, allowedFunctionNames }) }
}
