import { ratesOf } from '../../src/core/rates.ts'
import type { Target } from '../../src/core/target.ts'

// As providers say of their caches: five minutes since the last use, no prompt shorter than 1,024 tokens.
const CACHED_MS = 300_000
const LEAST_CACHED = 1_024

/** What a conversation's calls cost where every provider keeps the prompts that it saw in it. */
export function openBill() {
  const cached = new Map<string, { readonly tokens: number; readonly at: number }>()
  return (target: Target, promptTokens: number, outputTokens: number, at: number): number => {
    const rates = ratesOf(target.facts, promptTokens)
    const kept = cached.get(target.id)
    const isWarm = kept !== undefined && at - kept.at <= CACHED_MS && kept.tokens >= LEAST_CACHED
    const read = isWarm && rates.price_cached_in !== undefined ? Math.min(kept.tokens, promptTokens) : 0
    cached.set(target.id, { tokens: promptTokens, at })
    const { price_in: priceIn = 0, price_cached_in: priceCached = priceIn, price_out: priceOut = 0 } = rates
    return (priceIn * (promptTokens - read) + priceCached * read + priceOut * outputTokens) / 1_000_000
  }
}
