/** What one use of a model took, as it is kept for whoever pays. Neither prompt nor answer stands in it. */
export type UsageRecord = {
  /** Of the call: `rt_…`. */
  readonly id: string
  /** When it ended, in milliseconds since 1970. */
  readonly at: number
  /** Name of the caller's key. */
  readonly key: string
  /** `provider/model`. */
  readonly model: string
  readonly endpoint: string
  /** `answer` reached the client, whole or in part; `attempt` reached nobody; `shadow` is a copy for a second model. */
  readonly role: UsageRole
  /** `complete`, or an error code. */
  readonly outcome: string
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** Parts of the counts before. */
  readonly cachedInputTokens: number | undefined
  readonly cacheWriteTokens: number | undefined
  readonly reasoningTokens: number | undefined
  /** Billionths of a dollar; `undefined` where the model's prices are not known. */
  readonly costNanoUsd: number | undefined
  /** A count, and so the cost, is the gateway's own estimate. */
  readonly isEstimated: boolean
}

export type UsageRole = 'answer' | 'attempt' | 'shadow'

/** Keeps usage. */
export type Ledger = {
  /**
   * Writes all of the records or none, and throws where it cannot. What is written when it returns outlives the process.
   * Synchronous, since answers wait for it: a few dozen microseconds.
   */
  append(records: readonly UsageRecord[]): void
  /** Dollars that a key has spent since then, in milliseconds since 1970; copies for shadows are not its own. */
  spentSince(key: string, since: number): number
  close(): void
}
