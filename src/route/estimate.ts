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

export type EstimateName = 'costUsd' | 'ttftMs' | 'latencyMs' | 'outputTokens'
