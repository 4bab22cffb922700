import { expect, test } from 'vitest'
import { isIdleParameter } from './idle-parameter.ts'

test.each([
  ['logit_bias', {}, { 50256: -100 }],
  ['modalities', ['text'], ['text', 'audio']],
  ['service_tier', 'auto', 'flex'],
  ['verbosity', 'medium', 'low'],
  ['store', false, true],
  ['presence_penalty', 0, 0.5],
  ['temperature', 1, 0],
  ['prompt_cache_key', null, 'k'],
  ['seed', undefined, 0],
])('%s: %j asks for nothing, %j does', (name, idle, asking) => {
  expect(isIdleParameter(name, idle)).toBe(true)
  expect(isIdleParameter(name, asking)).toBe(false)
})
