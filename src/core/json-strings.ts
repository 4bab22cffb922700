import { skipSpace, skipString } from './json-scan.ts'

/** Where a value stands: the keys and indexes that lead to it. The same list is used again for the next value. */
type Place = readonly (string | number)[]

/** What a value, or a key, becomes; `undefined`: it stays as it is. */
export type StringChange = {
  text(value: string, place: Place): string | undefined
  /** Of the keys at a place. Absent: keys stay. */
  key?(key: string, place: Place): string | undefined
  /** A number as it is written; what comes back is written as a string. */
  number?(written: string, place: Place): string | undefined
}

const QUOTE = 34
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const COMMA = 44
const COLON = 58

/**
 * `text`, a valid JSON text, with its strings changed wherever they stand, repeated members included, and every other
 * character as it was. One pass, without recursion. The same text where nothing changes.
 */
export function changeStrings(text: string, change: StringChange): string {
  const place: (string | number)[] = []
  // Of each open list or object: whether it is an object.
  const objects: boolean[] = []
  let edited = ''
  let copied = 0
  let index = skipSpace(text, 0)
  let isKey = false

  function put(start: number, end: number, value: string | undefined): void {
    if (value === undefined) return
    edited += text.slice(copied, start) + JSON.stringify(value)
    copied = end
  }

  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) {
      const end = skipString(text, index)
      const value = stringAt(text, index, end)
      if (isKey) {
        place.pop()
        put(index, end, change.key?.(value, place))
        place.push(value)
        isKey = false
      } else put(index, end, change.text(value, place))
      index = end
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      const isObject = code === OPEN_BRACE
      objects.push(isObject)
      place.push(isObject ? '' : 0)
      isKey = isObject
      index += 1
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      objects.pop()
      place.pop()
      isKey = false
      index += 1
    } else if (code === COMMA) {
      isKey = objects.at(-1) === true
      const last = place.at(-1)
      if (typeof last === 'number') place[place.length - 1] = last + 1
      index += 1
    } else if (code <= 32 || code === COLON) index += 1
    else {
      const end = endOfWord(text, index)
      if (change.number !== undefined && isNumber(code)) put(index, end, change.number(text.slice(index, end), place))
      index = end
    }
  }
  return copied === 0 ? text : edited + text.slice(copied)
}

function stringAt(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1)
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end))) : raw
}

function endOfWord(text: string, start: number): number {
  let index = start + 1
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code <= 32 || code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET) return index
  }
  return index
}

function isNumber(code: number): boolean {
  return code === 45 || (code >= 48 && code <= 57)
}
