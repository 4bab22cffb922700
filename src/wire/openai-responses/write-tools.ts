import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Traits } from '../../core/wire-format.ts'
import type { Losses } from '../shared/lose.ts'
import { compact } from '../shared/read-json.ts'
import { fitStrict } from '../shared/strict-schema.ts'

export function writeTools(tools: readonly Tool[], traits: Traits, losses: Losses): JsonObject[] {
  return tools.flatMap((tool, index) => {
    const { name, description, native, custom, parameters } = tool
    if (tool.cache !== undefined) {
      losses.lose(`tools[${index}].cache_control`, 'this format takes no cache marks; the provider caches by itself')
    }
    if (native !== undefined) {
      if (native.format === 'openai-responses') return [native.value]
      losses.lose(`tools[${index}]`, "a provider's own tool; this format has no counterpart")
      return []
    }
    if (custom !== undefined) {
      return [compact({ type: 'custom', name, description, format: flatFormat(custom.format) })]
    }
    const strict =
      fitStrict(tool.strict, parameters, traits, (why) => losses.lose(`tools[${index}].strict`, why)) ?? false
    // Said even when the client did not: this format is strict by default, the others are not.
    return [compact({ type: 'function', name, description, parameters: parameters ?? NO_PARAMETERS, strict })]
  })
}

/** The member is required here. */
const NO_PARAMETERS: JsonObject = { type: 'object', properties: {} }

/** A grammar without the object that the canonical form, as Chat Completions, has it in. */
function flatFormat(format: JsonObject | undefined): JsonObject | undefined {
  const grammar = format?.['grammar']
  return isJsonObject(grammar) ? { type: 'grammar', ...grammar } : format
}

export function writeToolChoice(choice: ToolChoice | undefined, tools: readonly Tool[]): JsonValue | undefined {
  if (choice === undefined || typeof choice === 'string') return choice
  const named = (name: string): JsonObject => {
    const isCustom = tools.some((tool) => tool.name === name && tool.custom !== undefined)
    return { type: isCustom ? 'custom' : 'function', name }
  }
  if ('name' in choice) return named(choice.name)
  return { type: 'allowed_tools', mode: choice.mode, tools: choice.allowed.map(named) }
}
