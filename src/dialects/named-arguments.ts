import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Outcome } from './dialect.ts'
import { namesDeclared, takesNothing } from './values/declared-tools.ts'
import { isJson, readBracketed } from './values/json.ts'
import { repairedJson, repairWork } from './values/repaired-json.ts'

/**
 * Reads the arguments, a JSON object, of a call whose name has been read. Of a declared tool they may be broken, if
 * they can be mended and one of `ends` follows: they are judged with the rest of the call.
 */
export function* readArguments(
  cursor: Cursor,
  name: string,
  declared: Declared,
  ends: readonly string[],
  stops: readonly string[] = [],
): Reading<Outcome> {
  yield* cursor.spaces()
  if ((yield* cursor.some()) && cursor.isNext('{') !== true) return undefined
  const text = yield* readBracketed(cursor, stops)
  if (text === undefined || text === 'cut') return text
  if (isJson(text)) return [{ name, argumentsText: text }]
  if (!namesDeclared(name, declared) || !(yield* isOver(cursor, ends))) return undefined
  cursor.spend(repairWork(text))
  return repairedJson(text) === undefined ? undefined : [{ name, argumentsText: text }]
}

/** Whether one of `ends` is next, or the text ends here and was not cut. Nothing is read. */
export function* isOver(cursor: Cursor, ends: readonly string[]): Reading<boolean> {
  const position = cursor.position()
  yield* cursor.spaces()
  const isWhole = (yield* cursor.some()) ? (yield* cursor.oneOf(ends)) >= 0 : !cursor.isCutShort
  cursor.rewind(position)
  return isWhole
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
  return isEmpty ? [{ name, argumentsText: '{}' }] : yield* readArguments(cursor, name, declared, ends, stops)
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
