import type { Facts, LongPrompt } from './target.ts'

/** USD per million tokens of each kind. `undefined`: the catalogue does not say, and the nearest kind's rate stands in. */
export type Rates = Omit<LongPrompt, 'above_tokens'> &
  Pick<Facts, 'price_reasoning' | 'price_audio_in' | 'price_audio_cached_in' | 'price_audio_out' | 'price_image_out'>

/** What a cost rests on, where not on the rates of the way in which the call was served. */
export type CostBasis =
  /** The provider said it. */
  | 'provider'
  /** The provider named a tier, speed or place whose price is not known: the usual one stands in. */
  | 'standard_rates'

/** The rates in force for a prompt of `inputTokens`: some providers charge all tokens of a long prompt's call more. */
export function ratesOf(facts: Facts, inputTokens: number): Rates {
  const { long_prompt: long } = facts
  if (long === undefined || inputTokens <= long.above_tokens) return facts
  // An hour in the cache is priced by its multiple of the long prompt's rate where that is not said: the usual rate is less.
  const { price_cache_write_1h: _, ...others } = facts
  return { ...others, ...long }
}
