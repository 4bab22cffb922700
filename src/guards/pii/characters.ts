import type { Characters } from '../../core/guard.ts'

/**
 * A text that may still go on. Looking past its end says so: what was decided by such a look is decided again with more
 * of it. So what is found does not depend on how a text was cut into pieces.
 */
export type Reading = { readonly text: Characters; readonly isEnd: boolean; isStarved: boolean }

/** The UTF-16 unit at an index; -1 before the text and after it. */
export function at(reading: Reading, index: number): number {
  if (index < reading.text.length) return index < 0 ? -1 : reading.text.charCodeAt(index)
  if (!reading.isEnd) reading.isStarved = true
  return -1
}

/** The value of a decimal digit of Latin, full-width, Arabic-Indic, Persian or Devanagari script; -1 of anything else. */
export function digitOf(code: number): number {
  if (code < FIRST_OTHER_DIGIT) return code >= 48 && code < 58 ? code - 48 : -1
  for (const zero of ZEROS) if (code >= zero && code < zero + 10) return code - zero
  return -1
}

const ZEROS = [0xff10, 0x660, 0x6f0, 0x966]
const FIRST_OTHER_DIGIT = 0x660

export function isDigit(code: number): boolean {
  return digitOf(code) >= 0
}

export function isAsciiLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
}

/** Letters of scripts that are written with spaces: a Chinese word before an address is none of it. */
export function isLetter(code: number): boolean {
  return code < CLASSES.length ? code >= 0 && CLASSES[code] === LETTER : isWideLetter(code)
}

function isWideLetter(code: number): boolean {
  return (code >= 0xff21 && code <= 0xff3a) || (code >= 0xff41 && code <= 0xff5a)
}

/** What a number or a token may not stand right behind or before. */
export function isWord(code: number): boolean {
  if (code < CLASSES.length) return code >= 0 && CLASSES[code] !== NEITHER
  return isDigit(code) || isWideLetter(code)
}

const UNDERSCORE = 95
const NEITHER = 0
const LETTER = 1
const OTHER_OF_WORDS = 2
const CLASSES = classes()

function classes(): Uint8Array {
  const found = new Uint8Array(0x530)
  for (let code = 0xc0; code < found.length; code += 1) if (code !== 0xd7 && code !== 0xf7) found[code] = LETTER
  for (let code = 0; code < 128; code += 1) if (isAsciiLetter(code)) found[code] = LETTER
  for (let code = 48; code < 58; code += 1) found[code] = OTHER_OF_WORDS
  found[UNDERSCORE] = OTHER_OF_WORDS
  return found
}

/** What has no width: inside of an address or a number it hides it from nobody's eyes. */
export function isInvisible(code: number): boolean {
  if (code < 0xad) return false
  return code === 0xad || (code >= 0x200b && code <= 0x200d) || code === 0x2060 || code === 0xfeff
}

/** What stands between the groups of a number: spaces and dashes of all kinds, and what has no width. */
export function isGap(code: number): boolean {
  if (code === SPACE || code === DASH) return true
  if (code < 0xa0) return false
  return (
    code === 0xa0 ||
    code === 0xad ||
    (code >= 0x2007 && code <= 0x2015) ||
    code === 0x202f ||
    code === 0x2060 ||
    code === 0x3000 ||
    code === 0xfeff
  )
}

export const SPACE = 32
export const DASH = 45
export const DOT = 46
export const PLUS = 43
export const WIDE_PLUS = 0xff0b
