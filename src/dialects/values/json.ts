import type { Cursor, Reading } from '../cursor.ts'
import { isJsonSyntax } from './json-syntax.ts'

/** How deep arguments may be nested, and how long they may be (design/tool-calling.md §3.3). */
const MAX_DEPTH = 128
export const MAX_VALUE_LENGTH = 1_048_576

const QUOTE = 34
const SINGLE_QUOTE = 39
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_PAREN = 40
const CLOSE_PAREN = 41

/** What stands at the beginning of an object and of a list that may still become JSON. */
const IN_OBJECT = /["'}\w]/
const IN_LIST = /["'[\]{\d\-tfnTFN]/

/**
 * Reads one object or list by its brackets and strings, and over it: whether it is JSON is for others to say. `undefined`
 * where none is next; `cut` where the text ends first. `stops`, `isPython`: as in `readNested`.
 */
export function* readBracketed(
  cursor: Cursor,
  stops: readonly string[] = [],
  isPython = false,
): Reading<string | 'cut' | undefined> {
  if (!(yield* cursor.some())) return 'cut'
  const first = cursor.peek()
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return undefined
  const second = yield* cursor.nextWord()
  if (second === '') return 'cut'
  if (!(first === OPEN_BRACE ? IN_OBJECT : IN_LIST).test(second)) return undefined
  return yield* readNested(cursor, isPython, stops)
}

/**
 * The same for anything in brackets of any kind; `isPython`: strings may stand in single quotes. One of `stops` outside
 * strings ends it too, before itself: the brackets are not whole then.
 */
export function* readNested(
  cursor: Cursor,
  isPython: boolean,
  stops: readonly string[] = [],
): Reading<string | 'cut' | undefined> {
  const stopUnits = new Set(stops.map((stop) => stop.charCodeAt(0)))
  const start = cursor.position()
  let depth = 0
  // The quote that ends the string it is in, 0 outside.
  let quote = 0
  let isEscaped = false
  for (;;) {
    const arrived = cursor.arrived()
    let read = arrived.length
    for (let index = 0; index < arrived.length; index += 1) {
      const unit = arrived.charCodeAt(index)
      if (quote === 0 && stopUnits.has(unit)) {
        const found = isAnyNext(cursor, stops, index)
        if (found === undefined) {
          read = index
          break
        }
        if (found) {
          cursor.skip(index)
          return withinLimit(cursor, start)
        }
      }
      if (isEscaped) isEscaped = false
      else if (quote !== 0) {
        if (unit === BACKSLASH) isEscaped = true
        else if (unit === quote) quote = 0
      } else if (unit === QUOTE || (isPython && unit === SINGLE_QUOTE)) quote = unit
      else if (unit === OPEN_BRACE || unit === OPEN_BRACKET || unit === OPEN_PAREN) {
        depth += 1
        if (depth > MAX_DEPTH) {
          cursor.skip(index)
          return undefined
        }
      } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET || unit === CLOSE_PAREN) {
        depth -= 1
        if (depth > 0) continue
        cursor.skip(index + 1)
        return withinLimit(cursor, start)
      }
    }
    cursor.skip(read)
    if (cursor.position() - start > MAX_VALUE_LENGTH) return undefined
    if (cursor.isEnded) return 'cut'
    yield
  }
}

/** However the text was cut, what is too long is none. */
function withinLimit(cursor: Cursor, start: number): string | undefined {
  return cursor.position() - start > MAX_VALUE_LENGTH ? undefined : cursor.slice(start, cursor.position())
}

function isAnyNext(cursor: Cursor, literals: readonly string[], ahead: number): boolean | undefined {
  const found = literals.map((literal) => cursor.isNext(literal, ahead))
  return found.includes(true) ? true : found.includes(undefined) ? undefined : false
}

/** A member of an object's text: its name, and its value as written. */
export type RawMember = { readonly name: string; readonly text: string }

/**
 * The members of a JSON object's text, in order, with their values as they were written: digits of large numbers,
 * escapes and spaces stay. `undefined` for a text that is no JSON object.
 */
export function membersOf(text: string): RawMember[] | undefined {
  if (!isObjectText(text)) return undefined
  const members: RawMember[] = []
  let at = skipSpaces(text, text.indexOf('{') + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = endOfValue(text, at)
    const start = skipSpaces(text, skipSpaces(text, nameEnd) + 1)
    const end = endOfValue(text, start)
    members.push({ name: JSON.parse(text.slice(at, nameEnd)) as string, text: text.slice(start, end) })
    at = skipSpaces(text, skipSpaces(text, end) + 1)
  }
  return members
}

/** The elements of a JSON list's text as they were written. `undefined` for a text that is no JSON list. */
export function elementsOf(text: string): string[] | undefined {
  if (text.charCodeAt(skipSpaces(text, 0)) !== OPEN_BRACKET || !isJson(text)) return undefined
  const elements: string[] = []
  let at = skipSpaces(text, text.indexOf('[') + 1)
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = endOfValue(text, at)
    elements.push(text.slice(at, end))
    at = skipSpaces(text, skipSpaces(text, end) + 1)
  }
  return elements
}

export function isJson(text: string): boolean {
  return isJsonSyntax(text)
}

function isObjectText(text: string): boolean {
  return text.charCodeAt(skipSpaces(text, 0)) === OPEN_BRACE && isJson(text)
}

export function skipSpaces(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= 32) at += 1
  return at
}

/** Where the value ends that begins here, in valid JSON. */
export function endOfValue(text: string, from: number): number {
  let at = from
  let depth = 0
  do {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = endOfString(text, at)
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth += 1
      at += 1
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      depth -= 1
      at += 1
    } else if (depth > 0) at += 1
    else return endOfWord(text, at)
  } while (depth > 0)
  return at
}

function endOfString(text: string, from: number): number {
  let at = from + 1
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at + 1
}

function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at += 1
  return at
}
