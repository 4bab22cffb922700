import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWordTable, HASH_START, hashUnit } from './word-table.ts'

const hashOf = (word: string) =>
  Array.from({ length: word.length }, (_, at) => word.charCodeAt(at)).reduce(hashUnit, HASH_START)

test('every word that was added is found where it stands, and no other', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 200 }),
      fc.string(),
      (words, other) => {
        const table = createWordTable<number>(256)
        for (const [index, word] of words.entries()) table.add(word, hashOf(word), index)
        for (const [index, word] of words.entries()) {
          expect(table.find(`<${word}>`, 1, 1 + word.length, hashOf(word))).toBe(index)
        }
        const expected = words.indexOf(other)
        expect(table.find(other, 0, other.length, hashOf(other))).toBe(expected < 0 ? undefined : expected)
      },
    ),
  )
})

test('words of one hash are told apart', () => {
  const table = createWordTable<string>(8)
  for (const word of ['one', 'two', 'three']) table.add(word, 42, word)
  for (const word of ['one', 'two', 'three']) expect(table.find(word, 0, word.length, 42)).toBe(word)
  expect(table.find('four', 0, 4, 42)).toBeUndefined()
})

test('a full table begins anew and still finds what is added', () => {
  const table = createWordTable<number>(4)
  for (let index = 0; index < 50; index += 1) {
    const word = `w${index}`
    table.add(word, hashOf(word), index)
    expect(table.find(word, 0, word.length, hashOf(word))).toBe(index)
  }
  expect(table.find('w0', 0, 2, hashOf('w0'))).toBeUndefined()
})

test('of thousands of words on one place some are not kept, and none is mistaken', () => {
  const table = createWordTable<string>(4_096)
  const words = Array.from({ length: 2_000 }, (_, index) => `word ${index}`)
  for (const word of words) table.add(word, 7, word)
  const found = words.filter((word) => table.find(word, 0, word.length, 7) === word)
  expect(found).toEqual(words.slice(0, found.length))
  expect(found.length).toBeLessThan(100)
})
