import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import {
  mergedAllOf,
  nullsAsNullable,
  oneOfAsAnyOf,
  plainRoot,
  typeInBranches,
  typesAsBranches,
  withoutOnlyBranch,
} from './fit-branches.ts'
import {
  constantsAsEnum,
  enumsAsStrings,
  fitEmptyObject,
  fitItems,
  fitKeywords,
  fitNames,
  fitRequired,
  fitTuples,
  fitType,
} from './fit-values.ts'
import type { Fitting, Place, SchemaChange } from './fitting.ts'
import { change, ROOT, withMembers } from './fitting.ts'
import { isPlainNode } from './is-plain-node.ts'
import { mendNode, mendValue } from './mend-node.ts'
import { followed, withoutDefinitions } from './references.ts'
import type { Renamed } from './restore-arguments.ts'
import type { SchemaSubset } from './subsets.ts'

export type FittedSchema = {
  /** The schema itself where nothing had to change. */
  readonly schema: JsonObject
  /** What had to, at paths after the schema's own. */
  readonly changes: readonly SchemaChange[]
  /** What has to be undone in the arguments of calls (restore-arguments.ts). */
  readonly restored: readonly Renamed[]
}

type Purpose = {
  /** The root must be an object: it is of the parameters of a tool. */
  readonly isTool?: boolean
  /** Calls are read back, so that properties may have other names. */
  readonly mayRename?: boolean
}

const MAX_DEPTH = 64
const MAX_NODES = 100_000
const TOO_MUCH = 'it is nested too deep, or too large; anything is taken there'

/**
 * A schema as a kind of target takes it (subsets.ts). Pure; the client's own stays as it is and is what calls are checked
 * against. Nothing is fetched: a reference that leads elsewhere takes anything. Never throws; bounded in depth and size.
 */
export function fitSchema(schema: JsonObject, subset: SchemaSubset, purpose: Purpose = {}): FittedSchema {
  const { isTool = true, mayRename = true } = purpose
  const fitting: Fitting = {
    subset,
    root: schema,
    changes: [],
    restored: [],
    mayRename,
    names: new WeakMap(),
    nodes: 0,
    inlined: 0,
  }
  const fitted = fitNode(schema, ROOT, fitting, isTool)
  return { schema: fitted, changes: fitting.changes, restored: fitting.restored }
}

function fitNode(said: JsonObject, place: Place, fitting: Fitting, isToolRoot = false): JsonObject {
  const { subset } = fitting
  const isRooted = !isToolRoot || (said['type'] === 'object' && isPlainRoot(said, subset))
  if (isRooted && isPlainNode(said, subset, place.depth === 0)) return fitChildren(said, place, fitting)
  const mended = mendNode(said, place, fitting)
  let opened = { node: mended, within: place.within }
  if (isToolRoot && subset.plainRoot === true) opened = plainRoot(mended, place, fitting)
  else if (mended['$ref'] !== undefined) {
    const found = followed(mended, place, fitting)
    opened = found.node === mended ? opened : { ...found, node: mendNode(found.node, place, fitting) }
  }
  const merged = mergedAllOf(opened, place, fitting)
  const inside = { ...place, within: merged.within }
  const root = isToolRoot ? objectRoot(merged.node, place, fitting) : merged.node
  const node = RULES.reduce((one, rule) => rule(one, inside, fitting), withoutDefinitions(root, fitting))
  const fitted = withoutOnlyBranch(fitChildren(node, inside, fitting), fitting)
  return isToolRoot ? rootMembers(fitted, place, fitting) : fitted
}

function isPlainRoot({ properties }: JsonObject, { rootMembers: known, needsProperties }: SchemaSubset): boolean {
  return known === undefined && (needsProperties === undefined || properties !== undefined)
}

type Rule = (node: JsonObject, place: Place, fitting: Fitting) => JsonObject

/** In this order: later ones see what earlier ones wrote. */
const RULES: readonly Rule[] = [
  oneOfAsAnyOf,
  constantsAsEnum,
  nullsAsNullable,
  typesAsBranches,
  fitTuples,
  fitItems,
  enumsAsStrings,
  fitType,
  typeInBranches,
  fitEmptyObject,
  fitRequired,
  fitNames,
  fitKeywords,
]

