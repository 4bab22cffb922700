import { ratesOf } from '../core/rates.ts'
import type { Prediction, Signals } from '../core/router.ts'
import type { Target } from '../core/target.ts'

/** What recent answers of a target took; `undefined` until there was one. */
export type LiveMeasures = (
  targetId: string,
) => { readonly ttftMs: number | undefined; readonly tokensPerSecond: number | undefined } | undefined

/** What a request is expected to cost and take at one target. `undefined` = a fact it needs is unknown. */
export type Estimate = {
  readonly costUsd: number | undefined
  readonly ttftMs: number | undefined
  /** To the last token. */
  readonly latencyMs: number | undefined
  readonly outputTokens: number
  /** True when no router predicted the length and `ASSUMED_OUTPUT_TOKENS` stands in. */
  readonly isLengthAssumed: boolean
}

/** An answer's length when no router says: about the mean of the answers in the training data. */
export const ASSUMED_OUTPUT_TOKENS = 400

/** Expected cost and pace of one answer. Live measurements go before facts. */
export function estimate(
  target: Target,
  signals: Signals,
  prediction: Prediction | undefined,
  live: LiveMeasures,
): Estimate {
  const { facts } = target
  const predicted = prediction?.outputTokens
  // min(E[out], cap) is an upper bound of E[min(out, cap)]: never less than what to expect.
  const outputTokens = Math.min(predicted ?? ASSUMED_OUTPUT_TOKENS, signals.maxOutputTokens ?? Number.POSITIVE_INFINITY)
  const { price_in: inputRate, price_out: outputRate } = ratesOf(facts, signals.promptTokens)
  const costUsd =
    inputRate === undefined || outputRate === undefined
      ? undefined
      : (inputRate * signals.promptTokens + outputRate * outputTokens * signals.choices) / 1_000_000
  const measured = live(target.id)
  const ttftMs = measured?.ttftMs ?? facts.ttft_ms
  const tokensPerSecond = measured?.tokensPerSecond ?? facts.tokens_per_second
  const latencyMs =
    ttftMs === undefined || tokensPerSecond === undefined || tokensPerSecond <= 0
      ? undefined
      : ttftMs + (outputTokens / tokensPerSecond) * 1_000
  return { costUsd, ttftMs, latencyMs, outputTokens, isLengthAssumed: predicted === undefined }
}
