import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { MAX_CALLS } from './dialect.ts'
import { readParameter } from './markup-parameter.ts'
import { unwrapped } from './unwrapped-members.ts'
import { argumentsOf } from './values/arguments.ts'
import { namesDeclared } from './values/declared-tools.ts'
import { hasHostileName } from './values/hostile-names.ts'
import { membersOf, readBracketed } from './values/json.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

// Grammar of families that mark each parameter up, its value as raw text that the tool's schema types:
// design/tool-calling.md §3.1. Marks that models leave out are made up for where nothing else can be meant.

/** A parameter as read: its name, its value as JSON and as it was written. */
export type Member = { readonly name: string; readonly json: string; readonly raw: string }

/** The tags of one family. */
export type Markup = Pick<Dialect, 'id' | 'drops' | 'mayBeExample'> & {
  /** Around all calls, or around each; may be missing where `isOptional`. */
  readonly groups: readonly (readonly [open: string, close: string])[]
  readonly isGroupOptional?: boolean
  /** Before the name of a call. The name ends its tag where this is one that is open, else it is a word. */
  readonly call: readonly string[]
  /** What stands between a name that is a word and its parameters. */
  readonly callSeparator?: string
  readonly callEnd: readonly string[]
  /** A call that the text ends in is none without its end, however whole its parameters: it is text. */
  readonly needsCallEnd?: boolean
  /** What may follow the end of a call besides. */
  readonly callTail?: string
  /** Before the name of a parameter; that it is `parameterNameEnd` after it makes it no tag. */
  readonly parameter: readonly string[]
  readonly parameterNameEnd?: string
  readonly parameterEnd: readonly string[]
  /** Before the value, where its name has a tag of its own. */
  readonly value?: string
  /** What else stands in a parameter's tag says whether the value is a string. */
  readonly isTyped?: boolean
  /** The value stands on lines of its own: one break on each side is not part of it. */
  readonly hasOwnLines?: boolean
  readonly hasCdata?: boolean
  /** A call with hostile arguments is nothing, as peers have it; else it is text. */
  readonly dropsHostile?: boolean
  /** Arguments of what was read; `undefined` where that is no call. */
  readonly argumentsOf?: (members: readonly Member[], declared: Declared, tool: string) => string | undefined
}

export function markup(tags: Markup): Dialect {
  const opens = [...tags.groups.map(([open]) => open), ...(tags.isGroupOptional === true ? tags.call : [])]
  return {
    id: tags.id,
    opens,
    ...(tags.drops === undefined ? {} : { drops: tags.drops }),
    ...(tags.mayBeExample === undefined ? {} : { mayBeExample: tags.mayBeExample }),
    read: (cursor, declared) => readCalls(cursor, declared, tags),
  }
}

export function* readCalls(cursor: Cursor, declared: Declared, tags: Markup): Reading<Outcome> {
  const group = yield* cursor.oneOf(tags.groups.map(([open]) => open))
  const close = tags.groups[group]?.[1]
  const calls: TextCall[] = []
  let isRefused = false
  for (;;) {
    const start = cursor.position()
    yield* cursor.spaces()
    const made = (yield* cursor.oneOf(tags.call)) < 0 ? undefined : yield* readCall(cursor, declared, tags)
    if (made === 'cut') return calls.length > 0 ? { calls, cutAt: start } : made
    if (made === undefined) {
      cursor.rewind(start)
      break
    }
    if (made === 'refused') isRefused = true
    else calls.push(made)
    if (close === undefined || calls.length >= MAX_CALLS) break
  }
  const isClosed = close !== undefined && (yield* cursor.attempt(isClosing(cursor, close)))
  if (calls.length > 0) return calls
  if (isRefused) return tags.dropsHostile === true ? calls : undefined
  if (isClosed) return 'empty'
  return (yield* isAtEnd(cursor)) ? 'cut' : undefined
}

export function* isAfterSpaces(cursor: Cursor, literal: string): Reading<boolean> {
  yield* skipGap(cursor)
  return yield* cursor.literal(literal)
}

function* isClosing(cursor: Cursor, literal: string): Reading<boolean> {
  yield* skipGap(cursor)
  return yield* cursor.closing([literal])
}

/** White space between marks. Some models write the line break of their template as two letters. */
export function* skipGap(cursor: Cursor): Reading<void> {
  yield* cursor.spaces()
  while (yield* cursor.literal(String.raw`\n`)) yield* cursor.spaces()
}

/** True where nothing but white space follows, which is read. */
function* isAtEnd(cursor: Cursor): Reading<boolean> {
  yield* cursor.spaces()
  return !(yield* cursor.some())
}

/** A call; `refused` for one whose arguments are hostile. */
type Made = TextCall | 'cut' | 'refused' | undefined

