import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Renamed } from './restore-arguments.ts'
import type { SchemaSubset } from './subsets.ts'

/** What became of a part of a schema. `isExact`: it still takes what it took, no more and no less. */
export type SchemaChange = { readonly path: string; readonly reason: string; readonly isExact: boolean }

/** What is known while one schema is fitted. */
export type Fitting = {
  readonly subset: SchemaSubset
  /** The whole as the client sent it: where references lead. */
  readonly root: JsonObject
  readonly changes: SchemaChange[]
  /** What must be undone in the arguments of calls; parents before what is in them. */
  readonly restored: Renamed[]
  readonly mayRename: boolean
  /** Of properties with other names than the client's: as written ▶ as he said. */
  readonly names: WeakMap<JsonObject, ReadonlyMap<string, string>>
  /** Schemas seen. */
  nodes: number
  /** Of them, those that stand there because a reference was written out. */
  inlined: number
}

/** Where a schema stands. Seldom asked for, so that only the way up is kept. */
export type Place = {
  readonly parent: Place | undefined
  /** The keyword that it is the value of, and its name or number there, as the client knows it. */
  readonly word: string
  readonly key: string | number | undefined
  /** Where its value stands in that of its parent; null is any member of a list or of a map, undefined the same value. */
  readonly argument: string | null | undefined
  readonly depth: number
  /** References that are being written out here. */
  readonly within: readonly string[]
}

export const ROOT: Place = { parent: undefined, word: '', key: undefined, argument: undefined, depth: 0, within: [] }

/** After the root's own path: `.properties.city`, `.properties["a.b"].anyOf[0]`. */
export function pathOf({ parent, word, key }: Place): string {
  if (parent === undefined) return ''
  const last = key === undefined ? '' : typeof key === 'number' ? `[${key}]` : pathStep(key)
  return `${pathOf(parent)}.${word}${last}`
}

function pathStep(key: string): string {
  return /^[\w$@-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** Where its value stands in the arguments of a call. */
export function stepsOf({ parent, argument }: Place): (string | null)[] {
  if (parent === undefined) return []
  const steps = stepsOf(parent)
  if (argument !== undefined) steps.push(argument)
  return steps
}

/** More is said once: whoever sends a schema with hundreds of faults knows by then. */
const MAX_CHANGES = 50

export function change(fitting: Fitting, place: Place, reason: string, isExact = false): void {
  const { changes } = fitting
  // What is lost must not be hidden by what is only said otherwise.
  if (changes.length >= (isExact ? MAX_CHANGES : 2 * MAX_CHANGES)) return
  const path = pathOf(place)
  if (!changes.some((one) => one.path === path && one.reason === reason)) changes.push({ path, reason, isExact })
}

/** The same object where nothing differs. `undefined` takes a member out. */
export function withMembers(node: JsonObject, members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const isSame = Object.entries(members).every(([name, value]) =>
    value === undefined ? !Object.hasOwn(node, name) : node[name] === value,
  )
  if (isSame) return node
  const names = new Set(Object.keys(members))
  const kept = Object.entries(node).flatMap(([name, value]) => {
    const written = names.has(name) ? members[name] : value
    return written === undefined ? [] : [[name, written] as const]
  })
  const added = Object.entries(members).filter(([name, value]) => value !== undefined && !Object.hasOwn(node, name))
  return Object.fromEntries([...kept, ...added])
}

/** The description with what no keyword can say any more. */
export function described(node: JsonObject, text: string): JsonObject {
  const { description } = node
  const isSaid = typeof description === 'string' && description !== ''
  return withMembers(node, { description: isSaid ? `${description}\n\n${text}` : text })
}

/** Constraints in words. */
export function wordsOf(said: readonly (readonly [string, JsonValue])[]): string {
  return `{${said.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')}}`
}
