import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { ended, hasNoArguments, isEnd, isOneOf, readAnyArguments, readArguments } from './named-arguments.ts'
import { namesDeclared } from './values/declared-tools.ts'
import { MAX_NAME_LENGTH } from './values/names.ts'

/** A special token, and what decoders and templates make of it. */
function token(words: string): string[] {
  return ['｜', '|'].flatMap((bar) =>
    ['▁', '_', ' ', '\\_'].map((gap) => `<${bar}${words.replaceAll(' ', gap)}${bar}>`),
  )
}

const GROUPS = [...token('tool calls begin'), '<｜tool▁calls｜>']
const GROUP_ENDS = token('tool calls end')
const CALLS = token('tool call begin')
const CALL_ENDS = token('tool call end')
const SEPARATORS = token('tool sep')
const TEXT_ENDS = token('end of sentence')
const RESULTS = token('tool outputs begin')
const RESULTS_ENDS = token('tool outputs end')
const STOPS = [...CALL_ENDS, ...GROUP_ENDS, ...TEXT_ENDS]

/** What DeepSeek says of results when it makes them up. */
const RESULT_MARKS = [...RESULTS, ...RESULTS_ENDS, ...token('tool output begin'), ...token('tool output end')]

/**
 * DeepSeek V3 and R1-0528 (`function<sep>NAME` and a fence) and V3.1 (`NAME<sep>` and the JSON alone). `isStrict`: the
 * former alone, as Cogito has it, with results that are no text.
 */
function deepseek(id: string, { isStrict = false, endsAnswer = false }): Dialect {
  return {
    id,
    opens: [...GROUPS, ...CALLS, ...(isStrict ? RESULTS : [])],
    drops: isStrict ? TEXT_ENDS : [...TEXT_ENDS, ...RESULT_MARKS],
    endsAnswer,
    *read(cursor, declared): Reading<Outcome> {
      if (isStrict && (yield* cursor.oneOf(RESULTS)) >= 0) return yield* results(cursor)
      const isGrouped = (yield* cursor.oneOf(GROUPS)) >= 0
      yield* cursor.spaces()
      if ((yield* cursor.oneOf(CALLS)) < 0) return isGrouped && !(yield* cursor.some()) ? 'cut' : undefined
      const start = cursor.position()
      const read = yield* readCall(cursor, isStrict, declared)
      if (read === undefined && isGrouped) {
        cursor.rewind(start)
        return (yield* isBroken(cursor)) ? 'dropped' : undefined
      }
      return yield* ended(cursor, yield* ended(cursor, read, CALL_ENDS), GROUP_ENDS)
    },
  }
}

/** All its tokens are there, which no prose has: it was to be a call and is of no use to anybody. Reads over it. */
function* isBroken(cursor: Cursor): Reading<boolean> {
  if ((yield* cursor.until([...CALL_ENDS, ...TEXT_ENDS])).found < 0) return false
  if (yield* cursor.attempt(isOneOf(cursor, GROUP_ENDS))) return true
  const position = cursor.position()
  const isFollowed = yield* isOneOf(cursor, CALLS)
  cursor.rewind(position)
  return isFollowed
}

function* results(cursor: Cursor): Reading<Outcome> {
  return (yield* cursor.until(RESULTS_ENDS)).found < 0 ? undefined : 'dropped'
}

function* readCall(cursor: Cursor, isStrict: boolean, declared: Declared): Reading<Outcome> {
  const kind = (yield* cursor.while(isInName, MAX_NAME_LENGTH)).trim()
  if ((yield* cursor.oneOf(SEPARATORS)) < 0) return (yield* cursor.some()) ? undefined : 'cut'
  yield* cursor.spaces()
  if (
    !isStrict &&
    namesDeclared(kind, declared) &&
    (yield* cursor.attempt(hasNoArguments(cursor, kind, declared, CALL_ENDS)))
  ) {
    return [{ name: kind, argumentsText: '{}' }]
  }
  if (!(yield* cursor.some())) return 'cut'
  if (cursor.isNext('{') === true) {
    return isStrict || kind === '' ? undefined : yield* readArguments(cursor, kind, declared, CALL_ENDS, STOPS)
  }
  if (isStrict && kind !== 'function') return undefined
  return yield* readFenced(cursor, isStrict, declared)
}

function* readFenced(cursor: Cursor, isStrict: boolean, declared: Declared): Reading<Outcome> {
  const name = (yield* cursor.while(isInName, MAX_NAME_LENGTH)).trim()
  yield* cursor.spaces()
  const fence = yield* cursor.oneOf(['```json', '```'])
  if (name === '' || (isStrict && fence < 0)) return undefined
  const made = isStrict
    ? yield* readArguments(cursor, name, declared, ['```', ...CALL_ENDS], STOPS)
    : yield* readAnyArguments(cursor, name, declared, ['```', ...CALL_ENDS], ['```', ...STOPS])
  const isClosed = yield* cursor.attempt(isEnd(cursor, ['```']))
  return isStrict && !isClosed && (yield* cursor.some()) ? undefined : made
}

/** Names are in any writing. */
function isInName(unit: number): boolean {
  return unit !== 60 && unit !== 10 && unit !== 123 && unit !== 96
}

export const DEEPSEEK_DIALECTS: readonly Dialect[] = [
  deepseek('deepseek_v3', {}),
  deepseek('deepseek_v31', { endsAnswer: true }),
  deepseek('cogito', { isStrict: true }),
]
