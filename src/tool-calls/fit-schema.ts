import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { nearest } from '../core/nearest.ts'
import type { CompiledSchema, SchemaNode, Subschema } from './compile-schema.ts'
import type { Edit, Span } from './edit-json.ts'
import { elementSpans, memberSpans, withEdits } from './edit-json.ts'
import { asChoice, meantNames } from './fit-choice.ts'
import type { Json } from './fit-value.ts'
import { asInteger, asType, hasType, jsonOf } from './fit-value.ts'
import { faultsOf, workFor } from './judge.ts'

/** Steps into values, `$ref`s and alternatives. */
const MAX_STEPS = 400
/** In units of the text read again and again; entering alternatives costs many. */
const BASE_WORK = 200_000
const VISIT_WORK = 16
/** Names are compared unit by unit, so many of each at most. */
const MAX_NAME = 80
const NAME_WORK = 50

export type Fitting = {
  /** JSON pointers: only what stands at one of them, or around one, is edited. */
  readonly faulty: ReadonlySet<string>
  /** Members that the schema allows under no value are taken out. */
  readonly isDropping?: boolean
}

/** A JSON pointer that `faulty` may hold; `undefined` in what was edited, of which anything may be. */
type Place = string | undefined

/** A value with the edits that make its parts fit their schemas. The result may still have faults: the caller compares. */
export function fitted(json: Json, compiled: CompiledSchema, { faulty, isDropping = false }: Fitting): Json {
  const { lookup } = compiled
  // Alternatives in alternatives multiply: at an end of the work, things stay as they are.
  let work = BASE_WORK + 12 * json.text.length

  function fitTo(before: Json, schema: Subschema | undefined, place: Place, steps: number): Json {
    work -= 1
    if (typeof schema !== 'object' || steps > MAX_STEPS || work < 0) return before
    if (place !== undefined && faulty.has(place) === false) return before
    let json = before
    // What is made of another text has no place in the faults.
    const where = (): Place => (json === before ? place : undefined)
    if (schema.$ref !== undefined) json = fitTo(json, lookup[schema.$ref], where(), steps + 1)
    for (const part of schema.allOf ?? []) json = fitTo(json, part, where(), steps + 1)
    for (const branches of [schema.anyOf, schema.oneOf]) {
      if (branches !== undefined) json = fitBranch(json, branches, where(), steps + 1)
    }
    json = fitScalar(json, schema)
    if (isJsonObject(json.value)) return fitMembers(json, json.value, schema, where(), steps + 1)
    return Array.isArray(json.value) ? fitElements(json, schema, where(), steps + 1) : json
  }

  /** As the alternative which it fits with the least change; as it is where it fits one, or none better. */
  function fitBranch(json: Json, branches: readonly Subschema[], place: Place, steps: number): Json {
    let least = Math.min(...branches.map((branch) => countFaults(json, branch)))
    if (least === 0) return json
    if (isDropping) return dropToBranch(json, branches, place, steps)
    let best = json
    for (const branch of branches) {
      const candidate = fitTo(json, branch, place, steps)
      if (candidate === json) continue
      const count = countFaults(candidate, branch)
      const isNearer = count === least && best !== json && distance(json, candidate) < distance(json, best)
      if (count >= least && !isNearer) continue
      best = candidate
      least = count
    }
    return best
  }

  /** As the one alternative that it fits without some members; as it is where those could be the wrong ones. */
  function dropToBranch(json: Json, branches: readonly Subschema[], place: Place, steps: number): Json {
    const fitting = branches.flatMap((branch) => {
      const candidate = fitTo(json, branch, place, steps)
      return countFaults(candidate, branch) === 0 ? [candidate] : []
    })
    const [only] = fitting
    return only !== undefined && fitting.every(({ text }) => text === only.text) ? only : json
  }

  function countFaults(json: Json, branch: Subschema): number {
    if (work < 0) return 0
    const size = json.text.length
    const count = faultsOf(json.value, branch, compiled, size).length
    work -= size + VISIT_WORK * (workFor(size) - compiled.work.left)
    return count
  }

  function fitMembers(json: Json, value: JsonObject, schema: SchemaNode, place: Place, steps: number): Json {
    const { properties = {} } = schema
    work -= json.text.length
    const spans = memberSpans(json.text)
    const names = renamed(value, schema)
    const free = isDropping ? freeNames(value, schema) : []
    return edited(json, spans, ({ name = '', start, end }) => {
      const newName = names.get(name)
      const declared = newName ?? name
      const inner = newName === undefined ? pointer(place, name) : undefined
      const isDeclared = Object.hasOwn(properties, declared)
      if (inner !== undefined && faulty.has(inner) === false) return undefined
      const schemas = schemasOf(declared, schema)
      if (isDropping && schemas.includes(false) && !isSlip(name, free)) return { isRemoved: true }
      const [member] = schemas
      const part = jsonOf(json.text.slice(start, end))
      if (part === undefined) return undefined
      const fitting = fitTo(part, member, inner, steps)
      // `null` for what may be left out says that it is.
      const isOptional = isDeclared && schema.required?.includes(declared) !== true
      if (fitting.value === null && isOptional && countFaults(fitting, member ?? true) > 0) return { isRemoved: true }
      if (newName === undefined && fitting === part) return undefined
      return { text: fitting.text, ...(newName === undefined ? {} : { name: newName }) }
    })
  }

  /** True for a name that may mean a free one, or where it would take too long to tell. */
  function isSlip(name: string, free: readonly string[]): boolean {
    work -= free.length * NAME_WORK * Math.min(name.length, MAX_NAME)
    return free.length > 0 && (work < 0 || nearest(name, free, 1).length > 0)
  }

  function fitElements(json: Json, schema: SchemaNode, place: Place, steps: number): Json {
    const { prefixItems = [], items } = schema
    if (prefixItems.length === 0 && items === undefined) return json
    work -= json.text.length
    let index = -1
    return edited(json, elementSpans(json.text), ({ start, end }) => {
      index += 1
      const inner = pointer(place, String(index))
      if (inner !== undefined && faulty.has(inner) === false) return undefined
      const part = jsonOf(json.text.slice(start, end))
      if (part === undefined) return undefined
      const fitting = fitTo(part, prefixItems[index] ?? items, inner, steps)
      return fitting === part ? undefined : { text: fitting.text }
    })
  }

  return fitTo(json, compiled.root, '', 0)
}

