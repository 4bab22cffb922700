import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isJson } from './json.ts'

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INTEGER = /^-?(?:0|[1-9]\d*)$/

/**
 * A raw value as JSON of the type its schema declares: a string stays one, however like a number it looks. What does not
 * fit stays a string and is judged later, with the rest of the call (design/tool-calling.md §3.3.11).
 */
export function typedJson(raw: string, schema: JsonValue | undefined): string {
  const types = typesOf(schema)
  // Anything but a string first, and only where the text is exactly that.
  for (const type of types) {
    const json = type === 'string' ? undefined : jsonOf(raw.trim(), type)
    if (json !== undefined) return json
  }
  if (types.length === 0 && schema !== undefined) return structure(raw.trim()) ?? JSON.stringify(raw)
  if (types.length === 0) return anyJson(raw)
  return JSON.stringify(raw)
}

/** Where no schema speaks, what looks like JSON is. */
function anyJson(raw: string): string {
  const text = raw.trim()
  if (NUMBER.test(text) || /^(?:true|false|null)$/.test(text)) return text
  return structure(text) ?? (text.startsWith('"') && isJson(text) ? text : JSON.stringify(raw))
}

function structure(text: string): string | undefined {
  return jsonOf(text, 'object') ?? jsonOf(text, 'array')
}

function jsonOf(text: string, type: string): string | undefined {
  switch (type) {
    case 'integer':
      return INTEGER.test(text) ? text : NUMBER.test(text) && Number.isInteger(Number(text)) ? text : undefined
    case 'number':
      return NUMBER.test(text) ? text : undefined
    case 'boolean':
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined
    case 'null':
      return /^(?:null|none)$/i.test(text) ? 'null' : undefined
    case 'object':
      return text.startsWith('{') && isJson(text) ? text : undefined
    case 'array':
      return text.startsWith('[') && isJson(text) ? text : undefined
    default:
      return undefined
  }
}

/** The types a schema allows, those of its alternatives included. */
export function typesOf(schema: JsonValue | undefined): string[] {
  if (!isJsonObject(schema)) return []
  const { type, enum: values, const: value } = schema
  if (typeof type === 'string') return [type.toLowerCase()]
  if (Array.isArray(type)) return type.filter((one) => typeof one === 'string').map((one) => one.toLowerCase())
  for (const member of ['anyOf', 'oneOf', 'allOf'] as const) {
    const alternatives = schema[member]
    if (Array.isArray(alternatives)) return [...new Set(alternatives.flatMap(typesOf))]
  }
  const allowed = Array.isArray(values) ? values : value === undefined ? [] : [value]
  return [...new Set(allowed.map(typeOfValue))]
}

function typeOfValue(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

/** The schema of one parameter of a tool. */
export function parameterSchema(parameters: JsonObject | undefined, name: string): JsonValue | undefined {
  const properties = parameters?.['properties']
  return isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined
}

/** Arguments of JSON values, as the text of an object. A name that comes twice keeps its last value. */
export function argumentsOf(members: readonly (readonly [string, string])[]): string {
  return `{${[...new Map(members)].map(([name, json]) => `${JSON.stringify(name)}: ${json}`).join(', ')}}`
}
