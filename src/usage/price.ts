import type { CostBasis } from '../core/rates.ts'
import { ratesOf } from '../core/rates.ts'
import type { Usage } from '../core/stream-part.ts'
import type { Facts } from '../core/target.ts'

// What providers call the way that has no price of its own, place included. `not_available`: Anthropic's models without one.
const USUAL = new Set(['default', 'standard', 'on_demand', 'auto', 'unspecified', 'global', 'not_available'])

/**
 * Dollars for one answer: the provider's own word, or else each kind of token at its own rate; `undefined` when a price or
 * a count that matters is unknown. A kind without a rate of its own costs what the kind it is part of costs: never less
 * than the bill. Counts that the provider says it charges for stand in for those of the tokenizer.
 */
export function priceUsage(facts: Facts, usage: Usage): number | undefined {
  if (usage.costUsd !== undefined) return usage.costUsd
  const tokens = priceTokens(facts, usage)
  if (tokens === undefined) return undefined
  const factor = specialTerms(usage).reduce((product, term) => product * (facts.price_factors?.[term] ?? 1), 1)
  return tokens * factor + ((usage.webSearches ?? 0) * (facts.price_web_search ?? 0)) / 1_000
}

export function costBasisOf(facts: Facts, usage: Usage): CostBasis | undefined {
  if (usage.costUsd !== undefined) return 'provider'
  return specialTerms(usage).every((term) => facts.price_factors?.[term] !== undefined) ? undefined : 'standard_rates'
}

function specialTerms({ serviceTier, speed, inferenceGeo }: Usage): readonly string[] {
  return [serviceTier, speed, inferenceGeo].flatMap((term) => (term === undefined || USUAL.has(term) ? [] : [term]))
}

function priceTokens(facts: Facts, usage: Usage): number | undefined {
  const inputTokens = usage.billedInputTokens ?? usage.inputTokens
  const outputTokens = usage.billedOutputTokens ?? usage.outputTokens
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  // A prompt is long by what the model reads, whatever of it is charged.
  const rates = ratesOf(facts, usage.inputTokens ?? inputTokens)
  const { price_in: inputRate, price_out: outputRate } = rates
  if (inputRate === undefined || outputRate === undefined) return undefined

  const cached = Math.min(inputTokens, usage.cachedInputTokens ?? 0)
  const written = Math.min(inputTokens - cached, usage.cacheWriteTokens ?? 0)
  const keptLong = Math.min(written, usage.longCacheWriteTokens ?? 0)
  const writeRate = rates.price_cache_write ?? inputRate
  const fresh = inputTokens - cached - written
  const sound = usage.inputAudioTokens ?? usage.cachedAudioTokens ?? 0
  // Gemini says how much of the sound was cached. Where nobody does, sound is taken as fresh first: it costs most.
  const freshAudio = Math.min(fresh, sound - Math.min(sound, usage.cachedAudioTokens ?? 0))
  const cachedAudio = Math.min(cached, sound - freshAudio)
  const cachedRate = rates.price_cached_in ?? inputRate
  const input =
    (fresh - freshAudio) * inputRate +
    freshAudio * (rates.price_audio_in ?? inputRate) +
    (cached - cachedAudio) * cachedRate +
    cachedAudio * (rates.price_audio_cached_in ?? cachedRate) +
    (written - keptLong) * writeRate +
    keptLong * (rates.price_cache_write_1h ?? Math.max(writeRate, HOUR_FACTOR * inputRate))

  const audio = Math.min(outputTokens, usage.outputAudioTokens ?? 0)
  const image = Math.min(outputTokens - audio, usage.outputImageTokens ?? 0)
  const reasoning = Math.min(outputTokens - audio - image, usage.reasoningTokens ?? 0)
  const output =
    (outputTokens - audio - image - reasoning) * outputRate +
    image * (rates.price_image_out ?? outputRate) +
    audio * (rates.price_audio_out ?? outputRate) +
    reasoning * (rates.price_reasoning ?? outputRate)
  return (input + output) / 1_000_000
}

// Claude alone is kept for an hour, at twice the prompt's rate wherever it is sold.
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
const HOUR_FACTOR = 2
