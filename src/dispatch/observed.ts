import type { FinishReason, Usage } from '../core/stream-part.ts'

/** What was seen of an answer in passing. */
export type Observed = {
  readonly usage: Usage | undefined
  readonly finishReason: FinishReason | undefined
  /** Data events of a stream; 0 for a whole answer. Stands in for output tokens when the upstream does not count. */
  readonly events: number
  /** On the monotonic clock; `undefined` when no content came. */
  readonly firstPartAt: number | undefined
}
