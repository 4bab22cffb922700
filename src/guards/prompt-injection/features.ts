import { seen, spelled } from './normalise.ts'

/** Buckets of the hash: the length of the table of weights. */
export const BUCKETS = 1 << 15
/** Words that are judged together, and how far the next such window is from it. */
export const WINDOW = 48
export const STRIDE = 24

const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}@$']+|<\|?[\w/]{1,20}\|?>|\[\/?[\p{L}]{3,12}\]|#{2,}|={3,}|-{3,}/gu
const LONGEST_WORD = 32

/** The words of a text: of scripts without spaces each character is one. What is written letter by letter is one word. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  let letters = ''
  for (const [word] of seen(text).matchAll(WORD)) {
    if (word.length === 1 && LETTER.test(word)) {
      letters += word
      continue
    }
    if (letters !== '') flush(letters, words)
    letters = ''
    words.push(spelled(word.slice(0, LONGEST_WORD)))
  }
  if (letters !== '') flush(letters, words)
  return words
}

const LETTER = /[a-z0-9]/
const LEAST_SPELLED_OUT = 4

function flush(letters: string, words: string[]): void {
  if (letters.length >= LEAST_SPELLED_OUT) words.push(letters)
  else words.push(...letters)
}

/** The buckets of a window of words, each once: words, pairs, pairs with one left out, and triples. */
export function bucketsOf(words: readonly string[], start: number, end: number): Set<number> {
  const buckets = new Set<number>()
  for (let index = start; index < end; index += 1) {
    const word = words[index] ?? ''
    buckets.add(bucketOf(word))
    if (index + 1 >= end) continue
    const next = words[index + 1] ?? ''
    buckets.add(bucketOf(`${word} ${next}`))
    if (index + 2 >= end) continue
    const third = words[index + 2] ?? ''
    buckets.add(bucketOf(`${word} * ${third}`))
    buckets.add(bucketOf(`${word} ${next} ${third}`))
  }
  return buckets
}

/** FNV-1a over UTF-16 units, folded. */
function bucketOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return ((hash >>> 15) ^ hash) & (BUCKETS - 1)
}
