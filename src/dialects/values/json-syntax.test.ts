import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isJsonSyntax } from './json-syntax.ts'

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // No JSON.
    return false
  }
}

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(...'{}[]:,"\\ \n\t\r-+.0123456789eEtruefalsn\u00a0\ufeff\ud800'),
    fc.constantFrom(
      '"a":',
      '"a"',
      '"\\u00e9"',
      '"\\x"',
      '"\\u12"',
      'true',
      'null',
      '-0',
      '01',
      '1.',
      '1e5',
      '{}',
      '[]',
      '""',
    ),
  ),
  { maxLength: 12 },
)

test('it says what JSON.parse says', () => {
  const wrong = (text: string): boolean => isJsonSyntax(text) !== parses(text)
  fc.assert(
    fc.property(pieces, (made) => !wrong(made.join(''))),
    { numRuns: 20_000, seed: 1 },
  )
  fc.assert(
    fc.property(fc.json(), (text) => isJsonSyntax(text) && isJsonSyntax(` ${text}\n`)),
    { numRuns: 2_000, seed: 1 },
  )
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 1 }), (text, at, other) => {
      const place = at % (text.length + 1)
      return !wrong(text.slice(0, place) + other + text.slice(place + 1))
    }),
    { numRuns: 5_000, seed: 1 },
  )
})

test.each([
  '',
  ' ',
  '{',
  '"\\\\1',
  '[1,]',
  '{"a":1,}',
  '{"a" 1}',
  '{,}',
  '[,1]',
  '1 2',
  '{}}',
  '{]',
  '"\t"',
  "'a'",
  '\u00a01',
])('%j is none', (text) => {
  expect(isJsonSyntax(text)).toBe(false)
})

test('depth and length cost no stack', () => {
  expect(isJsonSyntax(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBe(true)
  expect(isJsonSyntax('['.repeat(100_000))).toBe(false)
  expect(isJsonSyntax(`"${'\\"'.repeat(500_000)}"`)).toBe(true)
})
