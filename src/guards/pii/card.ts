import type { Reading } from './characters.ts'
import { at, digitOf, isInvisible } from './characters.ts'
import { groupsAt, mayBegin, mayEnd, passesLuhn } from './digits.ts'

const SHORTEST = 13
const LONGEST = 19

/** A payment card's number, in one piece or as it is printed, whose check digit is right (ISO/IEC 7812). */
export function card(reading: Reading, start: number): number {
  if (!mayBegin(reading, start)) return 0
  const first = digitOf(at(reading, start))
  if (first < 2 || first > 6) return 0
  for (let index = start + 1; index < start + 4; index += 1) {
    const code = at(reading, index)
    if (digitOf(code) < 0 && !isInvisible(code)) return 0
  }
  const { digits, ends, sizes } = groupsAt(reading, start, LONGEST)
  // The longest first: a number of 19 digits may hold one of 16.
  for (let last = ends.length - 1, count = digits.length; last >= 0; count -= sizes[last] ?? 0, last -= 1) {
    if (count < SHORTEST) return 0
    const end = ends[last] ?? 0
    if (isPrinted(sizes, last) && mayEnd(reading, end) && passesLuhn(digits.slice(0, count))) return end
  }
  return 0
}

/** 4-4-4-4, 4-6-5 and their like: a list of small numbers is no card. */
function isPrinted(sizes: readonly number[], last: number): boolean {
  if (last === 0) return true
  if (sizes[0] !== 4) return false
  for (let index = 1; index <= last; index += 1) {
    const size = sizes[index] ?? 0
    if (size < 3 || size > 6) return false
  }
  return true
}
