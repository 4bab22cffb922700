import { expect, test } from 'vitest'
import { GatewayError } from './errors.ts'
import { MAX_JSON_DEPTH } from './json-depth.ts'
import { parseKeeping, parseLossless } from './lossless-json.ts'

const lists = (depth: number, inner = '1'): string => '['.repeat(depth) + inner + ']'.repeat(depth)
const LONG = '12345678901234567890'

test('what is as deep as allowed is read, with its large numbers, and written as it was', () => {
  const text = lists(MAX_JSON_DEPTH, LONG)
  expect(JSON.stringify(parseLossless(text))).toBe(text)
})

test.each([
  [1, '1'],
  [1, LONG],
  [100_000, '1'],
  [100_000, LONG],
])('%i levels more than allowed around %s are refused with where they begin', (more, inner) => {
  const text = `{"a":{"b":[0,${lists(MAX_JSON_DEPTH - 3 + more, inner)}]}}`
  for (const parse of [parseLossless, (said: string) => parseKeeping(said, ['b'])]) {
    let thrown: unknown
    try {
      parse(text)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(GatewayError)
    expect(thrown).toMatchObject({ code: 'invalid_request', param: 'a.b[1][0][0]' })
  }
})
