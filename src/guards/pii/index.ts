import type { Characters, Finding, Guard, Scanned } from '../../core/guard.ts'
import type { PiiKind } from '../../core/guard-settings.ts'
import { card } from './card.ts'
import type { Reading } from './characters.ts'
import { DASH, isLetter, isWord, PLUS, WIDE_PLUS } from './characters.ts'
import { email } from './email.ts'
import { iban } from './iban.ts'
import { nationalId, ssn } from './identity.ts'
import { ip } from './ip.ts'
import { phone } from './phone.ts'
import { secret } from './secret.ts'

type Detector = {
  readonly kind: PiiKind
  /** Which characters it may begin with. */
  readonly begins: 'letter-or-digit' | 'letter' | 'digit' | 'phone' | 'secret'
  /** Where what begins at `start` ends; 0 where nothing does. */
  end(reading: Reading, start: number): number
}

// In order: a token may hold what looks like a number, and a card more digits than a telephone.
const DETECTORS: readonly Detector[] = [
  { kind: 'secret', begins: 'secret', end: secret },
  { kind: 'email', begins: 'letter-or-digit', end: email },
  { kind: 'iban', begins: 'letter', end: iban },
  { kind: 'card', begins: 'digit', end: card },
  { kind: 'national_id', begins: 'letter-or-digit', end: nationalId },
  { kind: 'ssn', begins: 'digit', end: ssn },
  { kind: 'ip', begins: 'letter-or-digit', end: ip },
  { kind: 'phone', begins: 'phone', end: phone },
]

const OPEN = 40

/**
 * Finds what names a person or opens a door, in one pass: at no place are more characters looked at than the longest of a
 * kind has, and what was found is not looked at again. Everything is decided by checks of form and check digits.
 */
export function createPiiGuard({ kinds }: { readonly kinds: readonly PiiKind[] }): Guard {
  const wanted = DETECTORS.filter(({ kind }) => kinds.includes(kind))
  const atLetters = wanted.filter(({ begins }) => begins !== 'digit' && begins !== 'phone')
  const atDigits = wanted.filter(({ begins }) => begins !== 'letter')
  const atDash = wanted.filter(({ begins }) => begins === 'secret')
  const atPlus = wanted.filter(({ begins }) => begins === 'phone')

  function detectorsAt(code: number, before: number): readonly Detector[] | undefined {
    if (code === DASH) return atDash
    if (code === PLUS || code === OPEN || code === WIDE_PLUS) return atPlus
    if (!isWord(code) || isWord(before)) return undefined
    return isLetter(code) ? atLetters : atDigits
  }

  return {
    id: 'pii',
    reads: 'every-string',
    scan(text: Characters, from: number, isEnd: boolean): Scanned {
      const reading: Reading = { text, isEnd, isStarved: false }
      const findings: Finding[] = []
      let before = from > 0 ? text.charCodeAt(from - 1) : -1
      let index = from
      while (index < text.length) {
        const code = text.charCodeAt(index)
        const detectors = detectorsAt(code, before)
        const found = detectors === undefined ? undefined : findAt(detectors, reading, index)
        if (reading.isStarved) return { findings, settled: index }
        if (found !== undefined) findings.push(found)
        index = found?.end ?? index + 1
        before = found === undefined ? code : text.charCodeAt(index - 1)
      }
      return { findings, settled: text.length }
    },
  }
}

function findAt(detectors: readonly Detector[], reading: Reading, start: number): Finding | undefined {
  for (const { kind, end } of detectors) {
    const found = end(reading, start)
    if (reading.isStarved) return undefined
    if (found > 0) return { start, end: found, kind }
  }
  return undefined
}
