import { ratesOf } from '../core/rates.ts'
import type { Predictions, Signals } from '../core/router.ts'
import type { Columns } from './columns.ts'
import type { Estimate, LiveMeasure, LiveMeasures } from './estimate.ts'

/**
 * What is expected of each candidate for one request: an array a figure, by the candidate's place in the list. NaN is
 * unknown. Arrays and not an object a model, because a pool may hold ten thousand.
 */
export type Figures = {
  /** 0..1; as predicted, and weighed by `weighTools` for a request with tools. */
  readonly quality: Float64Array
  readonly uncertainty: Float64Array
  readonly costUsd: Float64Array
  readonly ttftMs: Float64Array
  /** To the last token. */
  readonly latencyMs: Float64Array
  readonly outputTokens: Float64Array
  /** 1 where no router predicted the length and `ASSUMED_OUTPUT_TOKENS` stands in. */
  readonly isLengthAssumed: Uint8Array
  /** Answers that were asked for at once. */
  readonly choices: number
  /** What was seen of each of late; has no place where nothing was seen. */
  readonly measured: readonly (LiveMeasure | undefined)[]
}

const NONE: readonly undefined[] = []

/** An answer's length when no router says: about the mean of the answers in the training data. */
export const ASSUMED_OUTPUT_TOKENS = 400

/**
 * Expected quality, cost and pace of one answer. Live measurements go before facts. `places` are those of the
 * candidates of whom the predictions speak, in their order.
 */
export function measure(
  columns: Columns,
  places: Int32Array,
  predictions: Predictions | undefined,
  signals: Signals,
  live: LiveMeasures,
): Figures {
  const { targets } = columns
  const figures = emptyFigures(targets.length, places.length === targets.length, predictions !== undefined)
  const { quality, uncertainty, costUsd, ttftMs, latencyMs, outputTokens, isLengthAssumed } = figures
  let measuredAt: (LiveMeasure | undefined)[] | undefined
  const pricesIn = columns.numbers('price_in', ({ facts }) => facts.price_in)
  const pricesOut = columns.numbers('price_out', ({ facts }) => facts.price_out)
  const hasLongPrompt = columns.numbers('long_prompt', ({ facts }) => Number(facts.long_prompt !== undefined))
  const ttfts = columns.numbers('ttft_ms', ({ facts }) => facts.ttft_ms)
  const speeds = columns.numbers('tokens_per_second', ({ facts }) => facts.tokens_per_second)
  const { promptTokens, choices, maxOutputTokens = Number.POSITIVE_INFINITY } = signals
  for (let turn = 0; turn < places.length; turn += 1) {
    const place = places[turn] ?? 0
    const target = targets[place]
    if (target === undefined) continue
    const prediction = predictions?.predictions[turn]
    if (prediction !== undefined) {
      quality[place] = prediction.quality
      uncertainty[place] = prediction.uncertainty
    }
    const predicted = prediction?.outputTokens
    if (predicted === undefined) isLengthAssumed[place] = 1
    // min(E[out], cap) is an upper bound of E[min(out, cap)]: never less than what to expect.
    const measured = live(target.id, promptTokens)
    if (measured !== undefined) {
      measuredAt ??= new Array(targets.length)
      measuredAt[place] = measured
    }
    // What was learned is how far predictions are off; without one it would tell busy models from idle ones.
    const length = predicted === undefined ? ASSUMED_OUTPUT_TOKENS : predicted * (measured?.lengthFactor ?? 1)
    const tokens = Math.min(length, maxOutputTokens)
    outputTokens[place] = tokens
    let priceIn = pricesIn[place] ?? Number.NaN
    let priceOut = pricesOut[place] ?? Number.NaN
    if (hasLongPrompt[place] === 1) {
      const rates = ratesOf(target.facts, promptTokens)
      priceIn = rates.price_in ?? Number.NaN
      priceOut = rates.price_out ?? Number.NaN
    }
    costUsd[place] = (priceIn * promptTokens + priceOut * tokens * choices) / 1_000_000
    const ttft = measured?.ttftMs ?? ttfts[place] ?? Number.NaN
    const speed = measured?.tokensPerSecond ?? speeds[place] ?? Number.NaN
    ttftMs[place] = ttft
    latencyMs[place] = speed > 0 ? ttft + (tokens / speed) * 1_000 : Number.NaN
  }
  return { ...figures, choices, measured: measuredAt ?? NONE }
}

/** One candidate's figures, as limits and receipts read them. */
export function estimateAt(
  { costUsd, ttftMs, latencyMs, outputTokens, isLengthAssumed }: Figures,
  place: number,
): Estimate {
  return {
    costUsd: known(costUsd[place]),
    ttftMs: known(ttftMs[place]),
    latencyMs: known(latencyMs[place]),
    outputTokens: outputTokens[place] ?? 0,
    isLengthAssumed: isLengthAssumed[place] === 1,
  }
}

/** A figure of an array: `undefined` where it is unknown. */
export function known(figure: number | undefined): number | undefined {
  return figure === undefined || Number.isNaN(figure) ? undefined : figure
}

/** Filled with NaN where not every place is written to afterwards. */
function emptyFigures(
  size: number,
  areAllMeasured: boolean,
  arePredicted: boolean,
): Omit<Figures, 'measured' | 'choices'> {
  const empty = (isWritten: boolean): Float64Array =>
    isWritten ? new Float64Array(size) : new Float64Array(size).fill(Number.NaN)
  const arePredictedAll = areAllMeasured && arePredicted
  return {
    quality: empty(arePredictedAll),
    uncertainty: empty(arePredictedAll),
    costUsd: empty(areAllMeasured),
    ttftMs: empty(areAllMeasured),
    latencyMs: empty(areAllMeasured),
    outputTokens: empty(areAllMeasured),
    isLengthAssumed: new Uint8Array(size),
  }
}
