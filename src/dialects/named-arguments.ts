import type { Cursor, Reading } from './cursor.ts'
import type { Outcome } from './dialect.ts'
import { isJson, readBracketed } from './values/json.ts'

/** Reads the arguments, a JSON object, of a call whose name has been read. */
export function* readArguments(cursor: Cursor, name: string, stops: readonly string[] = []): Reading<Outcome> {
  yield* cursor.spaces()
  if ((yield* cursor.some()) && cursor.isNext('{') !== true) return undefined
  const text = yield* readBracketed(cursor, stops)
  if (text === undefined || text === 'cut') return text
  return isJson(text) ? [{ name, argumentsText: text }] : undefined
}

/** Reads what ends a call, if it is there. */
export function* ended(cursor: Cursor, made: Outcome, ends: readonly string[]): Reading<Outcome> {
  if (Array.isArray(made)) yield* cursor.attempt(isEnd(cursor, ends))
  return made
}

/** The end's beginning at that of the text will do. */
export function* isEnd(cursor: Cursor, ends: readonly string[]): Reading<boolean> {
  yield* cursor.spaces()
  return yield* cursor.closing(ends)
}

export function* isOneOf(cursor: Cursor, literals: readonly string[]): Reading<boolean> {
  yield* cursor.spaces()
  return (yield* cursor.oneOf(literals)) >= 0
}
