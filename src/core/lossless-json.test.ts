import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAnswer, parseExact, parseKeeping, parseLossless } from './lossless-json.ts'

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

test('digits are kept in the members that are named, numbers are numbers everywhere else', () => {
  const text =
    '{"temperature":1.0,"messages":[{"input":{"id":12345678901234567890,"rate":1.50}}],"seed":12345678901234567890}'
  const value = parseKeeping(text, ['input']) as { temperature: unknown; messages: unknown; seed: unknown }
  expect(value.temperature).toBe(1)
  expect(typeof value.seed).toBe('number')
  expect(JSON.stringify(value.messages)).toBe('[{"input":{"id":12345678901234567890,"rate":1.5}}]')
  expect(parseKeeping(text, [])).toEqual(JSON.parse(text))
})

test('digits of schemas are kept, whatever else is', () => {
  const schema = '{"properties":{"id":{"maximum":9223372036854775807}}}'
  const text = `{"tools":[{"parameters":${schema}},{"input_schema":${schema}}],"seed":9223372036854775807}`
  const value = parseKeeping(text, []) as { tools: unknown; seed: unknown }
  expect(JSON.stringify(value.tools)).toBe(`[{"parameters":${schema}},{"input_schema":${schema}}]`)
  expect(typeof value.seed).toBe('number')
})

test('a long integer is found wherever it stands, and digits of a name are none', () => {
  for (let before = 0; before < 40; before += 1) {
    for (const number of ['9007199254740993', '-12345678901234567', '1234567890123456789012345678901234567890']) {
      for (const space of ['', ' ', '\n'])
        expect(rewritten(`{"${'x'.repeat(before)}":${space}${number}${space}}`)).toContain(`:${number}}`)
    }
  }
  const id = '{"id":"call_1234567890123456789","n":1}'
  expect(parseLossless(id)).toEqual(JSON.parse(id))
})

test('a text of a million digits is looked through once', () => {
  const text = JSON.stringify({ a: '1'.repeat(1_000_000) })
  expect(parseKeeping(text, [])).toEqual(JSON.parse(text))
})

test('a long integer behind long digits is found', () => {
  for (let digits = 15; digits < 60; digits += 1) {
    const text = `{"a":"${'1'.repeat(digits)}","b":9007199254740993}`
    expect(rewritten(text)).toBe(text)
  }
})

test('a body that is no JSON is refused as JSON.parse refuses it', () => {
  expect(() => parseKeeping('{"a":1.0', ['input'])).toThrow(SyntaxError)
})

test('every number is kept as it was written', () => {
  for (const number of [
    '1.0',
    '-0',
    '-0.0',
    '1.50',
    '1e3',
    '1.5E-07',
    '0.12345678901234567890',
    '9007199254740993',
    '0',
  ])
    for (const text of [number, `{"a":${number}}`, `{"a": ${number} ,"b":[${number},${number}]}`])
      expect(JSON.stringify(parseExact(text))).toBe(text.replaceAll(' ', ''))
})

test('any JSON is written by its numbers’ own texts', () => {
  const number = fc
    .tuple(fc.bigInt(), fc.stringMatching(/^(\.\d{1,20})?([eE][-+]?\d{1,3})?$/))
    .map(([whole, rest]) => `${whole}${rest}`)
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const text = `{"a":[${numbers.join(',')}]}`
      expect(JSON.stringify(parseExact(text))).toBe(text)
    }),
  )
})

test('of an answer the arguments of calls are as they were written, and all else are numbers', () => {
  const args = '{"f":1.0,"g":[{"h":1e3}],"id":12345678901234567890}'
  for (const member of ['args', 'arguments', 'input']) {
    const value = parseAnswer(`{"call":{"${member}":${args}},"logprob":0.0,"n":1.50}`) as Record<string, unknown>
    expect([value['logprob'], value['n']]).toEqual([0, 1.5])
    expect(JSON.stringify(value['call'])).toBe(`{"${member}":${args}}`)
  }
})
