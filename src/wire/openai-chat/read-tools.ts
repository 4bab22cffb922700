import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import { isList, optionalList, textOf, wrong } from '../shared/read-json.ts'
import { cacheOf } from './read-content.ts'

/** `tools`, and `functions` of old that are not among them. */
export function readTools(body: JsonObject): Tool[] {
  return declaredAt(body).map(({ tool, path }) => readTool(tool, path))
}

/** Every declaration in the order of `readTools`, and where it stands. */
export function declaredAt(body: JsonObject): { readonly tool: JsonValue; readonly path: string }[] {
  const placed = (name: 'tools' | 'functions') =>
    optionalList(body[name], name, `a list of ${name}`).map((tool, index) => ({ tool, path: `${name}[${index}]` }))
  const tools = placed('tools')
  const names = new Set(tools.map(({ tool }) => nameOf(tool)))
  return [...tools, ...placed('functions').filter(({ tool }) => !names.has(nameOf(tool)))]
}

function nameOf(tool: JsonValue): JsonValue | undefined {
  if (!isJsonObject(tool)) return undefined
  const described = tool['function'] ?? tool
  return isJsonObject(described) ? described['name'] : undefined
}

function readTool(tool: JsonValue, path: string): Tool {
  if (!isJsonObject(tool)) throw wrong(path, 'an object', tool)
  const { type, custom } = tool
  const described = tool['function'] ?? custom ?? tool
  const { name, description, parameters, strict, format } = isJsonObject(described) ? described : {}
  if (type === 'function' && typeof name !== 'string') throw wrong(`${path}.function.name`, 'a string', name)
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
  if (value['tools'].length === 0)
    throw wrong('tool_choice.allowed_tools.tools', 'a list of one tool or more', value['tools'])
  const allowed = value['tools'].flatMap((tool) => {
    const named = isJsonObject(tool) ? (tool['function'] ?? tool['custom'] ?? tool) : undefined
    const name = isJsonObject(named) ? named['name'] : undefined
    return typeof name === 'string' ? [name] : []
  })
  return { allowed, mode: value['mode'] === 'required' ? 'required' : 'auto' }
}
