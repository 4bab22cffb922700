import type { Reading } from './characters.ts'
import { at, DASH, DOT, isDigit, isLetter } from './characters.ts'

const AT = 64
const MAX_LOCAL = 64
const MAX_DOMAIN = 255

/** Where the address that begins at `start` ends; 0 where none does. */
export function email(reading: Reading, start: number): number {
  let index = start
  while (isLocal(at(reading, index))) {
    index += 1
    if (index - start > MAX_LOCAL) return 0
  }
  if (index === start || at(reading, index) !== AT) return 0
  return domain(reading, index + 1)
}

/** Where a host name with a top-level domain ends. */
function domain(reading: Reading, start: number): number {
  let end = 0
  let labelStart = start
  let isLettersOnly = true
  for (let index = start; index - start <= MAX_DOMAIN; index += 1) {
    const code = at(reading, index)
    if (isLetter(code)) continue
    const isLabel = index > labelStart
    if (isDigit(code) || (code === DASH && isLabel)) {
      isLettersOnly = false
      continue
    }
    if (labelStart > start && isLettersOnly && index - labelStart >= 2) end = index
    if (code !== DOT || !isLabel) return end
    labelStart = index + 1
    isLettersOnly = true
  }
  return end
}

function isLocal(code: number): boolean {
  if (isLetter(code) || isDigit(code) || code === DOT || code === DASH) return true
  return code === 43 || code === 95 || code === 37
}
