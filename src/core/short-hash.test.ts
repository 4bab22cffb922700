import { expect, test } from 'vitest'
import { shortHash } from './short-hash.ts'

test('of the length and the alphabet that were asked for, and the same each time', () => {
  for (const text of ['', 'a', 'call_abc', '🙂'.repeat(100)]) {
    expect(shortHash(text, 9)).toMatch(/^[0-9A-Za-z]{9}$/)
    expect(shortHash(text, 9)).toBe(shortHash(text, 9))
  }
})

test('a hundred thousand ids that differ at one end only have as many hashes', () => {
  const texts = Array.from({ length: 50_000 }, (_, index) => [`tooluse_${index}`, `${index}_tooluse`]).flat()
  expect(new Set(texts.map((text) => shortHash(text, 9))).size).toBe(texts.length)
})
