/**
 * Who says how good an answer was. `user`: `/v1/feedback`. The others are seen by the gateway: `tool_call` (whether its
 * calls were valid), `finish` (cut by length or a filter, empty), `refusal` (the model declined), `retry` (the client
 * asked the same again), `failure` (no answer came).
 */
export type OutcomeSource = 'user' | 'tool_call' | 'finish' | 'refusal' | 'retry' | 'failure'

/** What became of one decision, from one source. Plain JSON with the names of the decision log; holds no text. */
export type Outcome = {
  /** Of the decision: `rt_…`. */
  readonly id: string
  /** The target that answered. */
  readonly model: string
  readonly source: OutcomeSource
  /** 0, no use, to 1, as good as could be. */
  readonly reward: number
  /** Milliseconds since 1970. */
  readonly time: number
}
