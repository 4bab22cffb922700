import { expect, test } from 'vitest'
import { createLiveMeasures } from './live-measures.ts'
import { priceUsage } from './price.ts'

const usage = (inputTokens: number, outputTokens: number, cachedInputTokens?: number) => ({
  inputTokens,
  outputTokens,
  cachedInputTokens,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
})

test('each kind of token is priced at its own rate, cached ones once', () => {
  const facts = { price_in: 2, price_out: 10, price_cached_in: 0.5 }
  expect(priceUsage(facts, usage(1_000_000, 100_000, 400_000))).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 1)
  expect(priceUsage({ price_in: 2, price_out: 10 }, usage(1_000_000, 0, 400_000))).toBeCloseTo(2)
})

test('an unknown price or count gives no cost instead of a wrong one', () => {
  expect(priceUsage({ price_out: 1 }, usage(1, 1))).toBeUndefined()
  expect(priceUsage({ price_in: 1, price_out: 1 }, { ...usage(1, 1), outputTokens: undefined })).toBeUndefined()
})

test('live measures follow a change of pace and ignore what was not measured', () => {
  const live = createLiveMeasures()
  expect(live.read('a')).toBeUndefined()
  live.record('a', { ttftMs: 100, tokensPerSecond: undefined })
  expect(live.read('a')).toEqual({ ttftMs: 100, tokensPerSecond: undefined })
  live.record('a', { ttftMs: 200, tokensPerSecond: 50 })
  expect(live.read('a')?.ttftMs).toBeCloseTo(120)
  for (let turn = 0; turn < 30; turn += 1) live.record('a', { ttftMs: 200, tokensPerSecond: 80 })
  expect(live.read('a')?.ttftMs).toBeGreaterThan(195)
})
