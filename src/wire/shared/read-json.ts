import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject, jsonKind } from '../../core/json.ts'
import { parseAnswer } from '../../core/lossless-json.ts'

// Two manners of reading: a client's body strictly, with its path in the error; an upstream's leniently.

/** The refusal of a client's field. `expected` goes on from "must be". */
export function wrong(path: string, expected: string, actual: JsonValue | undefined): GatewayError {
  const found = actual === undefined ? 'it is missing' : `got ${describe(actual)}`
  return new GatewayError('invalid_request', `${path} must be ${expected}; ${found}.`, { param: path })
}

function describe(value: JsonValue): string {
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : jsonKind(value)
}

/** Null is as good as absent: SDKs send it for what was not set. */
export function optionalNumber(value: JsonValue | undefined, path: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw wrong(path, 'a number', value)
  return value
}

export function optionalBoolean(value: JsonValue | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrong(path, 'true or false', value)
  return value
}

export function optionalString(value: JsonValue | undefined, path: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw wrong(path, 'a string', value)
  return value
}

export function requiredString(value: JsonValue | undefined, path: string, expected = 'a string'): string {
  if (typeof value !== 'string') throw wrong(path, expected, value)
  return value
}

export function requiredObject(value: JsonValue | undefined, path: string, expected = 'an object'): JsonObject {
  if (!isJsonObject(value)) throw wrong(path, expected, value)
  return value
}

/** A list, or nothing where null or nothing stands. */
export function optionalList(value: JsonValue | undefined, path: string, expected = 'a list'): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  if (!isList(value)) throw wrong(path, expected, value)
  return value
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** Lenient: a string, or nothing. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Lenient: a count of tokens, or nothing. */
export function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** Lenient: an object, or an empty one. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** Lenient: the objects of a list; nothing where no list stands. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isJsonObject) : []
}

/** An event of an upstream's stream as an object. Throws `upstream_malformed`. */
export function parseEvent(data: string): JsonObject {
  let value: unknown
  try {
    value = parseAnswer(data)
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The model sent an event that is not JSON.', { cause })
  }
  if (!isJsonObject(value)) throw new GatewayError('upstream_malformed', 'The model sent an event that is no object.')
  return value
}

/** Members whose value is undefined left out: JSON has no such thing, and a test should not see one. */
export function compact(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
