import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesModels, matchesPattern } from './match-models.ts'

const admitted = (patterns: readonly string[]): string[] =>
  ['openai/gpt-5', 'openai/gpt-5-mini', 'groq/openai/gpt-oss-20b', 'local/llama3.1:8b'].filter((id) =>
    matchesModels(id, patterns),
  )

test('a star stands for any characters, slashes too', () => {
  expect(admitted(['openai/*'])).toEqual(['openai/gpt-5', 'openai/gpt-5-mini'])
  expect(admitted(['*gpt*'])).toEqual(['openai/gpt-5', 'openai/gpt-5-mini', 'groq/openai/gpt-oss-20b'])
  expect(admitted(['*/gpt-5'])).toEqual(['openai/gpt-5'])
})

test('a pattern without a star is the whole name, in any case', () => {
  expect(admitted(['openai/gpt-5'])).toEqual(['openai/gpt-5'])
  expect(admitted(['OpenAI/GPT-5'])).toEqual(['openai/gpt-5'])
  expect(admitted(['gpt-5'])).toEqual([])
})

test('a denial wins wherever it stands in the list', () => {
  expect(admitted(['openai/*', '!*mini'])).toEqual(['openai/gpt-5'])
  expect(admitted(['!*mini', 'openai/*'])).toEqual(['openai/gpt-5'])
})

test('denials alone admit everything else, and no pattern admits everything', () => {
  expect(admitted(['!openai/*'])).toEqual(['groq/openai/gpt-oss-20b', 'local/llama3.1:8b'])
  expect(admitted([])).toHaveLength(4)
})

test('the order of the patterns never matters', () => {
  const pattern = fc.constantFrom('openai/*', '!*mini', '*', '!groq/*', 'local/llama3.1:8b', '!*')
  fc.assert(
    fc.property(fc.array(pattern), (patterns) => {
      expect(admitted(patterns.toReversed())).toEqual(admitted(patterns))
    }),
  )
})

test('a star pattern agrees with the regular expression of the same meaning', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 8 }).map((letters) => letters.join(''))
  const pattern = fc.array(fc.constantFrom('a', 'b', '/', '*'), { maxLength: 6 }).map((letters) => letters.join(''))
  fc.assert(
    fc.property(text, pattern, (id, wanted) => {
      expect(matchesPattern(id, wanted)).toBe(new RegExp(`^${wanted.replaceAll('*', '.*')}$`).test(id))
    }),
  )
})
