import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Declared } from '../dialect.ts'
import { isJson } from './json.ts'
import { pythonLiteral } from './python.ts'

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const NULL = /^(?:null|none)$/i

/** What schemas written by hand call the types of JSON. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^(?:str|text|varchar|char|enum)/, 'string'],
  [/^(?:int|uint|long|short|unsigned)/, 'integer'],
  [/^(?:num|float|double|decimal)/, 'number'],
  [/^bool/, 'boolean'],
  [/^(?:dict|map|hashmap|obj)/, 'object'],
  [/^(?:list|arr|tuple|set)/, 'array'],
]

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
  if (types.length > 0 && !types.includes('string') && NULL.test(raw.trim())) return 'null'
  if (types.length === 0 && schema !== undefined) return structure(raw.trim()) ?? JSON.stringify(raw)
  if (types.length === 0) return anyJson(raw)
  return JSON.stringify(raw)
}

/** Where no schema speaks, what looks like JSON is. */
export function anyJson(raw: string): string {
  const text = raw.trim()
  if (NUMBER.test(text) || /^(?:true|false|null)$/.test(text)) return text
  return structure(text) ?? (text.startsWith('"') && isJson(text) ? text : JSON.stringify(raw))
}

function structure(text: string): string | undefined {
  return jsonOf(text, 'object') ?? jsonOf(text, 'array')
}

function jsonOf(text: string, type: string): string | undefined {
  switch (type) {
    case 'integer': {
      const json = numberOf(text)
      return json !== undefined && (/^-?\d+$/.test(json) || Number.isInteger(Number(json))) ? json : undefined
    }
    case 'number':
      return numberOf(text)
    case 'boolean':
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined
    case 'null':
      return NULL.test(text) ? 'null' : undefined
    case 'object':
      return text.startsWith('{') ? literal(text) : undefined
    case 'array':
      return text.startsWith('[') ? literal(text) : undefined
    default:
      return undefined
  }
}

/** As written where it is JSON; else without the zeros before it. */
function numberOf(text: string): string | undefined {
  if (NUMBER.test(text)) return text
  const plain = text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1')
  return NUMBER.test(plain) ? plain : undefined
}

/** As written where it is JSON; models write Python's literals too, and JSON as it stands within a string. */
function literal(text: string): string | undefined {
  return isJson(text) ? text : (unescaped(text) ?? pythonLiteral(text))
}

function unescaped(text: string): string | undefined {
  if (!text.includes(String.raw`\"`) || !isJson(`"${text}"`)) return undefined
  const inner = JSON.parse(`"${text}"`) as string
  return isJson(inner) ? inner : undefined
}

/** The types a schema allows, those of its alternatives included. */
export function typesOf(schema: JsonValue | undefined): string[] {
  if (!isJsonObject(schema)) return []
  const { type, enum: values, const: value } = schema
  if (typeof type === 'string') return typeNamed(type)
  if (Array.isArray(type)) return type.filter((one) => typeof one === 'string').flatMap(typeNamed)
  for (const member of ['anyOf', 'oneOf', 'allOf'] as const) {
    const alternatives = schema[member]
    if (Array.isArray(alternatives)) return [...new Set(alternatives.flatMap(typesOfAlternative))]
  }
  if (schema['properties'] !== undefined) return ['object']
  if (schema['items'] !== undefined) return ['array']
  const allowed = Array.isArray(values) ? values : value === undefined ? [] : [value]
  return [...new Set(allowed.map(typeOfValue))]
}

/** One that is only referred to may be anything with members. */
function typesOfAlternative(schema: JsonValue): string[] {
  const types = typesOf(schema)
  return types.length > 0 ? types : ['object', 'array', 'string']
}

function typeNamed(name: string): string[] {
  const word = name.toLowerCase()
  return word === 'any' ? [] : [TYPES.find(([pattern]) => pattern.test(word))?.[1] ?? word]
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

/** The same, whether its tool is declared or not. */
export function declaredSchema({ tools }: Declared, tool: string, name: string): JsonValue | undefined {
  return parameterSchema(tools.get(tool), name)
}

/**
 * A raw value of a call as JSON. Where no tool is declared nothing is known of types: it is the string it is; a tool that
 * is missing among others may have been misspelt, and what looks like JSON is.
 */
export function parameterJson(raw: string, declared: Declared, tool: string, name: string): string {
  return declared.tools.size === 0 ? JSON.stringify(raw) : typedJson(raw, declaredSchema(declared, tool, name))
}
