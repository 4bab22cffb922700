import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import { isList, textOf, wrong } from '../shared/read-json.ts'
import { cacheOf } from './read-content.ts'

/** `tools`, or `functions` of old. */
export function readTools(body: JsonObject): Tool[] {
  const value = body['tools'] ?? body['functions']
  if (value === undefined || value === null) return []
  if (!isList(value)) throw wrong('tools', 'a list of tools', value)
  return value.map((tool, index) => readTool(tool, index))
}

function readTool(tool: JsonValue, index: number): Tool {
  if (!isJsonObject(tool)) throw wrong(`tools[${index}]`, 'an object', tool)
  const { type, custom } = tool
  const described = tool['function'] ?? custom ?? tool
  const { name, description, parameters, strict, format } = isJsonObject(described) ? described : {}
  if (type === 'function' && typeof name !== 'string') throw wrong(`tools[${index}].function.name`, 'a string', name)
  const isNative = typeof type === 'string' && type !== 'function' && type !== 'custom'
  return {
    name: typeof name === 'string' ? name : '',
    description: textOf(description),
    parameters: isJsonObject(parameters) ? parameters : undefined,
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(isJsonObject(custom) ? { custom: isJsonObject(format) ? { format } : {} } : {}),
    ...(isNative ? { native: { format: 'openai-chat' as const, value: tool } } : {}),
    ...cacheOf(tool),
  }
}

export function readToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === 'auto' || value === 'none' || value === 'required') return value
  if (value === 'any') return 'required'
  if (!isJsonObject(value)) return undefined
  if (value['type'] === 'allowed_tools') return readAllowed(value['allowed_tools'])
  const named = value['function'] ?? value['custom'] ?? value
  const name = isJsonObject(named) ? named['name'] : undefined
  return typeof name === 'string' ? { name } : undefined
}

function readAllowed(value: JsonValue | undefined): ToolChoice | undefined {
  if (!isJsonObject(value) || !isList(value['tools'])) return undefined
  const allowed = value['tools'].flatMap((tool) => {
    const named = isJsonObject(tool) ? (tool['function'] ?? tool['custom'] ?? tool) : undefined
    const name = isJsonObject(named) ? named['name'] : undefined
    return typeof name === 'string' ? [name] : []
  })
  return { allowed, mode: value['mode'] === 'required' ? 'required' : 'auto' }
}
