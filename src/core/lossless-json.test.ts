import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLossless } from './lossless-json.ts'

const rewritten = (text: string): string => JSON.stringify(parseLossless(text))

test.each(['9007199254740993', '-9007199254740993', '123456789012345678901234567890', '1000000000000000000000'])(
  '%s is written as it was read',
  (number) => {
    expect(rewritten(number)).toBe(number)
    expect(rewritten(`{"a":[${number},{"b":${number}}]}`)).toBe(`{"a":[${number},{"b":${number}}]}`)
  },
)

test('whatever a double can hold is a number, and so are fractions', () => {
  const text =
    '{"a":1,"b":-2.5,"c":0,"d":1e-7,"e":9007199254740991,"f":0.12345678901234567,"long":12345678901234567890}'
  const { long: _, ...plain } = JSON.parse(text)
  expect(parseLossless(text)).toMatchObject(plain)
})

test('what is no JSON throws', () => {
  expect(() => parseLossless('{"a":12345678901234567890')).toThrow(SyntaxError)
  expect(() => parseLossless('{"a":01}')).toThrow(SyntaxError)
})

test('digits inside a string are a string', () => {
  expect(parseLossless('{"a":"12345678901234567890"}')).toEqual({ a: '12345678901234567890' })
})

test('any integer survives, and any value is what JSON.parse says', () => {
  fc.assert(
    fc.property(fc.bigInt(), (number) => {
      expect(rewritten(`[${number}]`)).toBe(`[${number}]`)
    }),
  )
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(rewritten(text))).toEqual(JSON.parse(text))
    }),
  )
})
