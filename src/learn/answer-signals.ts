import type { Attempt } from '../core/decision.ts'
import type { FinishReason } from '../core/stream-part.ts'
import type { SignalSource } from './signals.ts'

/** What the gateway saw of one model in one call. */
export type Seen = {
  readonly model: string
  readonly source: SignalSource
  /** 0..1 */
  readonly reward: number
  /** What was expected of it, where routing expects something already. */
  readonly expected?: number
}

/** How an answer ended: `left` is a client who did not wait for it, which says nothing of the model. */
export type AnswerEnd = 'whole' | 'broken' | 'left' | 'none'

/** An answer, or the lack of one, as it is told to learning. Holds no text. */
export type AnswerFacts = {
  /** `undefined` where no target answered. */
  readonly model: string | undefined
  readonly attempts: readonly Attempt[]
  readonly end: AnswerEnd
  readonly finishReason: FinishReason | undefined
  readonly outputTokens: number | undefined
  /** The caller's own bound on the answer, in tokens. */
  readonly maxOutputTokens: number | undefined
  /** Whether it declines; `undefined` where the gateway did not see it. */
  readonly isRefusal: boolean | undefined
  /** The worths of its calls of tools, 0..1, with what routing expected of them. */
  readonly calls: { readonly worths: readonly number[]; readonly expected: number } | undefined
}

/** A bound below which the caller wants a piece: a title, a yes or no, a test of the line. */
export const SMALL_BOUND = 512

/** Failures that say something of the model's own work, not of its account, its load or the way to it. */
const OWN_FAILURES = new Set([
  'upstream_empty',
  'upstream_malformed',
  'upstream_error',
  'stream_interrupted',
  'upstream_timeout',
])

/** Every signal of a call, good ones as well: without them a model that is asked often would seem to fail often. */
export function signalsOf(facts: AnswerFacts): Seen[] {
  const seen: Seen[] = facts.attempts
    .filter(({ target, outcome }) => OWN_FAILURES.has(outcome) && target !== facts.model)
    .map(({ target }) => ({ model: target, source: 'failure', reward: 0 }))
  const { model, end, isRefusal, calls } = facts
  if (model === undefined || end === 'left') return seen
  seen.push({ model, source: 'failure', reward: end === 'whole' ? 1 : 0 })
  if (end !== 'whole') return seen
  const finish = finishOf(facts)
  if (finish !== undefined) seen.push({ model, source: 'finish', reward: finish })
  if (isRefusal !== undefined) seen.push({ model, source: 'refusal', reward: isRefusal ? 0 : 1 })
  if (calls !== undefined && calls.worths.length > 0) {
    const reward = calls.worths.reduce((sum, worth) => sum + worth, 0) / calls.worths.length
    seen.push({ model, source: 'tool_call', reward, expected: calls.expected })
  }
  // Until it is asked again.
  seen.push({ model, source: 'retry', reward: 1 })
  return seen
}

/** `undefined` where the caller wanted the cut. */
function finishOf({ finishReason, outputTokens, maxOutputTokens }: AnswerFacts): number | undefined {
  switch (finishReason) {
    case 'length':
      return maxOutputTokens !== undefined && maxOutputTokens < SMALL_BOUND ? undefined : 0
    case 'content-filter':
    case 'error':
      return 0
    default:
      return outputTokens === 0 ? 0 : 1
  }
}
