import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'
import { isList } from './read-json.ts'

// Readers take what they know and pass over the rest. What they know is written down once a format, as shapes; one walk over
// a client's body finds everything else, at any depth. It runs with every translated call.

/**
 * What is read of a value. `true`: all of it, whatever it holds. A shape: those members of an object, or of each object of
 * a list. A function: the shape by what the object says it is; `undefined` for one that its reader answers for as a whole.
 */
export type Known = true | Shape | ((object: JsonObject) => Shape | undefined)
export type Shape = ReadonlyMap<string, Known>

/** A shape of members that are read whole, by their names with spaces between, and of members with shapes of their own. */
export function shape(whole: string, nested: Readonly<Record<string, Known>> = {}): Shape {
  const names = whole.split(' ').filter((name) => name !== '')
  return new Map<string, Known>([...names.map((name) => [name, true] as const), ...Object.entries(nested)])
}

export type Walk = {
  /** True for a member that asks for nothing. */
  isIdle(name: string, value: JsonValue | undefined): boolean
  reasonOf(name: string): string
  /** Another spelling of a name, as shapes have it. */
  spelled?(name: string): string
}

/** The members of `object` that are no part of its shape, with their paths. */
export function unreadMembers(object: JsonObject, known: Shape, walk: Walk): Loss[] {
  const losses: Loss[] = []
  walkMembers(object, known, '', walk, losses)
  return losses
}

function walkMembers(object: JsonObject, known: Shape, prefix: string, walk: Walk, losses: Loss[]): void {
  for (const name in object) {
    const value = object[name]
    let spelled = name
    let inner = known.get(name)
    if (inner === undefined && walk.spelled !== undefined) {
      spelled = walk.spelled(name)
      inner = known.get(spelled)
    }
    if (inner === true) continue
    if (inner !== undefined) walkValue(value, inner, prefix + spelled, walk, losses)
    else if (!walk.isIdle(name, value)) losses.push({ path: prefix + spelled, reason: walk.reasonOf(name) })
  }
}

function walkValue(
  value: JsonValue | undefined,
  known: Shape | ((object: JsonObject) => Shape | undefined),
  path: string,
  walk: Walk,
  losses: Loss[],
): void {
  if (isList(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const one = value[index]
      if (isJsonObject(one)) walkObject(one, known, `${path}[${index}].`, walk, losses)
    }
  } else if (isJsonObject(value)) {
    walkObject(value, known, `${path}.`, walk, losses)
  }
}

function walkObject(
  object: JsonObject,
  known: Shape | ((object: JsonObject) => Shape | undefined),
  prefix: string,
  walk: Walk,
  losses: Loss[],
): void {
  const members = typeof known === 'function' ? known(object) : known
  if (members !== undefined) walkMembers(object, members, prefix, walk, losses)
}
