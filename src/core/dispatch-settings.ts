/** How answers are got out of a plan; the member `dispatch` of the configuration. */
export type DispatchSettings = {
  /** Times that the same target is asked again, where the error table allows it and there is no other. */
  readonly retries: number
  /** Longest `retry-after` that is waited for, in milliseconds; what is longer goes to the client at once. */
  readonly maxRetryAfterMs: number
  /** What is held back of a stream until its first content part. More, and the attempt has failed. */
  readonly holdBackBytes: number
  readonly holdBackFrames: number
  /** Answers that count as failures, besides errors. */
  readonly fallbackOn: ReadonlySet<FallbackReason>
  readonly breaker: BreakerSettings
  readonly queue: QueueSettings
  /** `undefined`: nobody is asked twice. */
  readonly hedge: HedgeSettings | undefined
  /** Times that a stream which broke in the middle of its text goes on elsewhere. */
  readonly continuations: number
}

/** `empty`: no content at all. `content_filter`: the provider's filter refused before any content came. */
export type FallbackReason = 'empty' | 'content_filter'

export type BreakerSettings = {
  readonly isEnabled: boolean
  /** Failures in a row after which a target rests. */
  readonly failures: number
  /** Share of the last twenty calls, 0..1, after which it rests. */
  readonly share: number
  /** The first rest, in milliseconds; each that follows a failed trial is twice as long, up to the last. */
  readonly restMs: number
  readonly maxRestMs: number
}

export type QueueSettings = {
  /** Calls that wait for one provider, or for one model that has a limit of its own. */
  readonly length: number
  /** How long one waits, in milliseconds. */
  readonly waitMs: number
}

export type HedgeSettings = {
  /** Share of the calls, 0..1, that may ask a second target. */
  readonly share: number
  /** Least wait before that, in milliseconds. */
  readonly minMs: number
}

export const DISPATCH_DEFAULTS: DispatchSettings = {
  retries: 1,
  maxRetryAfterMs: 10_000,
  holdBackBytes: 256 * 1024,
  holdBackFrames: 1_000,
  fallbackOn: new Set(['empty'] as const),
  breaker: { isEnabled: true, failures: 5, share: 0.5, restMs: 1_000, maxRestMs: 60_000 },
  queue: { length: 100, waitMs: 10_000 },
  hedge: undefined,
  continuations: 0,
}
