import type { FinishReason, StreamPart, Usage } from '../core/stream-part.ts'

/** What was seen of an answer in passing. */
export type Observed = {
  readonly usage: Usage | undefined
  readonly finishReason: FinishReason | undefined
  /** Data events of a stream; 0 for a whole answer. Stands in for output tokens when the upstream does not count. */
  readonly events: number
  readonly bytes: number
  /** On the monotonic clock; `undefined` when no content came. */
  readonly firstPartAt: number | undefined
}

/** Usage and finish reason among `parts`; the last word counts. */
export function lastUsage(parts: readonly StreamPart[]): {
  readonly usage: Usage | undefined
  readonly finishReason: FinishReason | undefined
} {
  let usage: Usage | undefined
  let finishReason: FinishReason | undefined
  for (const part of parts) {
    if (part.type === 'usage') usage = part.usage
    else if (part.type === 'response-end') finishReason = part.finishReason
  }
  return { usage, finishReason }
}
