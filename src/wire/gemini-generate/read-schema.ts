import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import { camelCase, field } from './fields.ts'

const MAX_DEPTH = 64
/** Members that hold one schema, a list of them, and named ones. */
const ONE = new Set(['items', 'additionalProperties'])
const MANY = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
const NAMED = new Set(['properties', 'defs'])
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

/**
 * Google's `Schema`, a selection of OpenAPI 3.0 with types in capitals, counts as strings and `nullable`, as JSON
 * Schema. https://ai.google.dev/api/caching#Schema
 */
export function readSchema(schema: JsonObject, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) return {}
  const read: { [name: string]: JsonValue | undefined } = {}
  for (const [name, value] of Object.entries(schema)) readMember(camelCase(name), value, depth, read)
  const { properties } = read
  const ordering = field(schema, 'propertyOrdering')
  if (isJsonObject(properties) && isList(ordering)) read['properties'] = ordered(properties, ordering)
  return schema['nullable'] === true ? nullable(read) : read
}

function readMember(
  name: string,
  value: JsonValue | undefined,
  depth: number,
  read: { [name: string]: JsonValue | undefined },
): void {
  if (name === 'nullable' || value === undefined || value === null) return
  if (name === 'type' && typeof value === 'string') {
    if (value !== 'TYPE_UNSPECIFIED') read['type'] = value.toLowerCase()
  } else if (name === 'propertyOrdering' || (name === 'format' && value === 'enum')) {
    // Google's own: an order that the properties then stand in, and a mark that `enum` says anyway.
  } else if (COUNTS.has(name)) {
    read[name] = typeof value === 'string' ? Number(value) : value
  } else if (ONE.has(name) && isJsonObject(value)) {
    read[name] = readSchema(value, depth + 1)
  } else if (MANY.has(name) && isList(value)) {
    read[name] = value.map((one) => (isJsonObject(one) ? readSchema(one, depth + 1) : one))
  } else if (NAMED.has(name) && isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, one]) => [
      key,
      isJsonObject(one) ? readSchema(one, depth + 1) : one,
    ])
    read[name === 'defs' ? '$defs' : name] = Object.fromEntries(entries)
  } else if (name === 'example') {
    read['examples'] = [value]
  } else {
    read[name === 'ref' ? '$ref' : name] = value
  }
}

/** Other models write members in the order in which they are declared, where nothing else is said. */
function ordered(properties: JsonObject, ordering: readonly JsonValue[]): JsonObject {
  const first = ordering.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name)) as string[]
  const entries = first.map((name) => [name, properties[name]] as const)
  return { ...Object.fromEntries(entries), ...properties }
}

function nullable(schema: JsonObject): JsonObject {
  const { type } = schema
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] }
  const { enum: values } = schema
  return { ...schema, type: [type, 'null'], ...(isList(values) ? { enum: [...values, null] } : {}) }
}
