/** Values by word, found from where the word stands in a text: nothing is cut out of it. */
export type WordTable<Value> = {
  /** The value of the stretch of `text`, or `undefined`; `hash` is what `hashUnit` made of its units, first to last. */
  find(text: string, from: number, to: number, hash: number): Value | undefined
  /** Adds a word that is not there, unless too many of its hash are. A full table forgets all of them first. */
  add(word: string, hash: number, value: Value): void
}

/** Where a word's hash begins. */
export const HASH_START = 17

/** The hash of a word with one more UTF-16 unit. */
export function hashUnit(hash: number, unit: number): number {
  return (Math.imul(hash, 31) + unit) | 0
}

// Whoever chooses words that fall on one place gets them looked up anew, not searched for among thousands.
const MOST_STEPS = 32

/** A table of up to `capacity` words: open addressing, words compared unit by unit, so that no two are taken for one. */
export function createWordTable<Value>(capacity: number): WordTable<Value> {
  // At most half full, so that a search ends soon.
  const size = 2 ** Math.ceil(Math.log2(2 * capacity))
  const slots = new Int32Array(size)
  const words: string[] = []
  const values: Value[] = []

  return {
    find(text, from, to, hash) {
      const first = spread(hash)
      for (let step = 0; step < MOST_STEPS; step += 1) {
        const entry = (slots[(first + step) & (size - 1)] ?? 0) - 1
        if (entry < 0) return undefined
        if (standsAt(text, from, to, words[entry] ?? '')) return values[entry]
      }
      return undefined
    },
    add(word, hash, value) {
      if (words.length >= capacity) {
        slots.fill(0)
        words.length = 0
        values.length = 0
      }
      const first = spread(hash)
      for (let step = 0; step < MOST_STEPS; step += 1) {
        const slot = (first + step) & (size - 1)
        if (slots[slot] !== 0) continue
        words.push(word)
        values.push(value)
        slots[slot] = words.length
        return
      }
    },
  }
}

/** Spreads a hash over the low bits, which pick the slot. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 7
}

function standsAt(text: string, from: number, to: number, word: string): boolean {
  if (word.length !== to - from) return false
  for (let at = 0; at < word.length; at += 1) {
    if (text.charCodeAt(from + at) !== word.charCodeAt(at)) return false
  }
  return true
}
