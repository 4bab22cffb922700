import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { argumentsOf } from './arguments.ts'
import { isDeclared } from './declared-names.ts'
import type { Element } from './elements.ts'
import { decodeEntities, elementsIn, MAX_ELEMENTS } from './elements.ts'
import { elementsOf, membersOf } from './json.ts'
import { repairedJson } from './repaired-json.ts'
import { typesOf } from './typed.ts'

const MAX_DEPTH = 16
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** What the elements of a tool's body say; `undefined` where a parameter is said twice that can be said once only. */
export function elementArguments(body: string, parameters: JsonObject): string | undefined {
  return membersIn(body, parameters, 0)
}

function membersIn(body: string, schema: JsonObject, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined
  const properties = propertiesOf(schema)
  const { elements } = elementsIn(body, (name) => isString(properties[name]))
  if (elements.length >= MAX_ELEMENTS) return undefined
  const byName = new Map<string, Element[]>()
  for (const element of elements) {
    const all = byName.get(element.name)
    if (all === undefined) byName.set(element.name, [element])
    else all.push(element)
  }
  // Who may repeat one parameter rightly repeats others too: the last is meant.
  const mayRepeat = Object.values(properties).some(isArray)
  const members: [string, string][] = []
  for (const [name, all] of byName) {
    if (depth === 0 && !isDeclared(name, schema)) continue
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    const json = isRepeated(all, property, mayRepeat) ? undefined : readValue(all, property, depth)
    if (json === undefined) return undefined
    members.push([name, json])
  }
  return argumentsOf(members)
}

function isRepeated(all: readonly Element[], property: JsonValue | undefined, mayRepeat: boolean): boolean {
  return all.length > 1 && typesOf(property).length > 0 && !isArray(property) && !mayRepeat
}

function readValue(all: readonly Element[], schema: JsonValue | undefined, depth: number): string | undefined {
  const last = all.at(-1)
  if (last === undefined) return undefined
  if (isArray(schema)) return arrayOf(all, schema, depth)
  if (all.length > 1 && typesOf(schema).length === 0) return listOf(all, undefined, depth)
  if (isString(schema)) return JSON.stringify(decodeEntities(last.inner))
  const { elements, hasText } = elementsIn(last.inner, () => false)
  const [first] = elements
  if (first === undefined || hasText) return scalar(decodeEntities(last.inner), schema, depth)
  if (elements.length === 1 && first.name === 'item' && !typesOf(schema).includes('object')) {
    return readValue([first], schema, depth + 1)
  }
  const list = isNumbered(elements) ? listOf(elements, undefined, depth) : undefined
  return list ?? membersIn(last.inner, isJsonObject(schema) ? schema : {}, depth + 1)
}

function arrayOf(all: readonly Element[], schema: JsonValue | undefined, depth: number): string | undefined {
  const items = isJsonObject(schema) ? schema['items'] : undefined
  const [only] = all
  if (all.length > 1 || only === undefined) return listOf(all, items, depth)
  const { elements, hasText } = elementsIn(only.inner, () => false)
  if (elements.length === 0 || hasText) return listIn(decodeEntities(only.inner), items, depth)
  const names = new Set(elements.map(({ name }) => name))
  const [name = ''] = names
  const isWrapped = name === 'item' || elements.length > 1 || typesOf(items).some((type) => type !== 'object')
  if (isNumbered(elements) || (names.size === 1 && isWrapped && !Object.hasOwn(propertiesOf(items), name))) {
    return listOf(elements, items, depth)
  }
  const object = membersIn(only.inner, isJsonObject(items) ? items : {}, depth + 1)
  return object === undefined ? undefined : `[${object}]`
}

function listOf(elements: readonly Element[], items: JsonValue | undefined, depth: number): string | undefined {
  if (depth > MAX_DEPTH || elements.length >= MAX_ELEMENTS) return undefined
  const values = elements.map((element) => {
    const trimmed = { ...element, inner: element.inner.trim() }
    const isPlain = typesOf(items).length === 0 && !/<[\w.:-][^<>]*>/.test(trimmed.inner)
    return isPlain ? JSON.stringify(decodeEntities(trimmed.inner)) : readValue([trimmed], items, depth + 1)
  })
  return values.every((value) => value !== undefined) ? `[${values.join(', ')}]` : undefined
}

/** A list in one element's text: JSON, or lines, or values between commas. */
function listIn(text: string, items: JsonValue | undefined, depth: number): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return '[]'
  const json = trimmed.startsWith('[') ? repairedJson(trimmed) : undefined
  if (json !== undefined && elementsOf(json) !== undefined) return json
  const lines = trimmed.includes('\n') || isString(items) ? trimmed.split('\n') : trimmed.split(',')
  const parts = lines.map((part) => part.trim()).filter((part) => part !== '')
  const values = parts.map((part) => scalar(part, items, depth + 1))
  return values.every((value) => value !== undefined) ? `[${values.join(', ')}]` : undefined
}

function scalar(raw: string, schema: JsonValue | undefined, depth: number): string | undefined {
  const text = raw.trim()
  const types = typesOf(schema)
  if (types.includes('string')) return JSON.stringify(text)
  const isFree = types.length === 0 && depth === 0
  if ((isFree || types.includes('number') || types.includes('integer')) && NUMBER.test(text)) return text
  if ((isFree || types.includes('boolean')) && /^(?:true|false)$/i.test(text)) return text.toLowerCase()
  if (types.includes('null') && /^(?:null|none)$/i.test(text)) return 'null'
  if (types.includes('object') && text === '') return '{}'
  const json = /^[{[]/.test(text) && (types.length === 0 || types.includes('object')) ? repairedJson(text) : undefined
  if (json !== undefined && (membersOf(json) ?? elementsOf(json)) !== undefined) return json
  return JSON.stringify(text)
}

/** `<0>`, `<1>`, … in order. */
function isNumbered(elements: readonly Element[]): boolean {
  return elements.every(({ name }, index) => name === String(index))
}

function propertiesOf(schema: JsonValue | undefined): JsonObject {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined
  return isJsonObject(properties) ? properties : {}
}

function isString(schema: JsonValue | undefined): boolean {
  const types = typesOf(schema)
  return types.includes('string') && types.every((type) => type === 'string' || type === 'null')
}

function isArray(schema: JsonValue | undefined): boolean {
  return typesOf(schema).includes('array')
}
