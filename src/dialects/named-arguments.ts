import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Outcome } from './dialect.ts'
import { takesNothing } from './values/declared-tools.ts'
import { isJson, readBracketed } from './values/json.ts'

/** Reads the arguments, a JSON object, of a call whose name has been read. */
export function* readArguments(cursor: Cursor, name: string, stops: readonly string[] = []): Reading<Outcome> {
  yield* cursor.spaces()
  if ((yield* cursor.some()) && cursor.isNext('{') !== true) return undefined
  const text = yield* readBracketed(cursor, stops)
  if (text === undefined || text === 'cut') return text
  return isJson(text) ? [{ name, argumentsText: text }] : undefined
}

/** The same where there may be none: one of `ends` is next, or the text ends in a call of a tool that takes nothing. */
export function* readAnyArguments(
  cursor: Cursor,
  name: string,
  declared: Declared,
  ends: readonly string[],
  stops: readonly string[] = [],
): Reading<Outcome> {
  const isEmpty = yield* cursor.attempt(hasNoArguments(cursor, name, declared, ends))
  return isEmpty ? [{ name, argumentsText: '{}' }] : yield* readArguments(cursor, name, stops)
}

/** Reads the white space there. */
export function* hasNoArguments(
  cursor: Cursor,
  name: string,
  declared: Declared,
  ends: readonly string[],
): Reading<boolean> {
  yield* cursor.spaces()
  if (!(yield* cursor.some())) return takesNothing(name, declared)
  const position = cursor.position()
  const found = yield* cursor.oneOf(ends)
  cursor.rewind(position)
  return found >= 0
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
