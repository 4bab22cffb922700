import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLossless } from './lossless-json.ts'

const rewritten = (text: string): string => JSON.stringify(parseLossless(text))

test.each([
  '9007199254740993',
  '1.0',
  '1e5',
  '1E+2',
  '0.10',
  '-0',
  '123456789012345678901234567890',
  '1.50e-7',
  '1e400',
])('%s is written as it was read', (number) => {
  expect(rewritten(number)).toBe(number)
  expect(rewritten(`{"a":[${number},{"b":${number}}]}`)).toBe(`{"a":[${number},{"b":${number}}]}`)
})

test('plain numbers are numbers', () => {
  expect(parseLossless('{"a":1,"b":-2.5,"c":0}')).toEqual({ a: 1, b: -2.5, c: 0 })
  expect(parseLossless('{"a":1,"long":12345678901234567890}')).toMatchObject({ a: 1 })
})

test('what is no JSON throws', () => {
  expect(() => parseLossless('{"a":1e5')).toThrow(SyntaxError)
  expect(() => parseLossless('{"a":01}')).toThrow(SyntaxError)
})

test('digits inside a string are a string', () => {
  expect(parseLossless('{"a":"12345678901234567890 1.0"}')).toEqual({ a: '12345678901234567890 1.0' })
})

test('any number text survives, and any value is what JSON.parse says', () => {
  const digits = fc.stringMatching(/^-?(?:0|[1-9][0-9]{0,25})(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,3})?$/)
  fc.assert(
    fc.property(digits, (number) => {
      expect(rewritten(`[${number}]`)).toBe(`[${number}]`)
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(rewritten(text))).toEqual(JSON.parse(text))
    }),
  )
})
