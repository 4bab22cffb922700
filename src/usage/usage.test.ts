import { expect, test } from 'vitest'
import type { Usage } from '../core/stream-part.ts'
import { costBasisOf, priceUsage } from './price.ts'

const usage = (inputTokens: number, outputTokens: number, cachedInputTokens?: number) => ({
  inputTokens,
  outputTokens,
  cachedInputTokens,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
})

test('T-40 each kind of token is priced at its own rate, cached ones once', () => {
  const facts = { price_in: 2, price_out: 10, price_cached_in: 0.5 }
  expect(priceUsage(facts, usage(1_000_000, 100_000, 400_000))).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 1)
  expect(priceUsage({ price_in: 2, price_out: 10 }, usage(1_000_000, 0, 400_000))).toBeCloseTo(2)
})

test('an hour in the cache, sound, and reasoning have their rates, and what has none costs what it is part of', () => {
  const facts = {
    price_in: 2,
    price_out: 10,
    price_cached_in: 0.2,
    price_cache_write: 2.5,
    price_cache_write_1h: 4,
    price_reasoning: 3,
    price_audio_in: 20,
    price_audio_out: 40,
  }
  const full = {
    ...usage(1_000_000, 500_000, 200_000),
    cacheWriteTokens: 300_000,
    longCacheWriteTokens: 100_000,
    inputAudioTokens: 50_000,
    outputAudioTokens: 200_000,
    reasoningTokens: 100_000,
  }
  const input = 0.45 * 2 + 0.05 * 20 + 0.2 * 0.2 + 0.2 * 2.5 + 0.1 * 4
  expect(priceUsage(facts, full)).toBeCloseTo(input + 0.2 * 10 + 0.2 * 40 + 0.1 * 3, 10)
  // But for the hour, which is twice the prompt's rate everywhere.
  expect(priceUsage({ price_in: 2, price_out: 10 }, full)).toBeCloseTo(0.9 * 2 + 0.1 * 4 + 5, 10)
})

test('what the provider says it charges for is priced, by the rates of the prompt that was read', () => {
  const facts = { price_in: 1, price_out: 4, long_prompt: { above_tokens: 100, price_in: 2, price_out: 8 } }
  const billed = { ...usage(504, 4), billedInputTokens: 9, billedOutputTokens: 3 }
  expect(priceUsage({ price_in: 1, price_out: 4 }, billed)).toBeCloseTo((9 + 3 * 4) / 1e6, 12)
  expect(priceUsage(facts, billed)).toBeCloseTo((9 * 2 + 3 * 8) / 1e6, 12)
  expect(priceUsage({ price_in: 1, price_out: 4 }, { ...usage(504, 4), billedInputTokens: 9 })).toBeCloseTo(
    25 / 1e6,
    12,
  )
  // The cache is part of what was read: no more of it is charged than there is on the bill.
  const cached = { ...billed, cachedInputTokens: 448 }
  expect(priceUsage({ price_in: 1, price_out: 4 }, cached)).toBeCloseTo((9 + 3 * 4) / 1e6, 12)
})

test('cached sound has its own rate where the provider says how much of it there was', () => {
  const facts = { price_in: 1, price_out: 1, price_cached_in: 0.1, price_audio_in: 10, price_audio_cached_in: 2 }
  const mixed = { ...usage(1_000, 0, 400), inputAudioTokens: 400 }
  expect(priceUsage(facts, { ...mixed, cachedAudioTokens: 400 })).toBeCloseTo((600 + 400 * 2) / 1e6, 12)
  expect(priceUsage(facts, { ...mixed, cachedAudioTokens: 100 })).toBeCloseTo(
    (300 + 300 * 10 + 300 * 0.1 + 100 * 2) / 1e6,
    12,
  )
  expect(priceUsage(facts, { ...mixed, cachedAudioTokens: 0 })).toBeCloseTo((200 + 4_000 + 40) / 1e6, 12)
  // Not said: sound is taken as fresh.
  expect(priceUsage(facts, mixed)).toBeCloseTo((200 + 4_000 + 40) / 1e6, 12)
})

