import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_USAGE } from '../core/stream-part.ts'
import { priceUsage } from '../usage/price.ts'
import type { CallShape } from './call-bounds.ts'
import { callBounds } from './call-bounds.ts'

const SHAPE: CallShape = {
  promptTokens: 100,
  hasAudio: false,
  keepsLong: false,
  maxOutputTokens: undefined,
  choices: 1,
  terms: [],
}

test('a call that keeps to its bounds costs no more than was set aside', () => {
  const call = fc.record({
    promptTokens: fc.nat(200_000),
    saidMost: fc.option(fc.integer({ min: 1, max: 50_000 }), { nil: undefined }),
    modelMost: fc.option(fc.integer({ min: 1, max: 64_000 }), { nil: undefined }),
    expected: fc.integer({ min: 1, max: 4_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    written: fc.boolean(),
  })
  fc.assert(
    fc.property(call, ({ promptTokens, saidMost, modelMost, expected, share, written }) => {
      const facts = {
        price_in: 3,
        price_out: 15,
        price_cache_write: 3.75,
        price_factors: { priority: 2 },
        long_prompt: { above_tokens: 100_000, price_in: 6, price_out: 22.5 },
        ...(modelMost === undefined ? {} : { max_output_tokens: modelMost }),
      }
      const shape = { ...SHAPE, promptTokens, maxOutputTokens: saidMost, terms: ['priority'] }
      const bounds = callBounds(facts, shape, { expectedOutput: expected })
      if (bounds === undefined) throw new Error('no bounds')
      expect(bounds.least).toBeLessThanOrEqual(bounds.full)
      for (const granted of [bounds.full, bounds.least]) {
        const most = bounds.outputFor(granted) ?? Math.min(saidMost ?? 32_768, modelMost ?? 32_768)
        const outputTokens = Math.floor(most * share)
        const usage = {
          ...NO_USAGE,
          inputTokens: promptTokens,
          outputTokens,
          serviceTier: 'priority',
          ...(written ? { cacheWriteTokens: promptTokens } : {}),
        }
        expect((priceUsage(facts, usage) ?? Infinity) * 1e9).toBeLessThanOrEqual(granted + 1)
      }
    }),
  )
})

test('no answer is bounded while all that it is thought to cost is paid for, and each is where less was set aside', () => {
  const facts = { price_in: 1, price_out: 2 }
  const bounded = callBounds(facts, { ...SHAPE, maxOutputTokens: 50 }, { expectedOutput: 10 })
  expect(bounded?.outputFor(bounded.full)).toBeUndefined()
  const open = callBounds(facts, SHAPE, { expectedOutput: 10 })
  expect(open?.outputFor(open.full)).toBeUndefined()
  expect(open?.outputFor(open.full - 4_000_000)).toBe(30_768)
  expect(open?.outputFor(open.least)).toBe(256)
})

test('what costs nothing needs nothing, and where no price is known nothing is known', () => {
  expect(callBounds({ price_in: 0, price_out: 0 }, SHAPE, { expectedOutput: 10 })).toMatchObject({ full: 0, least: 0 })
  expect(callBounds({ price_in: 1 }, SHAPE, { expectedOutput: 10 })).toBeUndefined()
})
