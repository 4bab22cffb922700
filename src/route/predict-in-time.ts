import type { Clock, Log } from '../core/ports.ts'
import { isQueueFull } from '../core/queue-full.ts'
import type { Predictions, Router, RouterInput } from '../core/router.ts'

export type PredictOptions = {
  readonly router: Router | undefined
  readonly input: Omit<RouterInput, 'signal'>
  readonly deadlineMs: number
  readonly clock: Clock
  readonly log: Log
}

/** A router's word, or why there is none: then the call goes on without. */
export type Predicted =
  | {
      readonly predictions: Predictions
      /** Who spoke. */
      readonly router: Router
      /** Why it was the fallback. */
      readonly problem: RouterProblem | undefined
    }
  | { readonly predictions: undefined; readonly router: Router | undefined; readonly problem: RouterProblem }

export type RouterProblem = 'router late' | 'router busy' | 'router failed'

/** Asks the router under its deadline, and its fallback when it is late or fails. Never rejects. */
export async function predictInTime(options: PredictOptions): Promise<Predicted> {
  const { router } = options
  if (router === undefined) return { predictions: undefined, router, problem: 'router failed' }
  const predicted = await ask(router, options)
  if (predicted.predictions !== undefined || router.fallback === undefined) return predicted
  const instead = await ask(router.fallback, options)
  return instead.predictions === undefined ? predicted : { ...instead, problem: predicted.problem }
}

async function ask(router: Router, { input, deadlineMs, clock, log }: PredictOptions): Promise<Predicted> {
  const controller = new AbortController()
  try {
    const answer = router.predict({ ...input, signal: controller.signal })
    const predictions = answer instanceof Promise ? await withDeadline(answer, deadlineMs, clock, controller) : answer
    if (predictions === undefined) return { predictions: undefined, router, problem: 'router late' }
    const problem = malformed(predictions, input.candidates.length)
    if (problem === undefined) return { predictions, router, problem }
    log('error', 'router_failed', { router: router.name, problem })
  } catch (thrown) {
    // A burst, and no fault: counted by its reason in the metrics, where a line a call would be a burst of its own.
    if (isQueueFull(thrown)) return { predictions: undefined, router, problem: 'router busy' }
    log('error', 'router_failed', {
      router: router.name,
      problem: thrown instanceof Error ? thrown.message : 'unknown',
    })
  }
  return { predictions: undefined, router, problem: 'router failed' }
}

/** `undefined` when the deadline passes first; the work is told to stop. */
async function withDeadline(
  answer: Promise<Predictions>,
  deadlineMs: number,
  clock: Clock,
  controller: AbortController,
): Promise<Predictions | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = clock.timer(deadlineMs, () => resolve(undefined))
  try {
    const first = await Promise.race([answer, late])
    // A late answer or failure concerns nobody any more; the race has taken note of both.
    if (first === undefined) controller.abort()
    return first
  } finally {
    timer.cancel()
  }
}

/** What is wrong with a router's answer; a wrong number must not decide anything. */
function malformed({ predictions }: Predictions, candidates: number): string | undefined {
  if (predictions.length !== candidates) return `gave ${predictions.length} predictions for ${candidates} models`
  for (const { quality, uncertainty } of predictions) {
    if (!(quality >= 0 && quality <= 1)) return `predicted the quality ${quality}`
    if (!(uncertainty >= 0)) return `predicted the uncertainty ${uncertainty}`
  }
  return undefined
}