test('a long prompt moves the whole call to its own rates', () => {
  const facts = { price_in: 1, price_out: 4, long_prompt: { above_tokens: 200_000, price_in: 2, price_out: 6 } }
  expect(priceUsage(facts, usage(200_000, 100_000))).toBeCloseTo(0.2 + 0.4, 10)
  expect(priceUsage(facts, usage(200_001, 100_000))).toBeCloseTo(0.400002 + 0.6, 10)
})

test('an hour in the cache is twice the prompt’s rate where its own is not known, of a long prompt as well', () => {
  // Bedrock's Claude Sonnet 4.6, and a call of the reviewer's.
  const sonnet = { price_in: 3, price_out: 15, price_cached_in: 0.3, price_cache_write: 3.75 }
  const kept = { ...usage(1_100, 50), cacheWriteTokens: 1_000, longCacheWriteTokens: 1_000 }
  expect(priceUsage(sonnet, kept)).toBeCloseTo(0.00705, 10)
  const long = {
    ...sonnet,
    price_cache_write_1h: 6,
    long_prompt: { above_tokens: 1_000, price_in: 6, price_out: 22.5 },
  }
  expect(priceUsage(long, kept)).toBeCloseTo((100 * 6 + 1_000 * 12 + 50 * 22.5) / 1e6, 10)
})

test('a tier, a speed and a place multiply the rates of tokens, and one without a price is marked', () => {
  const facts = { price_in: 1.25, price_out: 10, price_factors: { flex: 0.5, priority: 2, fast: 6, us: 1.1 } }
  const said = usage(1_000, 1_000)
  const cost = (terms: Partial<Usage>) => [
    priceUsage(facts, { ...said, ...terms }),
    costBasisOf(facts, { ...said, ...terms }),
  ]
  expect(cost({ serviceTier: 'default' })).toEqual([0.01125, undefined])
  expect(cost({ serviceTier: 'standard', speed: 'standard', inferenceGeo: 'not_available' })).toEqual([
    0.01125,
    undefined,
  ])
  expect(cost({ serviceTier: 'flex' })).toEqual([0.005625, undefined])
  expect(cost({ serviceTier: 'priority' })).toEqual([0.0225, undefined])
  expect(cost({ serviceTier: 'scale' })).toEqual([0.01125, 'standard_rates'])
  const [both, basis] = cost({ serviceTier: 'standard', speed: 'fast', inferenceGeo: 'us' })
  expect(both).toBeCloseTo(0.01125 * 6.6, 10)
  expect(basis).toBeUndefined()
})

test('searches are paid by the thousand, beside the tokens', () => {
  const facts = { price_in: 1, price_out: 1, price_web_search: 10, price_factors: { fast: 2 } }
  expect(priceUsage(facts, { ...usage(0, 0), webSearches: 3, speed: 'fast' })).toBeCloseTo(0.03, 10)
})

test('pictures have a rate of their own', () => {
  const drawn = { ...usage(0, 1_300), outputImageTokens: 1_290 }
  expect(priceUsage({ price_in: 0.3, price_out: 2.5, price_image_out: 30 }, drawn)).toBeCloseTo(
    (10 * 2.5 + 1_290 * 30) / 1e6,
    10,
  )
  expect(priceUsage({ price_in: 0.3, price_out: 2.5 }, drawn)).toBeCloseTo((1_300 * 2.5) / 1e6, 10)
})

test('what the provider says it charged is the cost, with or without rates', () => {
  const billed = { ...usage(1_000, 1_000), costUsd: 0.5, serviceTier: 'scale' }
  expect([priceUsage({}, billed), costBasisOf({}, billed)]).toEqual([0.5, 'provider'])
  expect(priceUsage({ price_in: 1, price_out: 1 }, billed)).toBe(0.5)
})

test('an unknown price or count gives no cost instead of a wrong one', () => {
  expect(priceUsage({ price_out: 1 }, usage(1, 1))).toBeUndefined()
  expect(priceUsage({ price_in: 1, price_out: 1 }, { ...usage(1, 1), outputTokens: undefined })).toBeUndefined()
})
