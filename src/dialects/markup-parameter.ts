import { isJsonObject } from '../core/json.ts'
import type { Cursor, Reading } from './cursor.ts'
import type { Declared } from './dialect.ts'
import type { Markup, Member } from './markup.ts'
import { isAfterSpaces, readTag, skipGap, unquoted } from './markup.ts'
import { isJson } from './values/json.ts'
import { anyJson, declaredSchema, parameterJson, typedJson, typesOf } from './values/typed.ts'

/** One parameter, behind the beginning of its tag; `cut` where the text ends in it. */
export function* readParameter(
  cursor: Cursor,
  declared: Declared,
  tool: string,
  tags: Markup,
): Reading<Member | 'cut'> {
  const named = yield* readName(cursor, tags)
  if (named === undefined) return 'cut'
  const { name, isString, isClosed = false } = named
  const raw = isClosed ? '' : yield* readValue(cursor, tags, strangersTo(declared, tool))
  if (raw === undefined) return 'cut'
  const text = tags.hasOwnLines === true ? raw.replace(/^\r?\n/, '').replace(/\r?\n$/, '') : raw
  const json =
    isString === undefined
      ? parameterJson(text, declared, tool, name)
      : attributedJson(text, isString, declared, tool, name)
  return { name, json, raw: text }
}

/** What the tag says of a value is true but where the schema has it otherwise. */
function attributedJson(text: string, isString: boolean, declared: Declared, tool: string, name: string): string {
  const schema = declaredSchema(declared, tool, name)
  const types = typesOf(schema)
  const mayBeString = types.length === 0 || types.includes('string')
  if (isString) return mayBeString ? JSON.stringify(text) : typedJson(text, schema)
  // Of a string that may not be null it is the word.
  const isWord = text.trim() === 'null' && types.includes('string') && !types.includes('null')
  if (isJson(text) && !isWord) return text.trim()
  return types.length > 0 ? typedJson(text, schema) : anyJson(text)
}

type Name = { readonly name: string; readonly isString?: boolean; readonly isClosed?: boolean }

function* readName(cursor: Cursor, tags: Markup): Reading<Name | undefined> {
  const { parameterNameEnd, value = '', isTyped = false } = tags
  if (parameterNameEnd !== undefined) {
    const start = cursor.position()
    const { found, at } = yield* cursor.until([parameterNameEnd, value])
    if (found < 0) return undefined
    if (found === 1) cursor.rewind(at)
    return { name: cursor.slice(start, at).trim() }
  }
  const text = yield* readTag(cursor)
  if (text === undefined || !(yield* cursor.some())) return undefined
  const isClosed = (yield* cursor.literal('>')) && text.endsWith('/')
  const isString = isTyped ? /\sstring\s*=\s*"?(true|false)/.exec(text)?.[1] : undefined
  const name = unquoted(isClosed ? text.slice(0, -1) : text)
  return { name, isClosed, ...(isString === undefined ? {} : { isString: isString === 'true' }) }
}

/** Whether a name is that of no parameter of the tool: its tag within a value is part of that. */
type IsStranger = (name: string) => boolean

function strangersTo({ tools }: Declared, tool: string): IsStranger {
  const { properties, additionalProperties = false } = tools.get(tool) ?? {}
  if (!isJsonObject(properties) || additionalProperties !== false) return () => false
  return (name) => !Object.hasOwn(properties, name)
}

function* readValue(cursor: Cursor, tags: Markup, isStranger: IsStranger): Reading<string | undefined> {
  if (tags.value !== undefined && !(yield* cursor.attempt(isAfterSpaces(cursor, tags.value)))) yield* skipGap(cursor)
  if (tags.hasCdata === true && (yield* cursor.attempt(isAfterSpaces(cursor, '<![CDATA[')))) {
    return yield* readCdata(cursor, tags)
  }
  return yield* readRaw(cursor, tags, isStranger)
}

function* readCdata(cursor: Cursor, tags: Markup): Reading<string | undefined> {
  const start = cursor.position()
  const { found, at } = yield* cursor.until([']]>'])
  if (found < 0) return undefined
  yield* cursor.spaces()
  yield* cursor.oneOf(tags.parameterEnd)
  return cursor.slice(start, at)
}

