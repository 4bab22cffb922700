import { expect, test } from 'vitest'
import { plainCopy } from './plain-copy.ts'

test('members that are not said are left out, and what is copied is what JSON would have', () => {
  const value = { a: 1, b: undefined, c: [1.5, null, { d: 'x', e: undefined }], f: false }
  expect(plainCopy(value).value).toEqual(JSON.parse(JSON.stringify(value)))
  expect(Object.keys(plainCopy(value).value as object)).toEqual(['a', 'c', 'f'])
})

test('no number and no text makes a collector refuse a batch', () => {
  const odd = [1e300, Number.MAX_SAFE_INTEGER + 1, Number.NaN, Number.POSITIVE_INFINITY, 2n ** 70n, '\ud800']
  expect(plainCopy(odd).value).toEqual([
    '1e+300',
    '9007199254740992',
    'NaN',
    'Infinity',
    '1180591620717411303424',
    '\ufffd',
  ])
})

test('the size of a copy is near that of its JSON, and depth is bounded', () => {
  const value = { text: 'x'.repeat(10_000), list: Array.from({ length: 100 }, (_, index) => `item ${index}`) }
  const size = JSON.stringify(value).length
  expect(Math.abs(plainCopy(value).characters - size)).toBeLessThan(size / 5)
  let deep: unknown = 0
  for (let level = 0; level < 100_000; level += 1) deep = [deep]
  expect(plainCopy(deep).characters).toBeLessThan(1_000)
})
