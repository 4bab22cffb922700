import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'

// Several schemas as one, for targets that take no branches.

export type Merged = { readonly node: JsonObject; readonly isExact: boolean }

const COMMENTS = new Set(['title', 'description', 'default', 'examples', '$comment', '$schema', '$id'])
const GROUPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const LOWER = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'])
const UPPER = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'])

/** What fits all of these; where two cannot be said as one, the first stands. */
export function mergeAll(nodes: readonly JsonObject[]): Merged {
  let isExact = true
  const merged = new Map<string, JsonValue>()
  for (const node of nodes) {
    for (const [name, value] of Object.entries(node)) {
      const before = merged.get(name)
      if (value === undefined) continue
      const both = before === undefined || isSame(before, value) ? value : bothOf(name, before, value)
      if (both === undefined) isExact &&= COMMENTS.has(name)
      else merged.set(name, both)
    }
  }
  return { node: Object.fromEntries(merged), isExact }
}

function bothOf(name: string, one: JsonValue, other: JsonValue): JsonValue | undefined {
  if (GROUPS.has(name)) return isJsonObject(one) && isJsonObject(other) ? groupOf(one, other, bothSchemas) : undefined
  if (name === 'required') return isList(one) && isList(other) ? [...new Set([...one, ...other])] : undefined
  if (name === 'type') return typeOfBoth(one, other)
  if (name === 'enum') {
    const shared = isList(one) && isList(other) ? one.filter((value) => has(other, value)) : []
    return shared.length === 0 ? undefined : shared
  }
  if (name === 'items' || name === 'additionalProperties') return bothSchemas(one, other)
  if (typeof one !== 'number' || typeof other !== 'number') return undefined
  if (LOWER.has(name)) return Math.max(one, other)
  return UPPER.has(name) ? Math.min(one, other) : undefined
}

function bothSchemas(one: JsonValue, other: JsonValue): JsonValue {
  if (one === false || other === true) return one
  if (other === false || one === true) return other
  return { allOf: [one, other] }
}

function typeOfBoth(one: JsonValue, other: JsonValue): JsonValue | undefined {
  const these = isList(one) ? one : [one]
  const those = isList(other) ? other : [other]
  const shared = [
    ...these.filter((type) => those.includes(type) || (type === 'integer' && those.includes('number'))),
    ...those.filter((type) => type === 'integer' && these.includes('number') && !these.includes('integer')),
  ]
  if (shared.length === 0) return undefined
  return shared.length === 1 ? shared[0] : shared
}

/** The members that any of these objects may have, and what all of them require. What belongs together is not said any more. */
export function mergeAny(base: JsonObject, branches: readonly JsonObject[]): JsonObject {
  const { additionalProperties } = base
  const isClosed = additionalProperties === undefined && branches.every((one) => one['additionalProperties'] === false)
  const properties = [base, ...branches].map((one) => objectOf(one['properties']))
  const names = branches.map((one) => namesOf(one['required']))
  const shared = (names[0] ?? []).filter((name) => names.every((others) => others.includes(name)))
  const required = [...new Set([...namesOf(base['required']), ...shared])]
  const [own = {}, ...others] = properties
  const inBranches = others.reduce<JsonObject>((all, one) => groupOf(all, one, eitherSchema), {})
  const all = groupOf(own, inBranches, bothSchemas)
  const definitions = ['$defs', 'definitions'].flatMap((group) => {
    const found = [base, ...branches].map((one) => objectOf(one[group]))
    const merged = Object.assign({}, ...found.toReversed()) as JsonObject
    return Object.keys(merged).length === 0 ? [] : [[group, merged] as const]
  })
  return {
    ...base,
    ...(Object.keys(all).length === 0 ? {} : { properties: all }),
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
    ...Object.fromEntries(definitions),
  }
}

function groupOf(
  one: JsonObject,
  other: JsonObject,
  merge: (one: JsonValue, other: JsonValue) => JsonValue,
): JsonObject {
  const merged = new Map<string, JsonValue>()
  for (const [name, value] of [...Object.entries(one), ...Object.entries(other)]) {
    const before = merged.get(name)
    if (value !== undefined)
      merged.set(name, before === undefined || isSame(before, value) ? value : merge(before, value))
  }
  return Object.fromEntries(merged)
}

/** What tells branches apart is one of their words: an enum of them all. */
function eitherSchema(one: JsonValue, other: JsonValue): JsonValue {
  const these = choicesOf(one)
  const those = choicesOf(other)
  if (these === undefined || those === undefined || !isJsonObject(one) || !isJsonObject(other))
    return { anyOf: [...branchesOf(one), ...branchesOf(other)] }
  const { const: _, ...rest } = one
  const type = one['type'] === other['type'] ? {} : { type: undefined }
  const { type: kept, ...untyped } = { ...rest, ...type }
  return {
    ...(kept === undefined ? {} : { type: kept }),
    ...untyped,
    enum: [...these, ...those.filter((value) => !has(these, value))],
  }
}

function choicesOf(schema: JsonValue): readonly JsonValue[] | undefined {
  if (!isJsonObject(schema)) return undefined
  const { const: only, enum: values } = schema
  return only !== undefined ? [only] : isList(values) ? values : undefined
}

function branchesOf(schema: JsonValue): readonly JsonValue[] {
  if (!isJsonObject(schema) || Object.keys(schema).length !== 1) return [schema]
  return isList(schema['anyOf']) ? schema['anyOf'] : [schema]
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function namesOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : []
}

function has(list: readonly JsonValue[], value: JsonValue): boolean {
  return list.some((one) => isSame(one, value))
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
