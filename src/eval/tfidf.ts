import { hash } from './hash.ts'

/** Hashed words and pairs of neighbouring words: few collide, and a matrix of 70 models still fits the cache. */
export const FEATURES = 2 ** 15

/** Features of a text, rising, and their weights; of length 1 as a vector, or empty. */
export type Vector = { readonly ids: Uint16Array; readonly weights: Float64Array }

// Chinese is written without spaces: each character is a word.
const WORDS = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu

/** Vectors of texts, with the frequencies of `texts`: 1 + ln(count), times 1 + ln((1 + n) / (1 + n with it)). */
export function createTfidf(texts: readonly string[], countsOf: CountsOf): (text: string) => Vector {
  const seen = new Uint32Array(FEATURES)
  for (const text of texts) for (const id of countsOf(text).ids) seen[id] = (seen[id] ?? 0) + 1
  const rarity = Float64Array.from(seen, (count) => 1 + Math.log((1 + texts.length) / (1 + count)))
  return (text) => {
    const { ids, weights } = countsOf(text)
    const scaled = weights.map((count, index) => (1 + Math.log(count)) * (rarity[ids[index] ?? 0] ?? 0))
    const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0))
    return { ids, weights: length === 0 ? scaled : scaled.map((value) => value / length) }
  }
}

/** How often each feature occurs in a text. */
export type CountsOf = (text: string) => Vector

/** Counts that are kept: every seed and every method asks for the same texts. */
export function createCounts(): CountsOf {
  const known = new Map<string, Vector>()
  return (text) => {
    const found = known.get(text) ?? count(text)
    known.set(text, found)
    return found
  }
}

function count(text: string): Vector {
  const counts = new Map<number, number>()
  const add = (feature: string): void => {
    const id = hash(feature) % FEATURES
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  let before = ''
  for (const [word] of text.toLowerCase().matchAll(WORDS)) {
    add(word)
    if (before !== '') add(`${before} ${word}`)
    before = word
  }
  const ids = Uint16Array.from(counts.keys()).sort()
  return { ids, weights: Float64Array.from(ids, (id) => counts.get(id) ?? 0) }
}
