import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWordPiece } from './word-piece.ts'

const weights = new URL('../../routers/heads/', import.meta.url)
const vocabulary: string[] = JSON.parse(readFileSync(new URL('vocab.json', weights), 'utf8')).words.split('\n')
const reference: { cases: { text: string; ids: number[] }[] } = JSON.parse(
  readFileSync(new URL('word-piece-cases.json', weights), 'utf8'),
)
const limits = { maxTokens: 128, headTokens: 84, maxUnits: 2400, headUnits: 1600 }
const CLS = 101
const SEP = 102

test('every reference text gets the ids of the reference tokenizer', () => {
  const tokenizer = createWordPiece(vocabulary, limits)
  expect(reference.cases.length).toBeGreaterThan(300)
  for (const { text, ids } of reference.cases) expect([text, tokenizer.encode(text).ids]).toEqual([text, ids])
})

test('any text is framed, within the limit and the same on a second reading', () => {
  const tokenizer = createWordPiece(vocabulary, limits)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
      const { ids } = tokenizer.encode(text)
      expect(ids[0]).toBe(CLS)
      expect(ids.at(-1)).toBe(SEP)
      expect(ids.length).toBeLessThanOrEqual(limits.maxTokens)
      expect(ids.every((id) => id >= 0 && id < vocabulary.length)).toBe(true)
      expect(tokenizer.encode(text).ids).toEqual(ids)
    }),
  )
})

test('a long text keeps its head and its tail and says that it was cut', () => {
  const tokenizer = createWordPiece(vocabulary, limits)
  const { ids, truncated } = tokenizer.encode(`apple ${'filler '.repeat(400)} banana`)
  const [apple, banana] = ['apple', 'banana'].map((word) => vocabulary.indexOf(word))
  expect(truncated).toBe(true)
  expect(ids).toHaveLength(limits.maxTokens)
  expect(ids[1]).toBe(apple)
  expect(ids.at(-2)).toBe(banana)
})

test('text beyond the limit is not read: its middle changes nothing', () => {
  const tokenizer = createWordPiece(vocabulary, limits)
  const around = (middle: string) => `${'start '.repeat(300)}${middle}${' end'.repeat(300)}`
  expect(tokenizer.encode(around('x'.repeat(1_000_000)))).toEqual(tokenizer.encode(around('y '.repeat(500_000))))
})

test('a short text is not called truncated', () => {
  expect(createWordPiece(vocabulary, limits).encode('hello').truncated).toBe(false)
})
