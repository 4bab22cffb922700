import type { JsonObject, JsonValue } from './json.ts'
import { readKey, skipSpace, skipString, skipValue } from './json-scan.ts'

const COMMA = 44
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/**
 * What to do with members of a JSON object's text: a new value as JSON text, or `undefined` to take the member out.
 * Names are lower-case letters and underscores.
 */
export type JsonEdits = Readonly<Record<string, string | undefined>>

/** A stretch of a text and what stands there instead. */
type Splice = { readonly start: number; readonly end: number; readonly text: string }

/**
 * `text`, the text of a valid JSON object, with some of its own members replaced or removed and every other byte as it
 * was: whitespace, key order, digits of large numbers. Nested members of the same name stay. A repeated member is
 * edited wherever it stands. Values to set must exist; members to remove need not.
 */
export function editMembers(text: string, edits: JsonEdits): string {
  let edited = ''
  let copied = 0
  for (const splice of splices(text, edits)) {
    edited += text.slice(copied, splice.start) + splice.text
    copied = splice.end
  }
  return edited + text.slice(copied)
}

/**
 * The same on the bytes of `text`. In plain ASCII, which most bodies are, no character is looked at or encoded again; and
 * where nothing gets longer the bytes themselves are edited: what stands before moves up, and a view of the rest is
 * returned. A copy of a long conversation costs more than everything else that is done to it. `bytes` is lost either way.
 */
export function editMemberBytes(bytes: Uint8Array, text: string, edits: JsonEdits): Uint8Array {
  if (bytes.length !== text.length) return encoder.encode(editMembers(text, edits))
  const found = splices(text, edits)
  if (found.some((splice) => !isAscii(splice.text))) return encoder.encode(editMembers(text, edits))
  const isShorter = found.every((splice) => splice.text.length <= splice.end - splice.start)
  return isShorter ? editedInPlace(bytes, found) : editedCopy(bytes, found)
}

function editedInPlace(bytes: Uint8Array, found: readonly Splice[]): Uint8Array {
  let moved = 0
  for (const { start, end, text } of found.toReversed()) {
    const shorter = end - start - text.length
    writeAscii(bytes, end + moved - text.length, text)
    if (shorter > 0) bytes.copyWithin(moved + shorter, moved, start + moved)
    moved += shorter
  }
  return moved === 0 ? bytes : bytes.subarray(moved)
}

function editedCopy(bytes: Uint8Array, found: readonly Splice[]): Uint8Array {
  const change = found.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0)
  const edited = new Uint8Array(bytes.length + change)
  let copied = 0
  let offset = 0
  for (const splice of found) {
    edited.set(bytes.subarray(copied, splice.start), offset)
    offset += splice.start - copied
    writeAscii(edited, offset, splice.text)
    offset += splice.text.length
    copied = splice.end
  }
  edited.set(bytes.subarray(copied), offset)
  return edited
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false
  return true
}

function writeAscii(bytes: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) bytes[offset + index] = text.charCodeAt(index)
}

const encoder = new TextEncoder()

/** Where the members stand, in order and without overlap. */
function splices(text: string, edits: JsonEdits): Splice[] {
  const found: Splice[] = []
  const wanted = Object.keys(edits).length
  // Index of the comma before the current member, or -1 while no member before it is kept.
  let commaBefore = -1
  let index = text.indexOf('{') + 1
  for (;;) {
    const memberStart = index
    index = skipSpace(text, index)
    if (index >= text.length || text.charCodeAt(index) === CLOSE_BRACE) break
    const keyStart = index
    index = skipString(text, index)
    const key = readKey(text, keyStart, index)
    const valueStart = skipSpace(text, text.indexOf(':', index) + 1)
    const valueEnd = skipValue(text, valueStart)
    index = skipSpace(text, valueEnd)
    const hasComma = text.charCodeAt(index) === COMMA
    const isRemoved = Object.hasOwn(edits, key) && edits[key] === undefined
    if (isRemoved) {
      // The comma after goes with the member; for the last member, the one before does.
      if (hasComma) found.push({ start: memberStart, end: index + 1, text: '' })
      else found.push({ start: commaBefore < 0 ? memberStart : commaBefore, end: valueEnd, text: '' })
    } else if (Object.hasOwn(edits, key)) {
      found.push({ start: valueStart, end: valueEnd, text: edits[key] ?? '' })
    }
    if (!hasComma || (found.length >= wanted && !mayRecur(text, index, edits))) break
    if (!isRemoved) commaBefore = index
    index += 1
  }
  return merged(found)
}

