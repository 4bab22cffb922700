import { ratesOf } from '../core/rates.ts'
import type { Usage } from '../core/stream-part.ts'
import type { Facts } from '../core/target.ts'

/**
 * Dollars for one answer, each kind of token at its own rate; `undefined` when a price or a count that matters is
 * unknown. A kind without a rate of its own costs what the kind it is part of costs: never less than the bill.
 */
export function priceUsage(facts: Facts, usage: Usage): number | undefined {
  const { inputTokens, outputTokens } = usage
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  const rates = ratesOf(facts, inputTokens)
  const { price_in: inputRate, price_out: outputRate } = rates
  if (inputRate === undefined || outputRate === undefined) return undefined

  const cached = usage.cachedInputTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const keptLong = Math.min(written, usage.longCacheWriteTokens ?? 0)
  const writeRate = rates.price_cache_write ?? inputRate
  // Providers do not say how much of the sound was cached: what is not fresh text is taken as sound last.
  const fresh = Math.max(0, inputTokens - cached - written)
  const freshAudio = Math.min(fresh, usage.inputAudioTokens ?? 0)
  const cachedAudio = Math.min(cached, (usage.inputAudioTokens ?? 0) - freshAudio)
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
