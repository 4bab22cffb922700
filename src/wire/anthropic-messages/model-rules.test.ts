import { expect, test } from 'vitest'
import { rulesOf } from './model-rules.ts'

// Names as Anthropic, Bedrock, Vertex and OpenRouter write them.
test.each([
  ['claude-3-haiku-20240307', 'none', 4_096],
  ['claude-3-5-sonnet-20241022', 'none', 8_192],
  ['claude-3-7-sonnet-20250219', 'budget', 8_192],
  ['claude-sonnet-4-20250514', 'budget', 32_000],
  ['claude-opus-4-1-20250805', 'budget', 32_000],
  ['claude-haiku-4-5-20251001', 'budget', 32_000],
  ['claude-opus-4-5@20251101', 'budget', 32_000],
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'budget', 32_000],
  ['anthropic/claude-sonnet-4.6', 'adaptive', 32_000],
  ['claude-opus-4-7', 'adaptive', 32_000],
  ['claude-opus-5', 'adaptive', 32_000],
  ['claude-haiku-5-5', 'adaptive', 32_000],
  ['claude-mythos-preview', 'adaptive', 32_000],
  ['deepseek-chat', 'budget', 8_192],
])('%s thinks by %s and gets %i tokens where nobody says how many', (model, thinking, tokens) => {
  expect(rulesOf(model)).toMatchObject({ thinking, defaultMaxTokens: tokens })
})

test('what newer generations refuse', () => {
  expect(rulesOf('claude-sonnet-4-6')).toMatchObject({ takesSampling: true, takesPrefill: false, takesBudget: true })
  expect(rulesOf('claude-opus-4-7')).toMatchObject({
    takesSampling: false,
    takesBudget: false,
    takesSystemTurns: false,
  })
  expect(rulesOf('claude-opus-4-8')).toMatchObject({ takesSystemTurns: true, canRestFromThinking: true })
  expect(rulesOf('claude-haiku-5-5')).toMatchObject({ canRestFromThinking: true, takesForcedTools: true })
  expect(rulesOf('claude-opus-5-5')).toMatchObject({ canRestFromThinking: false, takesForcedTools: false })
  expect(rulesOf('claude-fable-5')).toMatchObject({ canRestFromThinking: false, takesForcedTools: true })
  expect(rulesOf('claude-fable-5-1')).toMatchObject({ takesForcedTools: false })
})

test('what only some of a generation take', () => {
  expect(rulesOf('claude-opus-4-5').efforts).toEqual(['low', 'medium', 'high'])
  expect(rulesOf('claude-haiku-4-5').efforts).toEqual([])
  expect(rulesOf('claude-opus-4-1').takesSchemas).toBe(true)
  expect(rulesOf('claude-opus-4-20250514').takesSchemas).toBe(false)
})