// How an escaped lower-case letter or underscore ends: \u0061, \u007a, \u005f. Digits are rarer in prose than `\u` is in
// code, and rare beginnings are what a search is fast on.
const ESCAPED = ['005', '006', '007']

/** False only when no member of these names can follow; two searches instead of a walk over the conversation. */
function mayRecur(text: string, from: number, edits: JsonEdits): boolean {
  for (const ending of ESCAPED) if (text.includes(ending, from)) return true
  for (const name in edits) if (text.includes(`${name}"`, from)) return true
  return false
}

/** A last member's removal may start at a comma before members that were removed too: then it swallows their splices. */
function merged(found: Splice[]): Splice[] {
  const last = found.at(-1)
  if (last === undefined) return found
  const kept = found.slice(0, -1).filter((splice) => splice.start < last.start)
  return kept.length === found.length - 1 ? found : [...kept, last]
}

/** The bytes of a JSON object with one member more at its end; every other byte as it was. */
export function appendMember(bytes: Uint8Array, name: string, value: unknown): Uint8Array {
  const end = bytes.lastIndexOf(CLOSE_BRACE)
  let before = end - 1
  while (before > 0 && (bytes[before] ?? 0) <= 32) before -= 1
  const comma = bytes[before] === OPEN_BRACE ? '' : ','
  const member = new TextEncoder().encode(`${comma}${JSON.stringify(name)}:${JSON.stringify(value)}`)
  const longer = new Uint8Array(bytes.length + member.length)
  longer.set(bytes.subarray(0, end))
  longer.set(member, end)
  longer.set(bytes.subarray(end), end + member.length)
  return longer
}

/** The text of a JSON object with one member more at its beginning. */
export function prependMember(text: string, name: string, value: unknown): string {
  const inside = text.indexOf('{') + 1
  const comma = text.charCodeAt(skipSpace(text, inside)) === CLOSE_BRACE ? '' : ','
  return `${text.slice(0, inside)}${JSON.stringify(name)}:${JSON.stringify(value)}${comma}${text.slice(inside)}`
}

/**
 * `changed`, which was made of `sent`, as JSON text. `sent` was read from `text`: what is still the same value, be it under
 * another name, is written as it stands there, with every digit and every space; only what changed is written anew.
 */
export function writeChanged(text: string, sent: JsonObject, changed: JsonObject): string {
  const stands = memberTexts(text)
  const members = Object.entries(changed).flatMap(([name, value]) => {
    if (value === undefined) return []
    const from = sent[name] === value ? name : formerName(sent, changed, value)
    return [`${JSON.stringify(name)}:${(from === undefined ? undefined : stands.get(from)) ?? JSON.stringify(value)}`]
  })
  return `{${members.join(',')}}`
}

/** Which member of `sent` a value was that has another name now. Of values that are written as they are read it does not matter. */
function formerName(sent: JsonObject, changed: JsonObject, value: JsonValue): string | undefined {
  const isPlain = typeof value === 'number' ? Number.isSafeInteger(value) : typeof value !== 'object' || value === null
  if (isPlain) return undefined
  return Object.keys(sent).find((name) => sent[name] === value && changed[name] === undefined)
}

/** The values of an object's own members as they are written; of a repeated member the last, as JSON.parse has it. */
function memberTexts(text: string): Map<string, string> {
  const texts = new Map<string, string>()
  let index = text.indexOf('{') + 1
  for (;;) {
    const keyStart = skipSpace(text, index)
    if (keyStart >= text.length || text.charCodeAt(keyStart) === CLOSE_BRACE) return texts
    const keyEnd = skipString(text, keyStart)
    const valueStart = skipSpace(text, text.indexOf(':', keyEnd) + 1)
    const valueEnd = skipValue(text, valueStart)
    texts.set(readKey(text, keyStart, keyEnd), text.slice(valueStart, valueEnd))
    const next = skipSpace(text, valueEnd)
    if (text.charCodeAt(next) !== COMMA) return texts
    index = next + 1
  }
}