/** Arguments are an object, and the root says so. */
function objectRoot(root: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { type, properties } = root
  const isNeeded = fitting.subset.needsProperties === true && properties === undefined
  const members = isNeeded ? { type: 'object', properties: {} } : { type: 'object' }
  if (type === 'object') return isNeeded ? withMembers(root, members) : root
  if (type === undefined && (fitting.subset.untypedRoot === true || root['$ref'] !== undefined)) return root
  const isObject = type === undefined || (isList(type) && type.includes('object'))
  if (type !== undefined) change(fitting, place, 'the arguments of a call are an object; one was declared', isObject)
  // What comes first is read first.
  return { type: 'object', ...withMembers(root, members) }
}

function rootMembers(root: JsonObject, place: Place, fitting: Fitting): JsonObject {
  const { rootMembers: known } = fitting.subset
  if (known === undefined) return root
  const gone = Object.keys(root).filter((name) => !known.has(name))
  if (gone.length === 0) return root
  const lost = gone.filter((name) => name !== 'title' && name !== 'default' && name !== 'examples')
  if (lost.length > 0) change(fitting, place, `not taken at the root: ${lost.join(', ')}`)
  return withMembers(root, Object.fromEntries(gone.map((name) => [name, undefined])))
}

/** Keywords that hold schemas; whether what these are of stands in the value, or is it. */
const HOLDING: ReadonlyMap<string, 'named' | 'inside' | 'same'> = new Map([
  ...'properties patternProperties $defs definitions dependentSchemas'
    .split(' ')
    .map((word) => [word, 'named'] as const),
  ...'items prefixItems additionalProperties additionalItems contains unevaluatedItems unevaluatedProperties'
    .split(' ')
    .map((word) => [word, 'inside'] as const),
  ...'not if then else anyOf oneOf allOf'.split(' ').map((word) => [word, 'same'] as const),
])
/** Where `true` and `false` are no schemas but answers. */
const YES_OR_NO = new Set(['additionalProperties', 'additionalItems', 'unevaluatedItems', 'unevaluatedProperties'])

function fitChildren(node: JsonObject, place: Place, fitting: Fitting): JsonObject {
  let changed: Record<string, JsonValue> | undefined
  for (const word of Object.keys(node)) {
    const holds = HOLDING.get(word)
    const value = node[word]
    if (holds === undefined || value === undefined || (typeof value === 'boolean' && YES_OR_NO.has(word))) continue
    const inner = (key: string | number | undefined, argument: Place['argument']): Place => {
      return { parent: place, word, key, argument, depth: place.depth + 1, within: place.within }
    }
    const argument = holds === 'inside' ? null : undefined
    const fitted = isList(value)
      ? fitList(value, (index) => inner(index, argument), fitting)
      : holds === 'named' && isJsonObject(value)
        ? fitGroup(value, inner, word === 'properties', fitting)
        : fitValue(value, inner(undefined, argument), fitting)
    if (fitted !== value) {
      changed ??= {}
      changed[word] = fitted
    }
  }
  return changed === undefined ? node : { ...node, ...changed }
}

function fitList(list: readonly JsonValue[], inner: (index: number) => Place, fitting: Fitting): readonly JsonValue[] {
  const fitted = list.map((one, index) => fitValue(one, inner(index), fitting))
  return fitted.every((one, index) => one === list[index]) ? list : fitted
}

function fitGroup(
  group: JsonObject,
  inner: (key: string, argument: Place['argument']) => Place,
  isProperties: boolean,
  fitting: Fitting,
): JsonObject {
  const said = fitting.names.get(group)
  let isSame = true
  const fitted = Object.keys(group).map((key): [string, JsonValue] => {
    const value = group[key] ?? {}
    const one = fitValue(value, inner(said?.get(key) ?? key, isProperties ? key : null), fitting)
    isSame &&= one === group[key]
    return [key, one]
  })
  return isSame ? group : Object.fromEntries(fitted)
}

function fitValue(value: JsonValue, place: Place, fitting: Fitting): JsonValue {
  fitting.nodes += 1
  if (place.within.length > 0) fitting.inlined += 1
  if (place.depth > MAX_DEPTH || fitting.nodes > MAX_NODES) {
    change(fitting, place, TOO_MUCH)
    return fitNode({}, place, fitting)
  }
  if (isJsonObject(value)) return fitNode(value, place, fitting)
  if (typeof value !== 'boolean') return fitNode(mendValue(value, place, fitting), place, fitting)
  if (fitting.subset.noBooleans !== true) return value
  const reason = value ? 'true is no schema here; one for anything was sent' : 'that nothing fits cannot be said'
  change(fitting, place, reason, value)
  return fitNode({}, place, fitting)
}
