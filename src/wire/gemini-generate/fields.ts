import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'

/** A member by its name in JSON; Google's servers take the name in snake case as well. */
export function field(object: JsonObject, name: string): JsonValue | undefined {
  return object[name] ?? object[snakeCase(name)]
}

/** `functionCall` ▶ `function_call`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `function_call` ▶ `functionCall`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** A repeated field: Google's servers take a single object where a list of one is meant. */
export function repeated(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (isList(value)) return value
  return isJsonObject(value) ? [value] : undefined
}
