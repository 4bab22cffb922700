import type { TextOrTokens } from '../text-or-tokens.ts'

/** Every feature has one place in so many dimensions. */
const BLOCK = 32
const SIGN = 1 << 16
const WORD = /[\p{L}\p{N}]+/gu
/** Longer words weigh no more: the short ones are mostly grammar. */
const FULL_WEIGHT_LENGTH = 8
const DECIMALS = 1e9

/**
 * A vector of length 1, the same for the same text. Texts that share words, or parts of words, are near each other: every
 * word and every three letters of one are a feature, added with signs at places that its hash chooses (random indexing).
 * https://en.wikipedia.org/wiki/Random_indexing
 */
export function embedText(input: TextOrTokens, dimensions: number): number[] {
  const sums = new Float64Array(dimensions)
  for (const [feature, weight] of featuresOf(input)) addFeature(sums, feature, weight)
  return normalized([...sums])
}

/** The same direction with length 1. */
export function normalized(vector: readonly number[]): number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  // Features may cancel each other out in very few dimensions.
  if (length === 0) return vector.map((_, index) => (index === 0 ? 1 : 0))
  return vector.map((value) => Math.round((value / length) * DECIMALS) / DECIMALS)
}

function featuresOf(input: TextOrTokens): Map<string, number> {
  const features = new Map<string, number>()
  const add = (feature: string, weight: number): void => {
    features.set(feature, (features.get(feature) ?? 0) + weight)
  }
  if (typeof input !== 'string') {
    for (const token of input) add(`#${token}`, 1)
    return features
  }
  for (const [word] of input.toLowerCase().matchAll(WORD)) {
    const weight = Math.min(word.length, FULL_WEIGHT_LENGTH) / FULL_WEIGHT_LENGTH
    add(word, weight)
    const padded = `^${word}$`
    const parts = padded.length - 2
    for (let at = 0; at < parts; at += 1) add(padded.slice(at, at + 3), weight / Math.sqrt(parts))
  }
  if (features.size === 0) add(input, 1)
  return features
}

function addFeature(sums: Float64Array, feature: string, weight: number): void {
  let state = hash(feature)
  // A word that comes nine times says no nine times as much.
  const share = Math.sqrt(weight)
  for (let start = 0; start < sums.length; start += BLOCK) {
    state = scrambled(state)
    const at = start + (state % Math.min(BLOCK, sums.length - start))
    sums[at] = (sums[at] ?? 0) + ((state & SIGN) === 0 ? share : -share)
  }
}

/** FNV-1a over UTF-16 units, never 0. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0 || 1
}

/** Marsaglia's xorshift, of 32 bits. https://www.jstatsoft.org/article/view/v008i14 */
function scrambled(state: number): number {
  let value = state ^ (state << 13)
  value ^= value >>> 17
  return (value ^ (value << 5)) >>> 0
}
