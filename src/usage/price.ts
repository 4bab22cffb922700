import type { Usage } from '../core/stream-part.ts'
import type { Facts } from '../core/target.ts'

/**
 * Dollars for one answer, each kind of token at its own rate; `undefined` when a price or a count that matters is
 * unknown. Cached tokens without a rate of their own cost the full input price: never less than the bill.
 */
export function priceUsage(facts: Facts, usage: Usage): number | undefined {
  const { price_in: inputRate, price_out: outputRate } = facts
  if (inputRate === undefined || outputRate === undefined) return undefined
  if (usage.inputTokens === undefined || usage.outputTokens === undefined) return undefined
  const cached = usage.cachedInputTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const fresh = Math.max(0, usage.inputTokens - cached - written)
  const total =
    fresh * inputRate +
    cached * (facts.price_cached_in ?? inputRate) +
    written * (facts.price_cache_write ?? inputRate) +
    usage.outputTokens * outputRate
  return total / 1_000_000
}
