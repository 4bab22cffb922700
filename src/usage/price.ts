import { ratesOf } from '../core/rates.ts'
import type { Usage } from '../core/stream-part.ts'
import type { Facts } from '../core/target.ts'

/**
 * Dollars for one answer, each kind of token at its own rate; `undefined` when a price or a count that matters is
 * unknown. A kind without a rate of its own costs what the kind it is part of costs: never less than the bill. Counts
 * that the provider says it charges for stand in for those of the tokenizer.
 */
export function priceUsage(facts: Facts, usage: Usage): number | undefined {
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
    keptLong * (rates.price_cache_write_1h ?? writeRate)

  const audio = Math.min(outputTokens, usage.outputAudioTokens ?? 0)
  const reasoning = Math.min(outputTokens - audio, usage.reasoningTokens ?? 0)
  const output =
    (outputTokens - audio - reasoning) * outputRate +
    audio * (rates.price_audio_out ?? outputRate) +
    reasoning * (rates.price_reasoning ?? outputRate)
  return (input + output) / 1_000_000
}
