import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import { optionalList, requiredObject, requiredString, textOf, wrong } from '../shared/read-json.ts'
import { cacheOf } from './read-content.ts'

/** A tool without a type, or of the type `custom`, is the client's; every other is Anthropic's own. */
export function readTools(value: JsonValue | undefined): Tool[] {
  return optionalList(value, 'tools', 'a list of tools').map((tool, index) => {
    const object = requiredObject(tool, `tools[${index}]`)
    return isNative(object) ? readNative(object) : readOwn(object, index)
  })
}

function isNative({ type }: JsonObject): boolean {
  return typeof type === 'string' && type !== 'custom'
}

function readNative(tool: JsonObject): Tool {
  return {
    name: textOf(tool['name']) ?? '',
    description: undefined,
    parameters: undefined,
    native: { format: 'anthropic-messages', value: tool },
  }
}

function readOwn(tool: JsonObject, index: number): Tool {
  const { input_schema: schema, strict } = tool
  if (schema !== undefined && !isJsonObject(schema)) throw wrong(`tools[${index}].input_schema`, 'an object', schema)
  return {
    name: requiredString(tool['name'], `tools[${index}].name`),
    description: textOf(tool['description']),
    parameters: schema,
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...cacheOf(tool),
  }
}

export function readToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  const choice = requiredObject(value, 'tool_choice', 'an object such as {"type": "auto"}')
  switch (choice['type']) {
    case 'auto':
      return 'auto'
    case 'none':
      return 'none'
    case 'any':
      return 'required'
    case 'tool':
      return { name: requiredString(choice['name'], 'tool_choice.name') }
    default:
      throw wrong('tool_choice.type', 'one of auto, any, tool, none', choice['type'])
  }
}

export function readParallel(value: JsonValue | undefined): boolean | undefined {
  const disabled = isJsonObject(value) ? value['disable_parallel_tool_use'] : undefined
  return typeof disabled === 'boolean' ? !disabled : undefined
}