function* readCall(cursor: Cursor, declared: Declared, tags: Markup): Reading<Made> {
  const named = tags.parameterNameEnd === undefined ? yield* readTagName(cursor) : yield* readWord(cursor, tags)
  if (named === undefined || named === 'cut') return named
  const { name, isClosed } = named
  const members: Member[] = []
  const made = (argumentsText: string): Made =>
    hasHostileName(argumentsText, declared.tools.get(name)) ? 'refused' : { name, argumentsText }
  const make = (): Made => {
    // A word in the tag that is the whole call may be any word.
    const isWord = tags.parameterNameEnd !== undefined && tags.callSeparator === undefined && members.length === 0
    if (isWord && declared.tools.size > 0 && !namesDeclared(name, declared)) return undefined
    const text = (tags.argumentsOf ?? lastOfEach)(unwrapped(members, declared, name), declared, name)
    return text === undefined ? undefined : made(text)
  }
  if (isClosed) return make()
  const stops = [...tags.groups.flat(), ...tags.call]
  const whole = yield* readWholeArguments(cursor, tags)
  if (whole === 'cut') return 'cut'
  if (whole !== undefined) return made(whole)
  for (;;) {
    const at = cursor.position()
    yield* skipGap(cursor)
    if ((yield* cursor.oneOf(tags.parameter)) >= 0) {
      const member = yield* readParameter(cursor, declared, name, tags)
      if (member === 'cut') return 'cut'
      members.push(member)
    } else if (yield* endsInParameter(cursor, tags)) {
      return 'cut'
    } else if (yield* cursor.closing(tags.callEnd)) {
      if (tags.callTail !== undefined) yield* cursor.attempt(isClosing(cursor, tags.callTail))
      return make()
    } else if (!(yield* cursor.some())) {
      // A model that stops after a whole parameter has made its call.
      if (members.length === 0) return 'cut'
      return tags.needsCallEnd === true ? undefined : make()
    } else {
      // The end of the call is missing.
      const isStopped = (yield* cursor.oneOf(stops)) >= 0
      cursor.rewind(at)
      return isStopped || members.length > 0 ? make() : undefined
    }
  }
}

/** The text ended in what may be another parameter of the call. */
function* endsInParameter(cursor: Cursor, { parameter, callEnd }: Markup): Reading<boolean> {
  const position = cursor.position()
  const isEnd = (yield* cursor.oneOf(callEnd)) >= 0
  cursor.rewind(position)
  if (isEnd || !cursor.endsIn(parameter)) return false
  cursor.skip(cursor.left())
  return true
}

/** Arguments as one JSON object instead of parameters, and over the end of the call. */
function* readWholeArguments(cursor: Cursor, tags: Markup): Reading<string | 'cut' | undefined> {
  const start = cursor.position()
  yield* skipGap(cursor)
  const text = cursor.left() > 0 && cursor.isNext('{') === true ? yield* readBracketed(cursor) : undefined
  if (text === 'cut') return 'cut'
  if (text === undefined || membersOf(text) === undefined) {
    cursor.rewind(start)
    return undefined
  }
  yield* skipGap(cursor)
  yield* cursor.oneOf(tags.callEnd)
  if (tags.callTail !== undefined) yield* cursor.attempt(isClosing(cursor, tags.callTail))
  return text
}

type Named = { readonly name: string; readonly isClosed: boolean }

/** `get_weather>`, `"get_weather">`: a name in the tag that is open. The tag's end may be missing at that of the line. */
function* readTagName(cursor: Cursor): Reading<Named | 'cut' | undefined> {
  const text = yield* readTag(cursor)
  if (text === undefined) return undefined
  const name = unquoted(text.replace(/\/$/, ''))
  if (!(yield* cursor.some())) return /^\S*$/.test(name) ? 'cut' : undefined
  if (name === '') return undefined
  const hasEnd = yield* cursor.literal('>')
  return hasEnd || /^[\w.-]+$/.test(name) ? { name, isClosed: hasEnd && text.endsWith('/') } : undefined
}

/** The rest of a tag, up to its end. */
export function* readTag(cursor: Cursor): Reading<string | undefined> {
  const text = yield* cursor.while(
    (unit) => unit !== TAG_END && unit !== TAG_START && unit !== LINE_END,
    MAX_TAG_LENGTH,
  )
  return text.length < MAX_TAG_LENGTH ? text : undefined
}

const TAG_START = 60
const TAG_END = 62
const LINE_END = 10
const MAX_TAG_LENGTH = 512

/** A name as it stands in a tag, in quotes or not, alone or before other attributes. */
export function unquoted(text: string): string {
  const trimmed = text.trim()
  const [, , quoted] = /^(["'])(.*?)\1/.exec(trimmed) ?? []
  return (quoted ?? trimmed).trim()
}

/** A name that is followed by what no name contains. */
function* readWord(cursor: Cursor, { callSeparator }: Markup): Reading<Named | 'cut' | undefined> {
  yield* cursor.spaces()
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (!(yield* cursor.some())) return 'cut'
  if (name === '') return undefined
  if (callSeparator !== undefined && !(yield* cursor.literal(callSeparator))) {
    return (yield* cursor.some()) ? undefined : 'cut'
  }
  return { name, isClosed: false }
}

function lastOfEach(members: readonly Member[]): string {
  return argumentsOf(members.map(({ name, json }) => [name, json]))
}
