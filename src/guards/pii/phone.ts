import type { Reading } from './characters.ts'
import { at, DOT, digitOf, isDigit, isGap, isWord, PLUS, WIDE_PLUS } from './characters.ts'
import { mayBegin, mayEnd } from './digits.ts'

const OPEN = 40
const CLOSE = 41
const SLASH = 47

/** What was dialled from `start` on: its digits, the sizes of their groups, what stands between them, and its end. */
type Dialled = {
  readonly digits: readonly number[]
  readonly sizes: readonly number[]
  readonly gaps: readonly number[]
  readonly end: number
}

const LONGEST = 17

/** A telephone number: with the country's code (E.164), of North America, or one that begins with 0 as in Europe. */
export function phone(reading: Reading, start: number): number {
  const first = at(reading, start)
  if (first === PLUS || first === WIDE_PLUS)
    return isWord(at(reading, start - 1)) ? 0 : international(reading, start + 1, 0)
  if (first === OPEN) return at(reading, start + 4) === CLOSE ? northAmerican(reading, start) : 0
  if (!mayBegin(reading, start)) return 0
  if (digitOf(first) !== 0) return northAmerican(reading, start)
  if (digitOf(at(reading, start + 1)) === 0) return international(reading, start + 2, 1)
  return national(reading, start)
}

function international(reading: Reading, start: number, leastGaps: number): number {
  const { digits, gaps, end } = dialled(reading, start)
  const isLong = digits.length >= 8 && digits.length <= 15 && gaps.length >= leastGaps
  return isLong && digits[0] !== 0 && mayEnd(reading, end) ? end : 0
}

/** (212) 555-0123, 212-555-0123, 1-212-555-0123. https://nationalnanpa.com */
function northAmerican(reading: Reading, start: number): number {
  let index = start
  if (digitOf(at(reading, index)) === 1) index = afterSeparator(reading, index + 1)
  const isOpen = at(reading, index) === OPEN
  if (isOpen) index += 1
  if (digitOf(at(reading, index)) < 2 || !hasDigits(reading, index, 3)) return 0
  index += 3
  if (isOpen && at(reading, index) !== CLOSE) return 0
  if (isOpen) index += isSeparator(at(reading, index + 1)) ? 2 : 1
  else index = afterSeparator(reading, index)
  if (digitOf(at(reading, index)) < 2 || !hasDigits(reading, index, 3)) return 0
  index = afterSeparator(reading, index + 3)
  return hasDigits(reading, index, 4) && mayEnd(reading, index + 4) ? index + 4 : 0
}

function hasDigits(reading: Reading, start: number, count: number): boolean {
  for (let index = start; index < start + count; index += 1) if (!isDigit(at(reading, index))) return false
  return true
}

/** Behind the separator at an index; before the text, where nothing stands, when there is none. */
function afterSeparator(reading: Reading, index: number): number {
  return isSeparator(at(reading, index)) ? index + 1 : NOWHERE
}

function isSeparator(code: number): boolean {
  return isGap(code) || code === DOT
}

const NOWHERE = -8

/** 030 1234567, 0171/1234567, 01 23 45 67 89; not a date. */
function national(reading: Reading, start: number): number {
  if (!isDigit(at(reading, start + 1))) return 0
  const { digits, sizes, gaps, end } = dialled(reading, start)
  if (digits.length < 9 || digits.length > 12 || sizes.length < 2 || (sizes[0] ?? 0) < 2) return 0
  if (sizes[0] === 2 && sizes[1] === 2 && sizes[2] === 4) return 0
  const [, second] = gaps
  return gaps.slice(1).every((gap) => gap === second) && mayEnd(reading, end) ? end : 0
}

function dialled(reading: Reading, start: number): Dialled {
  const digits: number[] = []
  const sizes: number[] = []
  const gaps: number[] = []
  let size = 0
  let end = start
  let index = start
  let isOpen = false
  while (digits.length <= LONGEST) {
    const code = at(reading, index)
    const digit = digitOf(code)
    if (digit >= 0) {
      digits.push(digit)
      size += 1
      index += 1
      end = index
      continue
    }
    const next = afterGap(reading, index, isOpen)
    if (next === 0) break
    if (size > 0) {
      sizes.push(size)
      gaps.push(code)
    }
    size = 0
    isOpen = code === OPEN || at(reading, next - 1) === OPEN
    index = next
  }
  if (size > 0) sizes.push(size)
  return { digits, sizes, gaps, end }
}

/** The digit behind one separator, or two where one is a bracket; 0 where none follows. */
function afterGap(reading: Reading, start: number, isOpen: boolean): number {
  let index = start
  for (let count = 0; count < 2; count += 1) {
    const code = at(reading, index)
    const isSeparator = isGap(code) || code === DOT || code === SLASH || code === OPEN || (code === CLOSE && isOpen)
    if (!isSeparator) return 0
    index += 1
    if (isDigit(at(reading, index))) return index
    if (code !== CLOSE && !isGap(code)) return 0
  }
  return 0
}
