import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test('a slip of the finger finds its name, a stranger finds none', () => {
  const names = ['openai/gpt-5-mini', 'openai/gpt-5', 'anthropic/claude-haiku-4-5']
  expect(nearest('openai/gtp-5-mini', names)[0]).toBe('openai/gpt-5-mini')
  expect(nearest('gpt-5-mini', names)[0]).toBe('openai/gpt-5-mini')
  expect(nearest('zzzzzzzz', names)).toEqual([])
})