/** Where a value may end, where reading goes on if it does, and whether its own mark stands there. */
type End = { readonly at: number; readonly next: number; readonly isOwn: boolean }

/**
 * A value ends at its own mark, if a call can go on behind it: else the mark is part of the value. Where that is missing it
 * ends before the next parameter, or with its call if none of the following marks is its own.
 */
function* readRaw(cursor: Cursor, tags: Markup, isStranger: IsStranger): Reading<string | undefined> {
  const { parameterEnd, parameter, callEnd } = tags
  const groupEnds: readonly string[] = tags.groups.map(([, close]) => close)
  const ends = [...callEnd, ...groupEnds]
  const opens = [...tags.groups.map(([open]) => open), ...tags.call]
  const marks = [...parameterEnd, ...parameter, ...ends, ...opens]
  const start = cursor.position()
  let end: End | undefined
  let strangers = 0
  let hasStrangers = false
  // Calls in the value that have begun there, and blocks of them.
  let calls = 0
  let groups = 0
  for (;;) {
    const { found, at } = yield* cursor.until(marks)
    const mark = marks[found]
    // Whose end came last is not said.
    if (mark === undefined && hasStrangers) return undefined
    if (mark === undefined) break
    if (parameter.includes(mark) && (calls > 0 || (yield* isOf(cursor, isStranger)))) {
      hasStrangers = true
      strangers += 1
    } else if (parameterEnd.includes(mark)) {
      const next = cursor.position()
      if (strangers > 0) {
        strangers -= 1
        if (calls === 0) end ??= { at, next, isOwn: true }
        continue
      }
      const isEnd = yield* goesOn(cursor, [...parameter, ...ends, ...opens])
      cursor.rewind(next)
      if (isEnd) return cursor.slice(start, at)
      if (end?.isOwn !== true) end = { at, next, isOwn: true }
    } else if (opens.includes(mark)) {
      if (end !== undefined && (tags.call.includes(mark) || (yield* isBlock(cursor, tags)))) break
      if (!tags.call.includes(mark)) groups += 1
      else if (yield* isCall(cursor, tags)) calls += 1
    } else if (callEnd.includes(mark) && calls > 0) {
      calls -= 1
    } else if (groupEnds.includes(mark) && groups > 0) {
      groups -= 1
    } else if (end?.isOwn === true || (end === undefined && parameter.includes(mark))) {
      // What stands between the value and the next mark is nobody's.
      cursor.rewind(at)
      return cursor.slice(start, end?.at ?? at)
    } else if (end !== undefined && parameter.includes(mark)) break
    else end ??= { at, next: at, isOwn: false }
  }
  if (end === undefined) return undefined
  cursor.rewind(end.next)
  return cursor.slice(start, end.at)
}

/** Behind the beginning of a parameter's tag: whether its name is such a one. Nothing is read. */
function* isOf(cursor: Cursor, isStranger: IsStranger): Reading<boolean> {
  const start = cursor.position()
  const name = unquoted((yield* readTag(cursor)) ?? '')
  const isEnded = !(yield* cursor.some())
  cursor.rewind(start)
  return !isEnded && name !== '' && isStranger(name)
}

/** Behind the mark of a call: whether there is more of it than that. Nothing is read. */
function* isCall(cursor: Cursor, { callSeparator = '', parameter, callEnd }: Markup): Reading<boolean> {
  const start = cursor.position()
  yield* readTag(cursor)
  yield* cursor.oneOf(['>', callSeparator])
  yield* skipGap(cursor)
  const isMore = (yield* cursor.oneOf([...parameter, ...callEnd])) >= 0
  cursor.rewind(start)
  return isMore
}

/** Behind the mark of a block: whether a call follows, which is not read. */
function* isBlock(cursor: Cursor, { call }: Markup): Reading<boolean> {
  const start = cursor.position()
  yield* skipGap(cursor)
  const isCall = (yield* cursor.oneOf(call)) >= 0
  cursor.rewind(start)
  return isCall
}

/** True before what may follow a parameter, the end of the text included. Reads over it. */
function* goesOn(cursor: Cursor, marks: readonly string[]): Reading<boolean> {
  yield* skipGap(cursor)
  if (!(yield* cursor.some())) return true
  return (yield* cursor.oneOf(marks)) >= 0
}
