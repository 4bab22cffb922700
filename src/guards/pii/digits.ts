import type { Reading } from './characters.ts'
import { at, DOT, digitOf, isDigit, isGap, isInvisible, isWord } from './characters.ts'

/** A number in groups: its digits, and where each of its groups ends and how long it is. */
export type Groups = {
  readonly digits: readonly number[]
  readonly ends: readonly number[]
  readonly sizes: readonly number[]
}

/**
 * The groups of digits from `start` on, with one separator between two, up to as many digits as `most`; a group that goes
 * beyond is left out. At most two characters are looked at per digit and one group more.
 */
export function groupsAt(
  reading: Reading,
  start: number,
  most: number,
  separates: (code: number) => boolean = isGap,
): Groups {
  const digits: number[] = []
  const ends: number[] = []
  const sizes: number[] = []
  let index = start
  for (;;) {
    let size = 0
    for (let digit = digitOf(at(reading, index)); digit >= 0; digit = digitOf(at(reading, index))) {
      if (digits.length >= most) {
        digits.length -= size
        return { digits, ends, sizes }
      }
      digits.push(digit)
      size += 1
      index += 1
      if (isInvisible(at(reading, index)) && isDigit(at(reading, index + 1))) index += 1
    }
    if (size === 0) return { digits, ends, sizes }
    ends.push(index)
    sizes.push(size)
    if (!separates(at(reading, index))) return { digits, ends, sizes }
    index += 1
  }
}

/** The digits of a number whose groups have these sizes, and its end; `undefined` at the first that is otherwise. */
export function shapeAt(
  reading: Reading,
  start: number,
  sizes: readonly number[],
): { readonly digits: readonly number[]; readonly end: number } | undefined {
  const digits: number[] = []
  let index = start
  for (const [group, size] of sizes.entries()) {
    if (group > 0) {
      if (!isGap(at(reading, index))) return undefined
      index += 1
    }
    for (let count = 0; count < size; count += 1) {
      const digit = digitOf(at(reading, index))
      if (digit < 0) return undefined
      digits.push(digit)
      index += 1
    }
  }
  return mayEnd(reading, index) ? { digits, end: index } : undefined
}

/** True where a number may begin: not inside of a word, a longer number or behind a decimal point. */
export function mayBegin(reading: Reading, start: number): boolean {
  const before = at(reading, start - 1)
  if (isWord(before)) return false
  return !((before === DOT || before === COMMA) && isDigit(at(reading, start - 2)))
}

/** True where a number may end: no word and no decimal part follows. */
export function mayEnd(reading: Reading, end: number): boolean {
  const after = at(reading, end)
  if (isWord(after)) return false
  return !((after === DOT || after === COMMA) && isDigit(at(reading, end + 1)))
}

const COMMA = 44

/** https://en.wikipedia.org/wiki/Luhn_algorithm */
export function passesLuhn(digits: readonly number[]): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits[digits.length - 1 - place] ?? 0
    const twice = digit * 2
    sum += place % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice
  }
  return sum % 10 === 0
}