/** The declared names of which there is no member. */
function freeNames(value: JsonObject, { properties = {} }: SchemaNode): string[] {
  return Object.keys(properties).filter((name) => properties[name] !== false && !Object.hasOwn(value, name))
}

/** The schemas of a member: of its name, of the patterns that it has, or else of all that are not declared. */
function schemasOf(
  name: string,
  { properties, patternProperties = {}, additionalProperties }: SchemaNode,
): Subschema[] {
  const own = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined
  const matching = Object.entries(patternProperties).filter(([pattern]) => new RegExp(pattern, 'u').test(name))
  const found = [...(own === undefined ? [] : [own]), ...matching.map(([, schema]) => schema)]
  return found.length > 0 || additionalProperties === undefined ? found : [additionalProperties]
}

function edited(json: Json, spans: readonly Span[], edit: (span: Span) => Edit | undefined): Json {
  const edits = new Map<number, Edit>()
  for (const [place, span] of spans.entries()) {
    const one = edit(span)
    if (one !== undefined) edits.set(place, one)
  }
  return edits.size === 0 ? json : (jsonOf(withEdits(json.text, spans, edits)) ?? json)
}

function fitScalar(json: Json, { type, enum: allowed }: SchemaNode): Json {
  const types = type === undefined ? [] : [type].flat()
  const typed = types.length === 0 || hasType(json, types) ? json : asType(json, types)
  const chosen = allowed === undefined ? typed : asChoice(typed, allowed)
  return types.includes('integer') && !types.includes('number') ? asInteger(chosen) : chosen
}

/** Members under names that are not declared and mean declared ones, where one of those is missed or they are refused. */
function renamed(value: JsonObject, schema: SchemaNode): ReadonlyMap<string, string> {
  const { properties = {}, required = [], additionalProperties, unevaluatedProperties } = schema
  const names = Object.keys(value)
  const declared = Object.keys(properties)
  if (names.every((name) => Object.hasOwn(properties, name))) return NONE
  const isClosed = additionalProperties === false || unevaluatedProperties === false
  if (!isClosed && required.every((name) => Object.hasOwn(value, name))) return NONE
  const meant = meantNames(names, declared)
  // One that is missed shows how the others are meant.
  return isClosed || [...meant.values()].some((name) => required.includes(name)) ? meant : NONE
}

const NONE: ReadonlyMap<string, string> = new Map()

/** How far a value is from what it was made of. */
function distance(from: Json, to: Json): number {
  if (typeof from.value === typeof to.value && Array.isArray(from.value) === Array.isArray(to.value)) return 0
  return Array.isArray(to.value) ? 2 : 1
}

/** The pointer to a part, written as RFC 6901 has it. */
function pointer(place: Place, step: string): Place {
  return place === undefined ? undefined : `${place}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
