import type { JsonObject, JsonValue } from '../../core/json.ts'
import { objectOf } from './read-json.ts'

// What upstreams say of the bill.

// https://docs.x.ai/developers/cost-tracking
const TICKS_PER_USD = 10_000_000_000

/**
 * USD that an upstream says the call cost, all of it: xAI in ticks, OpenRouter in credits of a dollar
 * (https://openrouter.ai/docs/use-cases/usage-accounting), Perplexity by its parts
 * (https://docs.perplexity.ai/api-reference/chat-completions-post). `undefined` where it does not say.
 */
export function readCost(usage: JsonObject): number | undefined {
  const { cost } = usage
  const ticks = amountOf(usage['cost_in_usd_ticks'])
  if (ticks !== undefined) return ticks / TICKS_PER_USD
  const credits = amountOf(cost)
  if (credits !== undefined) return credits + ownKeyCost(usage)
  const { total_cost: total, currency = 'USD' } = objectOf(cost)
  return currency === 'USD' ? amountOf(total) : undefined
}

/** With a key of one's own at the vendor, OpenRouter's `cost` is its fee alone. https://openrouter.ai/docs/use-cases/byok */
function ownKeyCost(usage: JsonObject): number {
  return usage['is_byok'] === true ? (amountOf(objectOf(usage['cost_details'])['upstream_inference_cost']) ?? 0) : 0
}

const MAX_WORD = 40

/** An upstream's word for how it served a call, in lower case: a tier, a speed, a place. */
export function readTerm(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_WORD).toLowerCase() : undefined
}

function amountOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
