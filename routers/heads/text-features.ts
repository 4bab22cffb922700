import { log } from '#core/portable-maths.ts'

/** Numbers of a text that an embedding forgets; the same as `features` in train/fit.py. */
export function textFeatures(text: string): readonly number[] {
  const seen = new Float64Array(KINDS)
  let points = 0
  for (let at = 0; at < text.length && points < MAX_POINTS; at += 1) {
    const unit = text.charCodeAt(at)
    const kind = unit < 0x80 ? (KIND_OF[unit] ?? PLAIN) : FOREIGN
    if (kind !== PLAIN) seen[kind] = (seen[kind] ?? 0) + 1
    points += 1
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) at += 1
  }
  const count = Math.max(points, 1)
  const share = (kind: number) => (seen[kind] ?? 0) / count
  return [
    log(1 + points),
    share(DIGIT),
    share(MATHS),
    share(CODE),
    log(1 + (seen[LINE] ?? 0)),
    share(FOREIGN),
    Math.min(seen[QUESTION] ?? 0, 3),
  ]
}

const MAX_POINTS = 2400

// What one character counts as.
const [PLAIN, DIGIT, MATHS, CODE, LINE, QUESTION, FOREIGN, KINDS] = [0, 1, 2, 3, 4, 5, 6, 7]
const KIND_OF = kindsOf([
  ['0123456789', DIGIT],
  ['\\^=+*<>|$', MATHS],
  ['{}()[];_', CODE],
  ['\n', LINE],
  ['?', QUESTION],
])

function kindsOf(groups: readonly (readonly [string, number])[]): Uint8Array {
  const kinds = new Uint8Array(0x80)
  for (const [characters, kind] of groups) for (const one of characters) kinds[one.charCodeAt(0)] = kind
  return kinds
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
