import type { Reading } from './characters.ts'
import { at, DASH, DOT, isDigit, isInvisible, isLetter } from './characters.ts'

const AT = 64
const PERCENT = 37
const WIDE_AT = 0xff20
const WIDE_DOT = 0xff0e
const MAX_LOCAL = 64
const MAX_DOMAIN = 255

/** Where the address that begins at `start` ends; 0 where none does. */
export function email(reading: Reading, start: number): number {
  let index = start
  while (isLocal(at(reading, index))) {
    if (index > start && isEscapedAt(reading, index)) return domain(reading, index + 3)
    index += 1
    if (index - start > MAX_LOCAL) return 0
  }
  if (index === start) return 0
  const sign = at(reading, index)
  return sign === AT || sign === WIDE_AT ? domain(reading, index + 1) : 0
}

/** Where a host name with a top-level domain ends. */
function domain(reading: Reading, start: number): number {
  let end = 0
  // Behind the last character that is seen.
  let seen = start
  let letters = 0
  let labels = 0
  let isLabel = false
  let isLettersOnly = true
  for (let index = start; index - start <= MAX_DOMAIN; index += 1) {
    const code = at(reading, index)
    if (isInvisible(code)) continue
    const isName = isLetter(code)
    if (isName || isDigit(code) || (code === DASH && isLabel)) {
      if (isName) letters += 1
      else isLettersOnly = false
      isLabel = true
      seen = index + 1
      continue
    }
    if (labels > 0 && isLettersOnly && letters >= 2) end = seen
    if ((code !== DOT && code !== WIDE_DOT) || !isLabel) return end
    labels += 1
    letters = 0
    isLabel = false
    isLettersOnly = true
  }
  return end
}

/** As in a link: `?to=jane%40example.org`. */
function isEscapedAt(reading: Reading, index: number): boolean {
  return at(reading, index) === PERCENT && at(reading, index + 1) === 52 && at(reading, index + 2) === 48
}

function isLocal(code: number): boolean {
  if (isLetter(code) || isDigit(code) || code === DOT || code === DASH || isInvisible(code)) return true
  return code === 43 || code === 95 || code === PERCENT || code === WIDE_DOT
}
