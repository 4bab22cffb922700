import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { MAX_CALLS } from './dialect.ts'
import { isOver } from './named-arguments.ts'
import { namesDeclared } from './values/declared-tools.ts'
import { isJson, readBracketed } from './values/json.ts'
import type { CallMembers } from './values/json-calls.ts'
import { callIn, callsIn, isNothingElse } from './values/json-calls.ts'
import { pythonLiteral } from './values/python.ts'
import { repairedJson, repairWork } from './values/repaired-json.ts'

/** Calls as JSON, objects or a list of them, behind a marker. */
export type TaggedJson = Pick<
  Dialect,
  'id' | 'opens' | 'atLineStart' | 'atAnswerStart' | 'drops' | 'endsAnswer' | 'mayBeExample'
> & {
  /** What follows the calls; may be missing at the end of the answer. */
  readonly closes?: readonly string[]
  /** What the JSON may begin with where no marker stands before it: such an object is a call only if it is nothing else. */
  readonly bare?: readonly string[]
  /** Markers that other text has too: behind them as well an object is a call only if it is nothing else. */
  readonly common?: readonly string[]
  /** A call without a marker begins a line. */
  readonly isBareAtLineStart?: boolean
  /** A call without a marker must be of a tool that is declared. */
  readonly isDeclared?: boolean
  /** What may stand between several values; one value stands alone where this is left out. */
  readonly separators?: readonly string[]
  readonly members?: CallMembers
  /** The one shape the calls have, where the other is something else. */
  readonly shape?: 'object' | 'list'
  /** How one JSON text is read; as a call or a list of calls where this is left out. */
  readonly callsOf?: (text: string) => TextCall[] | undefined
  /** What the text may lack at its end, all that counts being there. */
  readonly completions?: readonly string[]
}

export function taggedJson(tagged: TaggedJson): Dialect {
  const { id, opens, common = [], bare = [], atLineStart, atAnswerStart, drops, endsAnswer, mayBeExample } = tagged
  return {
    id,
    opens: [...opens, ...common, ...bare],
    ...(atLineStart === undefined ? {} : { atLineStart }),
    ...(atAnswerStart === undefined ? {} : { atAnswerStart }),
    ...(drops === undefined ? {} : { drops }),
    ...(endsAnswer === undefined ? {} : { endsAnswer }),
    ...(mayBeExample === undefined ? {} : { mayBeExample }),
    read: (cursor, declared) => read(cursor, declared, tagged),
  }
}

function* read(cursor: Cursor, declared: Declared, tagged: TaggedJson): Reading<Outcome> {
  const { opens, closes = [], common = [], separators, isBareAtLineStart = false } = tagged
  const marker = yield* cursor.oneOf([...opens, ...common])
  const isBare = marker < 0 || marker >= opens.length
  if (marker < 0 && isBareAtLineStart && !cursor.isLineStart) return undefined
  const calls: TextCall[] = []
  for (let isMore = false; ; isMore = true) {
    const end = cursor.position()
    if (calls.length >= MAX_CALLS) break
    if (isMore && (separators === undefined || !(yield* cursor.attempt(isFollowed(cursor, separators))))) break
    const made = yield* readValue(cursor, declared, tagged, isBare)
    if (isMore && isBare && !Array.isArray(made)) {
      // Something else, or a call that is cut: it is read by itself.
      cursor.rewind(end)
      return calls
    }
    if (!Array.isArray(made)) return made
    calls.push(...made)
  }
  yield* cursor.attempt(isClosed(cursor, closes))
  return calls
}

function* readValue(
  cursor: Cursor,
  declared: Declared,
  tagged: TaggedJson,
  isBare: boolean,
): Reading<TextCall[] | 'cut' | undefined> {
  yield* cursor.spaces()
  const start = cursor.position()
  const text = yield* readBracketed(cursor, tagged.closes, !isBare)
  if (text === undefined) return undefined
  if (text !== 'cut') {
    const json = isJson(text) ? text : (pythonLiteral(text) ?? (yield* mended(cursor, text, tagged)) ?? text)
    const made = callsOf(json, tagged)
    return made === undefined || (isBare && !isBareCall(cursor, json, made, declared, tagged)) ? undefined : made
  }
  const left = cursor.slice(start, cursor.position())
  const made = completed(left, tagged)
  if (made !== undefined) return isBare && !isBareCall(cursor, text, made, declared, tagged) ? undefined : made
  return isBare && !namesTool(left, declared) ? undefined : text
}

/** Broken JSON in a block that was closed, or at the end of a text that was not cut, so that nothing is missing. */
function* mended(cursor: Cursor, text: string, tagged: TaggedJson): Reading<string | undefined> {
  if (callsOf(text, tagged) !== undefined || !(yield* isOver(cursor, tagged.closes ?? []))) return undefined
  cursor.spend(repairWork(text))
  return repairedJson(text)
}

/** A text that ended where only brackets were missing around calls that are whole. */
function completed(text: string, tagged: TaggedJson): TextCall[] | undefined {
  const { completions = [']'] } = tagged
  const end = text.trimEnd()
  if (!text.startsWith('[') || !end.endsWith('}')) return undefined
  for (const completion of completions) {
    const made = isJson(end + completion) ? callsOf(end + completion, tagged) : undefined
    if (made !== undefined) return made
  }
  return undefined
}

function callsOf(text: string, { members, shape, callsOf: own }: TaggedJson): TextCall[] | undefined {
  const json = isJson(text) ? text : (pythonLiteral(text) ?? text)
  if (own !== undefined) return own(json)
  if (json.startsWith('[')) return shape === 'object' ? undefined : callsIn(json, members)
  return shape === 'list' ? undefined : callIn(json, members)
}

/** At the beginning of an answer a call may be of an unknown tool; elsewhere others speak in JSON too. */
function isBareCall(
  { isAnswerStart }: Cursor,
  text: string,
  made: readonly TextCall[],
  declared: Declared,
  tagged: TaggedJson,
): boolean {
  const ofDeclared = made.every(({ name }) => namesDeclared(name, declared))
  if (tagged.isDeclared === true && !ofDeclared) return false
  if (!isAnswerStart && !ofDeclared && declared.tools.size > 0) return false
  return text === 'cut' || isNothingElse(text, ofDeclared)
}

/** A separator and the beginning of another value. */
function* isFollowed(cursor: Cursor, separators: readonly string[]): Reading<boolean> {
  yield* cursor.spaces()
  if (separators.length > 0 && (yield* cursor.oneOf(separators)) < 0) return false
  yield* cursor.spaces()
  return (yield* cursor.some()) && (cursor.isNext('{') === true || cursor.isNext('[') === true)
}

function* isClosed(cursor: Cursor, closes: readonly string[]): Reading<boolean> {
  if (closes.length === 0) return false
  yield* cursor.spaces()
  return yield* cursor.closing(closes)
}

/** True for the beginning of a call of a declared tool. */
function namesTool(text: string, declared: Declared): boolean {
  const name = /^\s*\[?\s*\{\s*(?:"type"\s*:\s*"function"\s*,\s*)?"name"\s*:\s*"([^"\\]*)"/.exec(text)?.[1]
  return name !== undefined && namesDeclared(name, declared)
}
