/** What was seen of a target of late. `undefined`: not yet. */
export type LiveMeasure = {
  /** For prompts of about this length. */
  readonly ttftMs: number | undefined
  /** Nineteen of twenty answers begin before. */
  readonly ttftMsP95?: number | undefined
  readonly tokensPerSecond: number | undefined
  /** Its answers' lengths over those that were predicted; 1 until there is evidence. */
  readonly lengthFactor?: number | undefined
  /** How much of that is the router's word alone: 1 until there is evidence, near 0 with much of it. */
  readonly lengthBelief?: number | undefined
  /** Grade of school of its English prose (Flesch-Kincaid). */
  readonly readingGrade?: number | undefined
  /** Of what it can serve at once, 0..1. */
  readonly remainingShare?: number | undefined
}

/** `undefined` for a target of which nothing was seen. `promptTokens` as estimated. */
export type LiveMeasures = (targetId: string, promptTokens: number) => LiveMeasure | undefined

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
