import type { Reading } from './characters.ts'
import { at, digitOf, isGap, isLetter, isWord } from './characters.ts'
import { mayBegin, shapeAt } from './digits.ts'

/** A social security number of the United States, as it is written: 536-90-4399. https://www.ssa.gov/employer/randomization.html */
export function ssn(reading: Reading, start: number): number {
  if (!mayBegin(reading, start)) return 0
  const found = shapeAt(reading, start, [3, 2, 4])
  if (found === undefined) return 0
  const { digits, end } = found
  const area = numberOf(digits.slice(0, 3))
  const isGiven = area !== 0 && area !== 666 && area < 900
  return isGiven && numberOf(digits.slice(3, 5)) > 0 && numberOf(digits.slice(5)) > 0 ? end : 0
}

/** How each is written, and whether its check digits are right. Ten digits in one piece are more often a time or an order. */
const SHAPES: readonly (readonly [sizes: readonly number[], passes: (digits: readonly number[]) => boolean])[] = [
  [[11], isGerman],
  [[2, 3, 3, 3], isGerman],
  [[15], isFrench],
  [[1, 2, 2, 2, 3, 3, 2], isFrench],
  [[3, 3, 4], isBritish],
]

/** A personal number of a state that can be told by its check digits: Germany's, France's, and two of the United Kingdom. */
export function nationalId(reading: Reading, start: number): number {
  if (isLetter(at(reading, start))) return insuranceNumber(reading, start)
  if (!mayBegin(reading, start)) return 0
  for (const [sizes, passes] of SHAPES) {
    const found = shapeAt(reading, start, sizes)
    if (found !== undefined && passes(found.digits)) return found.end
  }
  return 0
}

/** Steuerliche Identifikationsnummer: ISO 7064 MOD 11,10, and one digit of the first ten stands there two or three times. */
function isGerman(digits: readonly number[]): boolean {
  if (digits[0] === 0) return false
  const counts = new Array<number>(10).fill(0)
  for (const digit of digits.slice(0, 10)) counts[digit] = (counts[digit] ?? 0) + 1
  const repeated = counts.filter((count) => count > 1)
  if (repeated.length !== 1 || (repeated[0] ?? 0) > 3) return false
  let product = 10
  for (const digit of digits.slice(0, 10)) product = (((digit + product) % 10 || 10) * 2) % 11
  return (11 - product) % 10 === digits[10]
}

/** Numéro d'inscription au répertoire: sex, year, month, … and 97 less the rest modulo 97. */
function isFrench(digits: readonly number[]): boolean {
  const [sex = 0] = digits
  const month = numberOf(digits.slice(3, 5))
  if ((sex !== 1 && sex !== 2) || month < 1 || (month > 12 && month < 20) || month > 99) return false
  return 97 - (numberOf(digits.slice(0, 13)) % 97) === numberOf(digits.slice(13))
}

/** NHS number: modulo 11. */
function isBritish(digits: readonly number[]): boolean {
  const sum = digits.slice(0, 9).reduce((total, digit, index) => total + digit * (10 - index), 0)
  const check = (11 - (sum % 11)) % 11
  return check !== 10 && check === digits[9]
}

const NEVER_FIRST = 'DFIQUV'
const NEVER_SECOND = 'DFIOQUV'

/** National Insurance number: QQ 12 34 56 C. */
function insuranceNumber(reading: Reading, start: number): number {
  const second = at(reading, start + 1)
  if (isWord(at(reading, start - 1)) || !isUpper(at(reading, start)) || !isUpper(second)) return 0
  if (NEVER_FIRST.includes(charAt(reading, start)) || NEVER_SECOND.includes(charAt(reading, start + 1))) return 0
  let index = start + 2
  for (let count = 0; count < 6; count += 1) {
    if (count % 2 === 0 && isGap(at(reading, index))) index += 1
    if (digitOf(at(reading, index)) < 0) return 0
    index += 1
  }
  if (isGap(at(reading, index))) index += 1
  const last = at(reading, index)
  return last >= 65 && last <= 68 && !isWord(at(reading, index + 1)) ? index + 1 : 0
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90
}

function charAt(reading: Reading, index: number): string {
  return String.fromCharCode(at(reading, index))
}

function numberOf(digits: readonly number[]): number {
  return digits.reduce((value, digit) => value * 10 + digit, 0)
}
