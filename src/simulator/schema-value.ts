import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

const MAX_DEPTH = 12
/** Below this depth only required members are filled in, so that a schema that contains itself comes to an end. */
const FULL_DEPTH = 3
/** Values made for one schema: a few lines of schema can otherwise ask for a billion of them. */
const MAX_VALUES = 2_000
const MAX_STRING = 10_000
/** Characters that count as one more value. */
const CHARACTERS_PER_VALUE = 64

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'simulated@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
  uri: 'https://example.com/',
  url: 'https://example.com/',
}

type State = { readonly root: JsonObject; left: number }

/** A value that fits a JSON Schema, always the same for the same schema. `pattern` and `not` are not read. */
export function schemaValue(schema: JsonValue | undefined): JsonValue {
  return valueFor(schema, 'value', 0, { root: isJsonObject(schema) ? schema : {}, left: MAX_VALUES })
}

function valueFor(schema: JsonValue | undefined, name: string, depth: number, state: State): JsonValue {
  state.left -= 1
  if (!isJsonObject(schema) || depth > MAX_DEPTH || state.left < 0) return null
  const { const: constant, enum: allowed, $ref: reference, allOf, default: fallback } = schema
  if (constant !== undefined) return constant
  if (Array.isArray(allowed)) return allowed[0] ?? null
  if (typeof reference === 'string') return valueFor(resolve(reference, state.root), name, depth + 1, state)
  if (Array.isArray(allOf)) return valueFor(merge(schema, allOf, state.root), name, depth + 1, state)
  const branch = firstBranch(schema)
  if (branch !== undefined) return valueFor({ ...without(schema), ...branch }, name, depth + 1, state)
  if (fallback !== undefined && fallback !== null) return fallback
  return typedValue(typeOf(schema), schema, name, depth, state)
}

function typedValue(type: string, schema: JsonObject, name: string, depth: number, state: State): JsonValue {
  switch (type) {
    case 'object':
      return objectFor(schema, depth, state)
    case 'array':
      return arrayFor(schema, name, depth, state)
    case 'number':
    case 'integer':
      return numberFor(schema, type === 'integer')
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringFor(schema, name, state)
  }
}

function typeOf(schema: JsonObject): string {
  const { type } = schema
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return String(type.find((name) => name !== 'null') ?? 'null')
  if (schema['properties'] !== undefined) return 'object'
  return schema['items'] === undefined ? 'string' : 'array'
}

function objectFor(schema: JsonObject, depth: number, state: State): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const names = depth < FULL_DEPTH ? Object.keys(properties) : []
  const wanted = new Set([...names, ...required.filter((key) => typeof key === 'string')])
  return Object.fromEntries(
    [...wanted].map((key) => [key, valueFor(properties[key] ?? { type: 'string' }, key, depth + 1, state)]),
  )
}

function arrayFor(schema: JsonObject, name: string, depth: number, state: State): JsonValue {
  const min = count(schema['minItems']) ?? (depth < FULL_DEPTH ? 1 : 0)
  const length = Math.min(min, count(schema['maxItems']) ?? min, MAX_VALUES)
  const { items } = schema
  const values: JsonValue[] = []
  while (values.length < length && state.left > 0) {
    const options = isJsonObject(items) && Array.isArray(items['enum']) ? items['enum'] : []
    values.push(options[values.length] ?? valueFor(items ?? { type: 'string' }, name, depth + 1, state))
  }
  return values
}

function numberFor(schema: JsonObject, isInteger: boolean): number {
  const above = number(schema['exclusiveMinimum'])
  const below = number(schema['exclusiveMaximum'])
  const low = number(schema['minimum']) ?? (above === undefined ? undefined : above + step(isInteger, above, below))
  const high = number(schema['maximum']) ?? (below === undefined ? undefined : below - step(isInteger, above, below))
  const value = Math.min(Math.max(1, low ?? 1), high ?? Number.POSITIVE_INFINITY)
  const multiple = number(schema['multipleOf']) ?? (isInteger ? 1 : undefined)
  return multiple === undefined || multiple <= 0 ? value : Math.ceil(value / multiple) * multiple
}

function step(isInteger: boolean, low: number | undefined, high: number | undefined): number {
  return isInteger || low === undefined || high === undefined ? 1 : (high - low) / 2
}

function stringFor(schema: JsonObject, name: string, state: State): string {
  const format = schema['format']
  const text =
    (typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined) ?? `simulated ${name}`
  const longEnough = text.padEnd(Math.min(count(schema['minLength']) ?? 0, MAX_STRING), '.')
  state.left -= Math.floor(longEnough.length / CHARACTERS_PER_VALUE)
  return longEnough.slice(0, count(schema['maxLength']) ?? longEnough.length)
}

function firstBranch(schema: JsonObject): JsonObject | undefined {
  for (const branches of [schema['anyOf'], schema['oneOf']]) {
    if (!Array.isArray(branches)) continue
    const usable = branches.filter(isJsonObject)
    return usable.find((branch) => branch['type'] !== 'null') ?? usable[0]
  }
  return undefined
}

function without(schema: JsonObject): JsonObject {
  const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = schema
  return rest
}

function merge(schema: JsonObject, parts: readonly JsonValue[], root: JsonObject): JsonObject {
  const { allOf: _allOf, ...rest } = schema
  const members: [string, JsonValue | undefined][] = []
  const properties: [string, JsonValue | undefined][] = []
  const required: JsonValue[] = []
  for (const part of [rest, ...parts]) {
    const resolved = isJsonObject(part) && typeof part['$ref'] === 'string' ? resolve(part['$ref'], root) : part
    if (!isJsonObject(resolved)) continue
    members.push(...Object.entries(resolved))
    properties.push(...Object.entries(objectOf(resolved['properties'])))
    required.push(...listOf(resolved['required']))
  }
  return { ...Object.fromEntries(members), properties: Object.fromEntries(properties), required }
}

/** `#/$defs/name`, within the document only. */
function resolve(reference: string, root: JsonObject): JsonValue | undefined {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let at: JsonValue | undefined = root
  for (const step of reference.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return at
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function number(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}
