import { expect, test } from 'vitest'
import { NO_USAGE } from '../../src/core/stream-part.ts'
import type { Facts } from '../../src/core/target.ts'
import { decide, signals, tableRouter, target } from '../../src/route/test-pool.ts'
import { priceUsage } from '../../src/usage/price.ts'

// What a decision says that a call will cost is what the bill says, when the counts come true.

const PRICES: Facts = { price_in: 1.25, price_out: 10 }

async function estimated(facts: Facts, promptTokens: number, outputTokens: number, most?: number) {
  const { decision } = await decide(
    [target('m', { context_tokens: 2_000_000, ...facts })],
    {},
    {
      signals: signals({ promptTokens, maxOutputTokens: most }),
      router: tableRouter({ m: { quality: 0.5, outputTokens } }),
    },
  )
  return decision.candidates[0]?.cost_usd
}

test.each([
  ['a plain call', PRICES, 1_000, 500, undefined],
  [
    'a long prompt',
    { ...PRICES, long_prompt: { above_tokens: 200_000, price_in: 2.5, price_out: 15 } },
    300_000,
    500,
    undefined,
  ],
  [
    'a prompt just not long',
    { ...PRICES, long_prompt: { above_tokens: 200_000, price_in: 2.5 } },
    200_000,
    500,
    undefined,
  ],
  ['a free model', { price_in: 0, price_out: 0 }, 1_000, 500, undefined],
  ['a capped answer', PRICES, 1_000, 500, 100],
] as const)('%s is estimated at what it is billed', async (_, facts, promptTokens, outputTokens, most) => {
  const usage = { ...NO_USAGE, inputTokens: promptTokens, outputTokens: Math.min(outputTokens, most ?? outputTokens) }
  expect(await estimated(facts, promptTokens, outputTokens, most)).toBeCloseTo(priceUsage(facts, usage) ?? -1, 12)
})

test('a cached prompt costs less than was estimated, never more', async () => {
  const facts = { ...PRICES, price_cached_in: 0.125 }
  const usage = { ...NO_USAGE, inputTokens: 1_000, cachedInputTokens: 900, outputTokens: 500 }
  expect(priceUsage(facts, usage)).toBeLessThan((await estimated(facts, 1_000, 500)) ?? 0)
})
