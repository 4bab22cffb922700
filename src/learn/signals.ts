import type { OutcomeSource } from '../core/outcome.ts'

/** Who the gateway itself hears from: everything but a person's own word. */
export type SignalSource = Exclude<OutcomeSource, 'user'>

type Signal = {
  /** Outcomes that one of its kind counts for. */
  readonly weight: number
  /** Its mean reward until there is a mean of one's own. */
  readonly usual: number
}

/** In router.md §4.12's order of trust. A user's word counts for one. */
export const SIGNALS: Readonly<Record<SignalSource, Signal>> = {
  tool_call: { weight: 0.2, usual: 0.95 },
  refusal: { weight: 0.1, usual: 0.98 },
  finish: { weight: 0.1, usual: 0.97 },
  retry: { weight: 0.1, usual: 0.97 },
  failure: { weight: 0.1, usual: 0.98 },
}

/** How much weight the table's `usual` has against what is seen. */
export const USUAL_COUNT = 5
