import type { FinishReason, StreamPart, Usage } from '../core/stream-part.ts'
import type { CallOutcome } from '../core/tool-outcome.ts'

/** How an answer ended. */
export type Ending = {
  readonly usage: Usage | undefined
  readonly finishReason: FinishReason | undefined
  /** Under which its provider keeps the answer, where it does. */
  readonly responseId?: string | undefined
}

/** What was seen of an answer in passing. */
export type Observed = {
  /** Data events of a stream; a whole answer is one. */
  readonly events: number
  /** On the monotonic clock; `undefined` when no content came. */
  readonly firstPartAt: number | undefined
  /** What became of its calls of tools, as far as they were read. */
  readonly callOutcomes?: readonly CallOutcome[] | undefined
  /** Read when it is asked for, which is after the client has its answer. */
  ending(): Ending
  /** For upstreams that do not count: the last few events, as parts. Read afterwards as well. */
  sample(): readonly (readonly StreamPart[])[]
}
