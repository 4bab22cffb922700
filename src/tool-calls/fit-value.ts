import type { JsonValue } from '../core/json.ts'
import { jsonKind } from '../core/json.ts'
import { pythonLiteral } from '../dialects/values/python.ts'
import { elementSpans } from './edit-json.ts'
import type { TypeName } from './type-words.ts'

/** A value and the JSON text it was read from. */
export type Json = { readonly text: string; readonly value: JsonValue }

const INTEGER = /^-?\d+$/
/** Longer strings are no scalar that was written as a string. */
const MAX_SCALAR = 400

/** A text as a value; `undefined` where it is no JSON. */
export function jsonOf(text: string): Json | undefined {
  try {
    return { text, value: JSON.parse(text) as JsonValue }
  } catch {
    return undefined
  }
}

export function hasType({ value }: Json, types: readonly TypeName[]): boolean {
  const kind = jsonKind(value)
  return types.some((type) => type === kind || (type === 'integer' && typeof value === 'number' && value % 1 === 0))
}

/**
 * A value as one of `types`, none of which it has; the same value where it does not clearly mean one. A string is read as
 * another type where it is written like a value of that type and of no other that is allowed.
 */
export function asType(json: Json, types: readonly TypeName[]): Json {
  // What is allowed to be a string is one only where it can be nothing else.
  const inOrder = types.includes('string') ? [...types.filter((type) => type !== 'string'), 'string' as const] : types
  for (const type of inOrder) {
    const text = textAs(json, type)
    const converted = text === undefined ? undefined : jsonOf(text)
    if (converted !== undefined) return converted
  }
  return json
}

/** An integer that was written as a fraction or with an exponent, in the digits that every language reads as an integer. */
export function asInteger(json: Json): Json {
  const { text, value } = json
  if (typeof value !== 'number' || INTEGER.test(text)) return json
  const digits = integerText(text)
  return digits === undefined ? json : { text: digits, value }
}

function textAs({ text, value }: Json, type: TypeName): string | undefined {
  if (type === 'array') return Array.isArray(value) ? text : listText(text, value)
  if (Array.isArray(value)) return type === 'object' ? undefined : onlyElement(text, type)
  switch (type) {
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(text) : undefined
    case 'number':
      return typeof value === 'string' ? numberText(value) : undefined
    case 'integer':
      return typeof value === 'string' ? integerText(numberText(value)) : undefined
    case 'boolean':
      return booleanText(value)
    case 'null':
      return typeof value === 'string' && isNothing(value) ? 'null' : undefined
    case 'object':
      return typeof value === 'string' ? structureText(value, '{') : undefined
    default: {
      const unhandled: never = type
      return unhandled
    }
  }
}

/** JSON or a literal of Python in a string. */
function structureText(value: string, opening: '{' | '['): string | undefined {
  const inner = value.trim()
  if (!inner.startsWith(opening)) return undefined
  return jsonOf(inner) === undefined ? pythonLiteral(inner) : inner
}

/** What models write in a string for no value. */
function isNothing(value: string): boolean {
  return value.length <= MAX_SCALAR && /^\s*(?:null|none|nil|undefined)?\s*$/i.test(value)
}

/** A list that is written in a string, or a list of the value alone; not of half a list in a string, nor of nothing. */
function listText(text: string, value: JsonValue): string | undefined {
  if (value === null || (typeof value === 'string' && isNothing(value))) return undefined
  return typeof value === 'string' && value.trimStart().startsWith('[') ? structureText(value, '[') : `[${text}]`
}

/** The one element of a list where a scalar is wanted. */
function onlyElement(text: string, type: TypeName): string | undefined {
  const [only, ...rest] = elementSpans(text)
  if (only === undefined || rest.length > 0) return undefined
  const element = jsonOf(text.slice(only.start, only.end))
  if (element === undefined || typeof element.value === 'object') return undefined
  return hasType(element, [type]) ? element.text : textAs(element, type)
}

/** A number in a string as JSON writes it, every digit kept. Thousands separators and units are no part of one. */
function numberText(value: string): string | undefined {
  if (value.length > MAX_SCALAR) return undefined
  const found = /^\s*([+-]?)0*(\d+|(?=\.))(\.\d+)?([eE][+-]?\d+)?\s*$/.exec(value)
  if (found === null) return undefined
  const [, sign, whole, fraction = '', exponent = ''] = found
  const text = `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${fraction}${exponent}`
  return Number.isFinite(Number(text)) ? text : undefined
}

function integerText(text: string | undefined): string | undefined {
  if (text === undefined || INTEGER.test(text)) return text
  const plain = /^(-?\d+)\.0+$/.exec(text)?.[1]
  if (plain !== undefined) return plain
  const number = Number(text)
  return Number.isSafeInteger(number) ? String(number) : undefined
}

function booleanText(value: JsonValue): string | undefined {
  if (value === 1) return 'true'
  if (value === 0) return 'false'
  const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return word === 'true' || word === 'false' ? word : undefined
}
