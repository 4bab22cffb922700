import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { elementsOf, membersOf, readBracketed } from './values/json.ts'
import type { CallMembers } from './values/json-calls.ts'
import { callIn, callsIn } from './values/json-calls.ts'

/** Calls as JSON, objects or a list of them, behind a marker. */
export type TaggedJson = Pick<Dialect, 'id' | 'opens' | 'atLineStart' | 'drops'> & {
  /** What follows the calls; may be missing at the end of the answer. */
  readonly closes?: readonly string[]
  /** The marker is the beginning of the JSON itself: an object is a call only if it is nothing else. */
  readonly isBare?: boolean
  /** What may stand between several values; one value stands alone where this is left out. */
  readonly separators?: readonly string[]
  readonly members?: CallMembers
  /** How one JSON text is read; as a call or a list of calls where this is left out. */
  readonly callsOf?: (text: string) => TextCall[] | undefined
}

export function taggedJson(tagged: TaggedJson): Dialect {
  const { id, opens, atLineStart, drops } = tagged
  return {
    id,
    opens,
    ...(atLineStart === undefined ? {} : { atLineStart }),
    ...(drops === undefined ? {} : { drops }),
    read: (cursor, declared) => read(cursor, declared, tagged),
  }
}

function* read(cursor: Cursor, declared: Declared, tagged: TaggedJson): Reading<Outcome> {
  const { opens, closes = [], isBare = false, separators } = tagged
  const start = cursor.position()
  if (!isBare && (yield* cursor.oneOf(opens)) < 0) return undefined
  const calls: TextCall[] = []
  do {
    yield* cursor.spaces()
    const text = yield* readBracketed(cursor)
    if (text === 'cut') return isBare && !namesTool(cursor.slice(start, cursor.position()), declared) ? undefined : text
    const made = text === undefined ? undefined : callsOf(text, tagged)
    if (text === undefined || made === undefined || (isBare && !isNothingElse(text))) return undefined
    calls.push(...made)
  } while (separators !== undefined && (yield* cursor.attempt(isFollowed(cursor, separators))))
  yield* cursor.attempt(isClosed(cursor, closes))
  return calls
}

function callsOf(text: string, { members, callsOf: own }: TaggedJson): TextCall[] | undefined {
  if (own !== undefined) return own(text)
  if (text.startsWith('[')) return callsIn(text, members)
  const call = callIn(text, members)
  return call === undefined ? undefined : [call]
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
  return (yield* cursor.oneOf(closes)) >= 0
}

/** True where the members are those of calls and no others: answers in JSON have names too. */
function isNothingElse(text: string): boolean {
  return (text.startsWith('[') ? (elementsOf(text) ?? []) : [text]).every((element) => {
    const names = (membersOf(element) ?? []).map(({ name }) => name)
    return names.some((name) => ARGUMENTS.has(name)) && names.every((name) => ARGUMENTS.has(name) || OTHERS.has(name))
  })
}

const ARGUMENTS = new Set(['arguments', 'parameters'])
const OTHERS = new Set(['name', 'type', 'id'])

/** True for the beginning of a call of a declared tool. */
function namesTool(text: string, { tools }: Declared): boolean {
  const name = /^\s*\[?\s*\{\s*(?:"type"\s*:\s*"function"\s*,\s*)?"name"\s*:\s*"([^"\\]*)"/.exec(text)?.[1]
  return name !== undefined && tools.has(name)
}
