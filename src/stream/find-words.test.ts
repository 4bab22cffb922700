import { expect, test } from 'vitest'
import { createWordFinder } from './find-words.ts'

const encode = (text: string) => new TextEncoder().encode(text)

test.each(['"error"', 'aab', 'x', 'abcabd'])('finds %j wherever it stands, and nowhere else', (word) => {
  const finds = createWordFinder(['not there at all', word])
  const letters = [...new Set(word), 'é', '.']
  for (let length = 0; length < 40; length += 1) {
    for (let seed = 0; seed < 40; seed += 1) {
      const noise = Array.from(
        { length },
        (_, index) => letters[(seed * 7 + index * index + seed * index) % letters.length],
      ).join('')
      const text = noise.slice(0, seed) + (seed % 2 === 0 ? word : '') + noise.slice(seed)
      const bytes = encode(text)
      expect(finds(bytes, 0, bytes.length), text).toBe(text.includes(word))
    }
  }
})

test('what begins before the stretch or ends behind it does not stand in it', () => {
  const bytes = encode('-"error"-')
  const finds = createWordFinder(['"error"'])
  expect(finds(bytes, 1, 8)).toBe(true)
  expect(finds(bytes, 2, 9)).toBe(false)
  expect(finds(bytes, 0, 7)).toBe(false)
})
