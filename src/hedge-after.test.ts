import { expect, test } from 'vitest'
import type { Target } from './core/target.ts'
import { hedgeAfterMs } from './hedge-after.ts'
import type { LiveMeasure } from './usage/live-measures.ts'

const TARGET: Target = {
  id: 'up/m',
  provider: 'up',
  model: 'm',
  format: 'openai-chat',
  baseUrl: 'http://x',
  catalogId: undefined,
  facts: { ttft_ms: 700, tokens_per_second: 100 },
}
const SETTINGS = { share: 0.05, minMs: 500 }
const STREAM = { stream: true, promptTokens: 10, decision: undefined }

function seen(measured: Partial<LiveMeasure>) {
  return { read: () => measured as LiveMeasure }
}

test('a stream is slow when 95 of 100 would have begun, and never before the least wait', () => {
  expect(hedgeAfterMs(TARGET, SETTINGS, STREAM, seen({ ttftMsP95: 2_000 }))).toBe(2_000)
  expect(hedgeAfterMs(TARGET, SETTINGS, STREAM, seen({ ttftMsP95: 20 }))).toBe(500)
  expect(hedgeAfterMs(TARGET, SETTINGS, STREAM, { read: () => undefined })).toBe(700)
  expect(hedgeAfterMs({ ...TARGET, facts: {} }, SETTINGS, STREAM, { read: () => undefined })).toBe(500)
})

test('a whole answer has the time that its tokens take as well', () => {
  const whole = { ...STREAM, stream: false }
  expect(hedgeAfterMs(TARGET, SETTINGS, whole, seen({ ttftMsP95: 1_000, tokensPerSecond: 250 }))).toBe(4_000)
})
