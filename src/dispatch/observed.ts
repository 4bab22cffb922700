import type { FinishReason, Usage } from '../core/stream-part.ts'

/** How an answer ended. */
export type Ending = { readonly usage: Usage | undefined; readonly finishReason: FinishReason | undefined }

/** What was seen of an answer in passing. */
export type Observed = {
  /** Data events of a stream; 0 for a whole answer. Stands in for output tokens when the upstream does not count. */
  readonly events: number
  /** On the monotonic clock; `undefined` when no content came. */
  readonly firstPartAt: number | undefined
  /** Read when it is asked for, which is after the client has its answer. */
  ending(): Ending
}
