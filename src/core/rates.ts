import type { Facts, LongPrompt } from './target.ts'

/** USD per million tokens of each kind. `undefined`: the catalogue does not say, and the nearest kind's rate stands in. */
export type Rates = Omit<LongPrompt, 'above_tokens'> &
  Pick<Facts, 'price_reasoning' | 'price_audio_in' | 'price_audio_cached_in' | 'price_audio_out'>

/** The rates in force for a prompt of `inputTokens`: some providers charge all tokens of a long prompt's call more. */
export function ratesOf(facts: Facts, inputTokens: number): Rates {
  const { long_prompt: long } = facts
  return long !== undefined && inputTokens > long.above_tokens ? { ...facts, ...long } : facts
}
