import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'

/** What stands there; `undefined` where nothing does. Names may be in snake case, as Google's servers take them. */
export function at(body: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = body
  for (const step of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const [, name, index] = step
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined
    else if (name !== undefined && isJsonObject(value))
      value = value[name] ?? value[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
    else return undefined
  }
  return value
}

/** Every member of every object, by its path. `isOpen`: whether what stands in a member is looked into. */
export function membersOf(value: JsonValue | undefined, isOpen: (name: string) => boolean, path = ''): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one: JsonValue, index) => membersOf(one, isOpen, `${path}[${index}]`))
  }
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`
    return [at, ...(isOpen(name) ? membersOf(inner, isOpen, at) : [])]
  })
}

/** The body with `name: value` on every object of it. */
export function withEverywhere(value: JsonValue, isOpen: (name: string) => boolean, extra: JsonObject): JsonValue {
  if (Array.isArray(value)) return value.map((one: JsonValue) => withEverywhere(one, isOpen, extra))
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    inner === undefined || !isOpen(name) ? inner : withEverywhere(inner, isOpen, extra),
  ])
  return { ...Object.fromEntries(entries), ...extra }
}

/** The body without one member. */
export function without(body: JsonObject, path: string): JsonObject {
  const copy = structuredClone(body) as JsonObject
  const dot = path.lastIndexOf('.')
  const owner = dot < 0 ? copy : at(copy, path.slice(0, dot))
  if (isJsonObject(owner)) delete (owner as Record<string, JsonValue | undefined>)[path.slice(dot + 1)]
  return copy
}
