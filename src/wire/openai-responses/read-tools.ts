import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import { isList, objectsOf, optionalList, requiredObject, requiredString, textOf, wrong } from '../shared/read-json.ts'
import { isStrictSchema } from '../shared/strict-schema.ts'

/** Functions and custom tools; every other tool is the provider's own and stays as it is. */
export function readTools(value: JsonValue | undefined): Tool[] {
  return optionalList(value, 'tools', 'a list of tools').map((tool, index) => readTool(tool, `tools[${index}]`))
}

function readTool(value: JsonValue, path: string): Tool {
  const tool = requiredObject(value, path)
  const type = requiredString(tool['type'], `${path}.type`)
  if (type === 'function') return readFunction(tool, path)
  if (type === 'custom') {
    const { format } = tool
    return {
      name: requiredString(tool['name'], `${path}.name`),
      description: textOf(tool['description']),
      parameters: undefined,
      custom: isJsonObject(format) ? { format: nestedFormat(format) } : {},
    }
  }
  return {
    name: textOf(tool['name']) ?? '',
    description: undefined,
    parameters: undefined,
    native: { format: 'openai-responses', value: tool },
  }
}

/** Chat Completions has the members in an object of their own; clients that were ported send it here too. */
function readFunction(tool: JsonObject, path: string): Tool {
  const nested = tool['function']
  const { name, description, parameters, strict } = isJsonObject(nested) ? nested : tool
  const schema = isJsonObject(parameters) ? parameters : undefined
  return {
    name: requiredString(name, `${path}.name`),
    description: textOf(description),
    parameters: schema,
    ...strictness(strict, schema),
  }
}

/**
 * This format is strict unless told otherwise, others are not. It is said to them where the schema is fit for it;
 * elsewhere OpenAI would rewrite the schema first, which other formats refuse instead.
 * https://platform.openai.com/docs/guides/function-calling#strict-mode
 */
function strictness(said: JsonValue | undefined, schema: JsonObject | undefined): { readonly strict?: boolean } {
  if (typeof said === 'boolean') return { strict: said }
  return schema !== undefined && isStrictSchema(schema) ? { strict: true } : {}
}

/** A grammar as the canonical form has it: in an object of its own, as Chat Completions. */
function nestedFormat(format: JsonObject): JsonObject {
  const { type, syntax, definition } = format
  return type === 'grammar' && definition !== undefined
    ? { type, grammar: { ...(syntax === undefined ? {} : { syntax }), definition } }
    : format
}

export function readToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return value
  if (!isJsonObject(value)) throw wrong('tool_choice', '"auto", "none", "required" or an object', value)
  if (value['type'] === 'allowed_tools') return readAllowed(value)
  const nested = value['function']
  const name = isJsonObject(nested) ? nested['name'] : value['name']
  // A provider's own tool (`web_search_preview`) has no name: `unread` says that the choice is lost.
  return isNameable(value) && typeof name === 'string' ? { name } : undefined
}

/** Whether a choice of a tool names one that other formats have too. */
export function isNameable(choice: JsonObject): boolean {
  return choice['type'] === 'function' || choice['type'] === 'custom' || choice['type'] === 'allowed_tools'
}

function readAllowed(value: JsonObject): ToolChoice {
  const { tools, mode } = value
  if (!isList(tools) || tools.length === 0) throw wrong('tool_choice.tools', 'a list of one tool or more', tools)
  const allowed = objectsOf(tools).flatMap((tool) => (isNameable(tool) ? (textOf(tool['name']) ?? []) : []))
  return { allowed, mode: mode === 'required' ? 'required' : 'auto' }
}
