import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool } from '../../core/tool.ts'

export type ExampleText = {
  /** A string for a member. */
  readonly of: (name: string) => string
  /** Other values than the first example has, where the schema leaves a choice. */
  readonly isSecond: boolean
}

/** Arguments of the types that a tool's schema asks for: those that it requires, or the first where it requires none. */
export function exampleArguments(tool: Tool, text: ExampleText): JsonObject {
  const properties = propertiesOf(tool.parameters)
  const required = requiredOf(tool)
  const shown = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(shown.map((name) => [name, exampleOf(name, properties[name], text)]))
}

export function requiredOf({ parameters }: Tool): string[] {
  const required = parameters?.['required']
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

function propertiesOf(schema: JsonObject | undefined): JsonObject {
  const properties = schema?.['properties']
  return isJsonObject(properties) ? properties : {}
}

function exampleOf(name: string, schema: JsonValue | undefined, text: ExampleText): JsonValue {
  if (!isJsonObject(schema)) return text.of(name)
  const { enum: values, default: usual, type } = schema
  const { isSecond } = text
  if (Array.isArray(values) && values[0] !== undefined) return (isSecond ? values[1] : undefined) ?? values[0]
  if (usual !== undefined) return usual
  switch (Array.isArray(type) ? type[0] : type) {
    case 'integer':
    case 'number':
      return isSecond ? 7 : 1
    case 'boolean':
      return !isSecond
    case 'array':
      return [exampleOf(name, schema['items'], text)]
    case 'object':
      return Object.fromEntries(
        Object.entries(propertiesOf(schema)).map(([key, value]) => [key, exampleOf(key, value, text)]),
      )
    case 'null':
      return null
    default:
      return text.of(name)
  }
}
