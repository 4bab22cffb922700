import vocabulary from '../../routers/heads/vocab.json' with { type: 'json' }
import type { WordPiece } from '../../src/core/word-piece.ts'

/** The tokenizer's words, one an id. */
export function vocabularyOf(): readonly string[] {
  return vocabulary.words.split('\n')
}

/** `the`; before it stand signs, letters and unused ids. */
const FIRST_WORD = 1_996
let state = 12_345

/** A text of exactly so many tokens, `[CLS]` and `[SEP]` included, and another one each time. */
export function promptOf(tokens: number, words: readonly string[], tokenizer: WordPiece): string {
  const chosen: string[] = []
  while (chosen.length < tokens - 2) {
    // A linear congruential generator: the same texts on every run.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    // Words of a text follow Zipf's law, and BERT's list is sorted by how frequent they are.
    const rank = Math.floor(Math.exp((state / 2 ** 32) * Math.log(words.length - FIRST_WORD)))
    const word = words[FIRST_WORD + rank - 1] ?? ''
    if (/^[a-z]{3,12}$/.test(word)) chosen.push(word)
  }
  const text = chosen.join(' ')
  const { length } = tokenizer.encode(text).ids
  if (length !== tokens) throw new Error(`A text of ${tokens} tokens came out with ${length}.`)
  return text
}
