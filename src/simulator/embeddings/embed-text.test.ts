import { expect, test } from 'vitest'
import { embedText } from './embed-text.ts'

const cosine = (left: string, right: string, dimensions = 1_536) => {
  const other = embedText(right, dimensions)
  return embedText(left, dimensions).reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
}

test.each([1, 2, 7, 32, 256, 1_536, 3_072])(
  'the same text has the same vector of length 1 in %i dimensions',
  (dimensions) => {
    for (const input of ['hello', ' ', '猫が好き', 'a '.repeat(9_000), [1, 2, 3], [7]]) {
      const vector = embedText(input, dimensions)
      expect(vector).toHaveLength(dimensions)
      expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 6)
      expect(embedText(input, dimensions)).toEqual(vector)
    }
  },
)

test('a search finds the text that shares words with the question, or parts of words', () => {
  const texts = [
    'The recipe needs two eggs and flour.',
    'I forgot my password. Can it be reset?',
    'Resetting of passwords',
    'Paris is in France',
  ]
  const ranked = (question: string) => texts.toSorted((one, other) => cosine(question, other) - cosine(question, one))
  expect(ranked('How do I reset my password?').slice(0, 2).sort()).toEqual([texts[1], texts[2]])
  expect(ranked('eggs, flour')[0]).toBe(texts[0])
  expect(ranked('FRENCH FRANCE?')[0]).toBe(texts[3])
  expect(cosine('password', 'passwords')).toBeGreaterThan(0.4)
  expect(Math.abs(cosine('password', 'eggs'))).toBeLessThan(0.1)
})

test('tokens are embedded by their numbers', () => {
  const [one, near, far] = [
    [1, 2, 3, 4],
    [4, 3, 2, 9],
    [5, 6, 7, 8],
  ].map((tokens) => embedText(tokens, 512)) as [number[], number[], number[]]
  const dot = (other: number[]) => one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
  expect(dot(near)).toBeGreaterThan(0.5)
  expect(Math.abs(dot(far))).toBeLessThan(0.2)
})
