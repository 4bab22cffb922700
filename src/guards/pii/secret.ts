import type { Reading } from './characters.ts'
import { at, DASH, DOT, isAsciiLetter } from './characters.ts'

const LONGEST_KEY = 512
const LONGEST_TOKEN = 8_192
const LONGEST_PEM = 16_384

/** How keys of well-known services begin, and how much at least follows. */
const PREFIXES: readonly (readonly [prefix: string, least: number])[] = [
  ['sk-', 20],
  ['sk_live_', 16],
  ['sk_test_', 16],
  ['rk_live_', 16],
  ['pk_live_', 16],
  ['AKIA', 16],
  ['ASIA', 16],
  ['AIza', 35],
  ['ghp_', 36],
  ['gho_', 36],
  ['ghu_', 36],
  ['ghs_', 36],
  ['ghr_', 36],
  ['github_pat_', 22],
  ['glpat-', 20],
  ['gsk_', 30],
  ['hf_', 30],
  ['npm_', 36],
  ['xai-', 40],
  ['xoxb-', 20],
  ['xoxp-', 20],
  ['xoxa-', 20],
  ['xoxs-', 20],
  ['xoxr-', 20],
  ['pypi-', 50],
  ['ya29.', 30],
]
const BEGINNINGS: ReadonlySet<number> = new Set(
  ['eyJ', ...PREFIXES.map(([prefix]) => prefix)].map((one) => one.charCodeAt(0)),
)
const PEM = '-----BEGIN '
const PEM_KEY = 'PRIVATE KEY'
const PEM_END = '-----END '

/** A key of a service, a signed token (RFC 7519) or a private key (RFC 7468). Without its end, as much as there is. */
export function secret(reading: Reading, start: number): number {
  if (at(reading, start) === DASH) return privateKey(reading, start)
  if (!BEGINNINGS.has(at(reading, start)) || isToken(at(reading, start - 1))) return 0
  return webToken(reading, start) || serviceKey(reading, start)
}

function serviceKey(reading: Reading, start: number): number {
  const first = at(reading, start)
  for (const [prefix, least] of PREFIXES) {
    if (prefix.charCodeAt(0) !== first || !standsAt(reading, start, prefix)) continue
    const from = start + prefix.length
    const end = endOfRun(reading, from, LONGEST_KEY)
    if (end - from >= least && hasDigitOrUpper(reading, from, end)) return end
  }
  return 0
}

function webToken(reading: Reading, start: number): number {
  if (!standsAt(reading, start, 'eyJ')) return 0
  let index = start
  for (let part = 0; part < 3; part += 1) {
    const end = endOfRun(reading, index, LONGEST_TOKEN)
    if (end - index < 8) return 0
    if (part === 2) return end
    if (at(reading, end) !== DOT) return 0
    index = end + 1
  }
  return 0
}

function privateKey(reading: Reading, start: number): number {
  if (!standsAt(reading, start, PEM)) return 0
  const labelled = find(reading, start + PEM.length, 40, PEM_KEY)
  if (labelled === 0) return 0
  const end = find(reading, labelled, LONGEST_PEM, PEM_END)
  if (end === 0) return Math.min(labelled + LONGEST_PEM, reading.text.length)
  const closed = find(reading, end, 60, '-----')
  return closed === 0 ? end : closed
}

/** Where `wanted` ends, if it begins within `most` characters from `start`; 0 where it does not. */
function find(reading: Reading, start: number, most: number, wanted: string): number {
  const first = wanted.charCodeAt(0)
  for (let index = start; index < start + most; index += 1) {
    const code = at(reading, index)
    if (code < 0) return 0
    if (code === first && standsAt(reading, index, wanted)) return index + wanted.length
  }
  return 0
}

function standsAt(reading: Reading, start: number, wanted: string): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    if (at(reading, start + index) !== wanted.charCodeAt(index)) return false
  }
  return true
}

function endOfRun(reading: Reading, start: number, most: number): number {
  let index = start
  while (index - start < most && isToken(at(reading, index))) index += 1
  return index
}

/** Words with hyphens have neither. */
function hasDigitOrUpper(reading: Reading, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const code = at(reading, index)
    if ((code >= 48 && code <= 57) || (code >= 65 && code <= 90)) return true
  }
  return false
}

function isToken(code: number): boolean {
  return isAsciiLetter(code) || (code >= 48 && code <= 57) || code === DASH || code === 95
}
