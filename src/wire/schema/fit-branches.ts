import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { table } from '../../core/table.ts'
import { isList, objectsOf } from '../shared/read-json.ts'
import type { Fitting, Place } from './fitting.ts'
import { change, described, withMembers, wordsOf } from './fitting.ts'
import { mendNode } from './mend-node.ts'
import { mergeAll, mergeAny } from './merge-schemas.ts'
import { followed, targetOf } from './references.ts'

/** A node and the references that are written out in it. */
export type Opened = { readonly node: JsonObject; readonly within: readonly string[] }

const MAX_HOPS = 16
/** Branches in words that are longer help no model. */
const MAX_WORDS = 400

/**
 * A root without branches: what they hold is in it, and what cannot be said so in its description. A reference is followed.
 */
export function plainRoot(root: JsonObject, place: Place, fitting: Fitting): Opened {
  const opened = openedRoot(root, place, fitting)
  const merged = merge(opened, place, fitting, 0)
  const { enum: values, not, const: only, ...rest } = merged.node
  const said = Object.entries({ enum: values, not, const: only }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  if (said.length === 0) return merged
  change(fitting, place, 'enum, const and not are not taken at the root; they were said in the description')
  return { ...merged, node: described(rest, wordsOf(said)) }
}

function openedRoot(root: JsonObject, place: Place, fitting: Fitting): Opened {
  if (root['$ref'] === undefined) return { node: root, within: place.within }
  return opened(root, place, fitting)
}

function merge({ node, within }: Opened, place: Place, fitting: Fitting, hops: number): Opened {
  const { allOf, anyOf, oneOf, ...base } = node
  if (allOf === undefined && anyOf === undefined && oneOf === undefined) return { node, within }
  const open = (list: JsonValue | undefined): Opened[] =>
    objectsOf(list).map((one) =>
      hops > MAX_HOPS
        ? { node: {}, within }
        : merge(opened(one, { ...place, within }, fitting), place, fitting, hops + 1),
    )
  const all = open(allOf)
  const one = mergeAll([base, ...all.map((branch) => branch.node)])
  if (!one.isExact) change(fitting, place, 'schemas that all apply were merged; where they differ the first stands')
  else if (all.length > 0) change(fitting, place, 'schemas that all apply were merged', true)
  const groups = [anyOf, oneOf].filter(isList)
  const eithers = groups.map(open)
  const merged = eithers.reduce((sum, branches) => {
    const objects = branches.map((branch) => branch.node).filter(isObjectNode)
    return objects.length === 0 ? sum : mergeAny(sum, objects)
  }, one.node)
  const inside = [...new Set([...within, ...[...all, ...eithers.flat()].flatMap((branch) => branch.within)])]
  if (groups.length === 0) return { node: merged, within: inside }
  change(fitting, place, 'branches are not taken at the root; one object with the members of all was sent')
  const words = wordsOf(groups.map((list, index) => [anyOf !== undefined && index === 0 ? 'anyOf' : 'oneOf', list]))
  return { node: words.length > MAX_WORDS ? merged : described(merged, words), within: inside }
}

function isObjectNode({ type }: JsonObject): boolean {
  return type === undefined || type === 'object' || (isList(type) && type.includes('object'))
}

/** A branch as its reference says, whatever becomes of references elsewhere. */
function opened(node: JsonObject, place: Place, fitting: Fitting): Opened {
  if (fitting.subset.references === 'inlined') {
    const found = followed(node, place, fitting)
    return { ...found, node: mendNode(found.node, place, fitting) }
  }
  let open = node
  const seen = new Set<JsonValue>()
  for (;;) {
    const { $ref: ref, ...siblings } = open
    if (typeof ref !== 'string') break
    const target = seen.has(ref) ? undefined : targetOf(fitting.root, ref)
    seen.add(ref)
    if (target === undefined) change(fitting, place, 'a reference at the root leads nowhere')
    open = { ...(isJsonObject(target) ? target : {}), ...siblings }
  }
  return { node: mendNode(open, place, fitting), within: place.within }
}

/** `allOf` as one schema; a branch may hold such a list itself. */
export function mergedAllOf({ node, within }: Opened, place: Place, fitting: Fitting, hops = 0): Opened {
  const { allOf, ...base } = node
  if (fitting.subset.allOf !== 'merged' || !isList(allOf)) return { node, within }
  if (hops > MAX_HOPS) return { node: base, within }
  const branches = objectsOf(allOf).map((one) => opened(one, { ...place, within }, fitting))
  const { node: merged, isExact } = mergeAll([base, ...branches.map((branch) => branch.node)])
  const reason = 'schemas that all apply were merged'
  change(fitting, place, isExact ? reason : `${reason}; where they differ the first stands`, isExact)
  const inside = [...new Set([...within, ...branches.flatMap((branch) => branch.within)])]
  return mergedAllOf({ node: merged, within: inside }, place, fitting, hops + 1)
}

/** `oneOf` as `anyOf`, which is less: that only one of them fits is not said. */
export function oneOfAsAnyOf(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { oneOf, anyOf } = node
  if (fitting.subset.oneOf !== 'anyOf' || !isList(oneOf)) return node
  if (anyOf !== undefined) {
    change(fitting, place, 'anyOf stands beside oneOf; oneOf was left out')
    return withMembers(node, { oneOf: undefined })
  }
  change(fitting, place, 'oneOf was said as anyOf', true)
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name === 'oneOf' ? 'anyOf' : name, value]))
}

