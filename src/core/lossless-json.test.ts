import { expect, test } from 'vitest'
import { parseKeeping } from './lossless-json.ts'

test('digits are kept in the members that are named, numbers are numbers everywhere else', () => {
  const text =
    '{"temperature":1.0,"messages":[{"input":{"id":12345678901234567890,"rate":1.50}}],"seed":12345678901234567890}'
  const value = parseKeeping(text, ['input']) as { temperature: unknown; messages: unknown; seed: unknown }
  expect(value.temperature).toBe(1)
  expect(typeof value.seed).toBe('number')
  expect(JSON.stringify(value.messages)).toBe('[{"input":{"id":12345678901234567890,"rate":1.50}}]')
  expect(parseKeeping(text, [])).toEqual(JSON.parse(text))
})

test('a body that is no JSON is refused as JSON.parse refuses it', () => {
  expect(() => parseKeeping('{"a":1.0', ['input'])).toThrow(SyntaxError)
})
