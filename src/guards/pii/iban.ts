import type { Reading } from './characters.ts'
import { at, digitOf, isAsciiLetter, isDigit, isGap, isWord } from './characters.ts'

// https://www.swift.com/standards/data-standards/iban
const LENGTHS: ReadonlyMap<string, number> = new Map(
  [
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24',
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32',
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24',
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30',
  ].flatMap((line) => line.split(' ').map((one) => [one.slice(0, 2), Number(one.slice(2))] as const)),
)

/** A bank account's number whose check digits are right, in one piece or in groups (ISO 13616). */
export function iban(reading: Reading, start: number): number {
  const first = at(reading, start)
  if (!isAsciiLetter(first) || isWord(at(reading, start - 1))) return 0
  const second = at(reading, start + 1)
  if (!isAsciiLetter(second) || !isDigit(at(reading, start + 2)) || !isDigit(at(reading, start + 3))) return 0
  const length = LENGTHS.get(String.fromCharCode(first & ~32, second & ~32))
  if (length === undefined) return 0
  const values: number[] = []
  let index = start
  while (values.length < length) {
    const value = characterValue(at(reading, index))
    if (value >= 0) values.push(value)
    else if (!isGap(at(reading, index)) || characterValue(at(reading, index + 1)) < 0) return 0
    index += 1
  }
  return !isWord(at(reading, index)) && remainder(values) === 1 ? index : 0
}

function characterValue(code: number): number {
  return isAsciiLetter(code) ? (code & ~32) - 55 : digitOf(code)
}

/** Of the number that the account and then the country and its check digits make, modulo 97. */
function remainder(values: readonly number[]): number {
  let rest = 0
  for (const value of [...values.slice(4), ...values.slice(0, 4)]) rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  return rest
}