/** `nullable` instead of a branch, or of a type in a list. */
export function nullsAsNullable(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  if (fitting.subset.nulls !== 'nullable') return node
  const { type, anyOf, enum: values } = node
  if (type === 'null') {
    change(fitting, place, 'null is no type of its own here')
    return withMembers(node, { type: 'string', nullable: true, enum: undefined, const: undefined })
  }
  let fitted = node
  if (isList(type) && type.includes('null')) {
    const rest = type.filter((one) => one !== 'null')
    change(fitting, place, 'null was said as nullable', true)
    fitted = withMembers(fitted, { type: rest.length === 1 ? rest[0] : rest, nullable: true })
  }
  if (isList(values) && values.includes(null)) {
    const rest = values.filter((one) => one !== null)
    change(fitting, place, 'null was said as nullable', true)
    fitted =
      rest.length === 0
        ? withMembers(fitted, { enum: undefined, type: fitted['type'] ?? 'string', nullable: true })
        : withMembers(fitted, { enum: rest, nullable: true })
  }
  return isList(anyOf) ? withoutNullBranch(fitted, anyOf, place, fitting) : fitted
}

function withoutNullBranch(node: JsonObject, anyOf: readonly JsonValue[], place: Place, fitting: Fitting): JsonObject {
  const rest = anyOf.filter((one) => !isNullSchema(one))
  if (rest.length === anyOf.length) return node
  change(fitting, place, 'a branch for null was said as nullable', true)
  const { anyOf: _, ...base } = node
  return rest.length === 0 ? { ...base, type: 'string', nullable: true } : { ...base, anyOf: rest, nullable: true }
}

/** The only branch, fitted, as the schema itself. */
export function withoutOnlyBranch(node: JsonObject, { subset }: Fitting): JsonObject {
  const { anyOf, ...base } = node
  if (subset.nulls !== 'nullable' || !isList(anyOf) || anyOf.length !== 1) return node
  const [only] = anyOf
  return isJsonObject(only) ? mergeAll([base, only]).node : base
}

function isNullSchema(schema: JsonValue): boolean {
  if (!isJsonObject(schema)) return false
  const { type, const: only, enum: values } = schema
  return type === 'null' || only === null || (isList(values) && values.length === 1 && values[0] === null)
}

const OF_TYPE = table<readonly string[]>({
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  object: ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties', 'propertyOrdering'],
})
const TYPED = new Set(Object.values(OF_TYPE).flat())

/** Branches of one type each for a list of types. */
export function typesAsBranches(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { type } = node
  if (fitting.subset.typeLists !== 'branches' || !isList(type)) return node
  if (type.length === 1) return withMembers(node, { type: type[0] })
  change(fitting, place, 'several types were said as branches', true)
  if (node['anyOf'] !== undefined) return withMembers(node, { type: undefined })
  const entries = Object.entries(node)
  const anyOf = type
    .filter((one) => typeof one === 'string')
    .map((one) => {
      const own = entries.filter(([name]) => OF_TYPE[one]?.includes(name) === true)
      return { type: one, ...Object.fromEntries(own) }
    })
  const rest = entries.filter(([name]) => name !== 'type' && !TYPED.has(name))
  // An enum says it all.
  return node['enum'] === undefined ? { ...Object.fromEntries(rest), anyOf } : Object.fromEntries(rest)
}

/** The type of `anyOf` in its branches. */
export function typeInBranches(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { type, anyOf } = node
  if (fitting.subset.typeInBranches !== true || type === undefined || !isList(anyOf)) return node
  change(fitting, place, 'the type beside anyOf was said in its branches', true)
  const branches = anyOf.map((one) =>
    isJsonObject(one) && one['type'] === undefined && one['anyOf'] === undefined && one['$ref'] === undefined
      ? { type, ...one }
      : one,
  )
  return withMembers(node, { type: undefined, anyOf: branches })
}
