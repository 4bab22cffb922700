import { GatewayError } from '../core/errors.ts'
import type { WrittenFlag } from './from-flag.ts'

// The part of RFC 8941 (structured fields) that flags need: a dictionary whose members are a name alone, a number, a
// token, a quoted string, ?0 or ?1, or an inner list of these. No parameters, no byte sequences. Looser in one place:
// a value may be a unit's text such as 2c or 4s, which the RFC has no type for.

const NAME = /[a-z*][a-z0-9_\-.*]*/iy
const PLAIN = /[a-z0-9$*.!/_:%+-]+/iy
const NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/
const SPACE = /[ \t]*/y
const MAX_MEMBERS = 50
const MAX_ITEMS = 100

type Item = string | number | boolean
type Cursor = { readonly text: string; at: number }

/** The members of a header in their order. Throws `invalid_request` that says where the header stops making sense. */
export function readDictionary(header: string): WrittenFlag[] {
  const cursor: Cursor = { text: header, at: 0 }
  const members: WrittenFlag[] = []
  skipSpace(cursor)
  while (cursor.at < header.length) {
    if (members.length === MAX_MEMBERS) throw malformed(cursor, `has more than ${MAX_MEMBERS} flags`)
    const name = take(cursor, NAME)
    if (name === undefined) throw malformed(cursor, 'expects the name of a flag')
    members.push({ name: name.toLowerCase(), value: takeChar(cursor, '=') ? readValue(cursor) : undefined })
    skipSpace(cursor)
    if (cursor.at === header.length) break
    if (!takeChar(cursor, ',')) throw malformed(cursor, 'expects a comma between flags')
    skipSpace(cursor)
    if (cursor.at === header.length) throw malformed(cursor, 'ends with a comma')
  }
  return members
}

function readValue(cursor: Cursor): Item | Item[] {
  return takeChar(cursor, '(') ? readInnerList(cursor) : readItem(cursor)
}

function readInnerList(cursor: Cursor): Item[] {
  const items: Item[] = []
  for (;;) {
    skipSpace(cursor)
    if (takeChar(cursor, ')')) return items
    if (cursor.at === cursor.text.length) throw malformed(cursor, 'misses a closing parenthesis')
    if (items.length === MAX_ITEMS) throw malformed(cursor, `has a list of more than ${MAX_ITEMS}`)
    items.push(readItem(cursor))
  }
}

function readItem(cursor: Cursor): Item {
  if (takeChar(cursor, '"')) return readString(cursor)
  if (takeChar(cursor, '?')) {
    if (takeChar(cursor, '1')) return true
    if (takeChar(cursor, '0')) return false
    throw malformed(cursor, 'expects ?1 or ?0')
  }
  const plain = take(cursor, PLAIN)
  if (plain === undefined) throw malformed(cursor, 'expects a value such as 2, "text" or ("a" "b")')
  return NUMBER.test(plain) ? Number(plain) : plain
}

function readString(cursor: Cursor): string {
  let value = ''
  while (cursor.at < cursor.text.length) {
    const char = cursor.text.charAt(cursor.at)
    cursor.at += 1
    if (char === '"') return value
    if (char !== '\\') {
      value += char
      continue
    }
    const escaped = cursor.text.charAt(cursor.at)
    if (escaped !== '"' && escaped !== '\\') throw malformed(cursor, 'may escape only " and \\ in a string')
    value += escaped
    cursor.at += 1
  }
  throw malformed(cursor, 'misses a closing quote')
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)?.[0]
  if (found !== undefined) cursor.at += found.length
  return found
}

function takeChar(cursor: Cursor, char: string): boolean {
  if (cursor.text[cursor.at] !== char) return false
  cursor.at += 1
  return true
}

function skipSpace(cursor: Cursor): void {
  take(cursor, SPACE)
}

function malformed(cursor: Cursor, problem: string): GatewayError {
  const near = cursor.text.slice(Math.max(0, cursor.at - 10), cursor.at + 10)
  return new GatewayError(
    'invalid_request',
    `The header x-route ${problem} at position ${cursor.at + 1} (near "${near}"). Write it as: cheap, weight.cost=2, max.cost_usd=0.02, require.region=("eu" "ch")`,
    { param: 'x-route' },
  )
}
