import { expect, test } from 'vitest'
import { exactName, plainName } from './model-name.ts'

test.each([
  ['anthropic/claude-haiku-4.5', 'claude-haiku-4-5'],
  ['Claude-Haiku-4-5', 'claude-haiku-4-5'],
  ['local/llama3.1:8b', 'llama3-1-8b'],
])('%s compares as %s', (name, expected) => {
  expect(exactName(name)).toBe(expected)
})

test.each([
  ['meta-llama/Llama-3.1-8B-Instruct', 'llama-3-1-8b'],
  ['llama-3.1-8b-instant', 'llama-3-1-8b'],
  ['gpt-4o-2024-08-06', 'gpt-4o'],
  ['gemini-3.1-pro-preview', 'gemini-3-1-pro'],
  ['gpt-5-mini', 'gpt-5-mini'],
])('%s without packaging is %s', (name, expected) => {
  expect(plainName(name)).toBe(expected)
})
