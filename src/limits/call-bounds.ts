import type { Cost } from '../core/counters.ts'
import { ratesOf } from '../core/rates.ts'
import type { Facts } from '../core/target.ts'

/** What is known of a call before it is sent. */
export type CallShape = {
  /** As estimated. */
  readonly promptTokens: number
  readonly hasAudio: boolean
  /** Something is to be kept in the provider's cache for an hour. */
  readonly keepsLong: boolean
  /** The client's own bound on the answer, in tokens. */
  readonly maxOutputTokens: number | undefined
  /** Answers asked for at once. */
  readonly choices: number
  /** Tier or speed that the client asks for, by the provider's word. */
  readonly terms: readonly string[]
}

/** What a call can cost at one target, in nano-dollars. */
export type CallBounds = Cost & {
  /** How many tokens each of its answers may have, lest it cost more than `nanoUsd`; `undefined` where that cannot happen. */
  outputFor(nanoUsd: number): number | undefined
}

// The estimate is off by half at worst (classify/token-estimate.ts).
const PROMPT_FACTOR = 2
const PROMPT_SLACK = 64
const LEAST_OUTPUT = 256
// Of a model of which nobody says how much it can write; what it writes beyond that is not set aside.
const MOST_OUTPUT = 32_768
const NANO_USD_A_TOKEN = 1_000

/** `undefined` where the model's prices are not known. `rounds`: how often it may be asked, each time with the whole prompt. */
export function callBounds(
  facts: Facts,
  shape: CallShape,
  { expectedOutput = 0, rounds = 1 }: { readonly expectedOutput?: number | undefined; readonly rounds?: number },
): CallBounds | undefined {
  const { context_tokens: context = Number.POSITIVE_INFINITY } = facts
  const promptTokens = Math.min(shape.promptTokens * PROMPT_FACTOR + PROMPT_SLACK, context)
  const rates = dearest(facts, shape, promptTokens)
  if (rates === undefined) return undefined
  const { max_output_tokens: most } = facts
  const said = Math.min(shape.maxOutputTokens ?? Number.POSITIVE_INFINITY, most ?? Number.POSITIVE_INFINITY)
  const isBounded = Number.isFinite(said)
  const longest = isBounded ? said : MOST_OUTPUT
  const prompt = promptTokens * rates.input
  const perToken = rates.output * shape.choices
  const costOf = (tokens: number): number => Math.ceil(rounds * (prompt + tokens * perToken))
  const full = costOf(longest)
  return {
    full,
    least: costOf(Math.min(longest, Math.max(LEAST_OUTPUT, 2 * expectedOutput))),
    outputFor(nanoUsd) {
      if (perToken === 0 || nanoUsd >= full) return undefined
      return Math.max(1, Math.min(longest, Math.floor((nanoUsd / rounds - prompt) / perToken)))
    },
  }
}

/** Nano-dollars a token, of the kinds that may occur in the call. */
function dearest(
  facts: Facts,
  { hasAudio, keepsLong, terms }: CallShape,
  promptTokens: number,
): { readonly input: number; readonly output: number } | undefined {
  const rates = ratesOf(facts, promptTokens)
  const { price_in: input, price_out: output } = rates
  if (input === undefined || output === undefined) return undefined
  const written = rates.price_cache_write ?? 0
  const kept = keepsLong ? (rates.price_cache_write_1h ?? 2 * input) : 0
  const heard = hasAudio ? (rates.price_audio_in ?? 0) : 0
  const out = facts.modalities_out ?? []
  const spoken = out.includes('audio') ? (rates.price_audio_out ?? 0) : 0
  const drawn = out.includes('image') ? (rates.price_image_out ?? 0) : 0
  const factor = terms.reduce((product, term) => product * Math.max(1, facts.price_factors?.[term] ?? 1), 1)
  return {
    input: Math.max(input, written, kept, heard) * factor * NANO_USD_A_TOKEN,
    output: Math.max(output, rates.price_reasoning ?? 0, spoken, drawn) * factor * NANO_USD_A_TOKEN,
  }
}
