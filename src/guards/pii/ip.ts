import type { Reading } from './characters.ts'
import { at, DOT, isDigit, isWord } from './characters.ts'
import { mayBegin } from './digits.ts'

const COLON = 58
const LONGEST_V6 = 39

/** An address on the Internet, of either version. Not one that means every machine itself. */
export function ip(reading: Reading, start: number): number {
  const first = at(reading, start)
  if (!isHex(first)) return 0
  const before = at(reading, start - 1)
  if (isWord(before)) return 0
  const end = first < 58 ? version4(reading, start) : 0
  return end > 0 || before === COLON ? end : version6(reading, start)
}

function version4(reading: Reading, start: number): number {
  if (!mayBegin(reading, start)) return 0
  let index = start
  let first = 0
  for (let octet = 0; octet < 4; octet += 1) {
    if (octet > 0) {
      if (at(reading, index) !== DOT) return 0
      index += 1
    }
    let value = 0
    let size = 0
    for (let code = at(reading, index); code >= 48 && code <= 57 && size < 4; code = at(reading, index)) {
      value = value * 10 + code - 48
      size += 1
      index += 1
    }
    if (size === 0 || size > 3 || value > 255) return 0
    if (octet === 0) first = value
  }
  const after = at(reading, index)
  if (isWord(after) || (after === DOT && isDigit(at(reading, index + 1)))) return 0
  return first === 0 || first === 127 ? 0 : index
}

/** RFC 4291 §2.2, without the mixed form. `a::b` without a digit is a name in many a programming language. */
function version6(reading: Reading, start: number): number {
  let index = start
  let groups = 0
  let size = 0
  let digits = 0
  let gaps = 0
  for (;;) {
    const code = at(reading, index)
    if (isHex(code)) {
      size += 1
      if (code < 58) digits += 1
      if (size > 4) return 0
    } else if (code === COLON) {
      if (size > 0) groups += 1
      else gaps += 1
      if (gaps > 1 || (size === 0 && at(reading, index - 1) !== COLON)) return 0
      size = 0
    } else break
    index += 1
    if (index - start > LONGEST_V6) return 0
  }
  if (isWord(at(reading, index))) return 0
  if (size > 0) groups += 1
  else if (at(reading, index - 2) !== COLON) {
    // A colon behind it is the sentence's.
    index -= 1
  }
  const isWhole = gaps === 0 ? groups === 8 : groups >= 2 && groups < 8
  return isWhole && digits > 0 ? index : 0
}

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)
}
