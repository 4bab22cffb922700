import { type GatewayError, toGatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { Usage } from '../core/stream-part.ts'
import { grade, type ProbeAnswer } from './grade.ts'
import { createPace, isWorthAnotherTry, type Pace } from './pace.ts'
import type { Probe } from './probe.ts'

/** A model's answer to a probe, and what it took. */
export type ProbeReply = {
  readonly answer: ProbeAnswer
  /** The answer ended at the cap on its tokens. */
  readonly isCut: boolean
  readonly usage: Usage | undefined
}

export type GradedProbe = ProbeReply & { readonly probe: Probe; readonly score: 0 | 1 }

/** A probe that could not be asked, and why. */
export type LeftOut = { readonly probe: Probe; readonly error: GatewayError }

export type ProbeRun = {
  readonly graded: readonly GradedProbe[]
  readonly leftOut: readonly LeftOut[]
  /** Why the run ended before its last probe, if it did. */
  readonly stopped: 'interrupted' | 'gave-up' | undefined
}

export type RunOptions = {
  readonly probes: readonly Probe[]
  /** Rejects with a GatewayError when the model does not answer. */
  readonly ask: (probe: Probe, signal: AbortSignal) => Promise<ProbeReply>
  readonly concurrency: number
  readonly clock: Clock
  readonly random: () => number
  /** Ends the run; what was graded is kept. */
  readonly signal: AbortSignal
  readonly onGraded: (graded: GradedProbe) => void
  readonly onLeftOut: (leftOut: LeftOut) => void
  /** Told when the model asks for a pause, in milliseconds. */
  readonly onPause: (milliseconds: number, error: GatewayError) => void
}

// A model that is down, out of credit or refuses our requests as such is not asked a hundred times.
const FAILURES_IN_A_ROW = 5
const TRIES = 4

/** Asks and grades the probes, a few at once. Never rejects for a model's failure: the result says it. */
export async function runProbes(options: RunOptions): Promise<ProbeRun> {
  const { probes, signal, concurrency } = options
  const graded: GradedProbe[] = []
  const leftOut: LeftOut[] = []
  const hopeless = new AbortController()
  const ending = AbortSignal.any([signal, hopeless.signal])
  const pace = createPace(options)
  let next = 0
  let failures = 0

  async function work(): Promise<void> {
    while (!ending.aborted) {
      const probe = probes[next]
      next += 1
      if (probe === undefined) return
      const reply = await askPatiently(probe, options, pace, ending)
      if (reply === undefined) return
      if ('error' in reply) {
        leftOut.push(reply)
        failures += 1
        options.onLeftOut(reply)
        if (isHopeless(reply.error) || failures >= FAILURES_IN_A_ROW) hopeless.abort()
      } else {
        graded.push(reply)
        failures = 0
        options.onGraded(reply)
      }
    }
  }

  await Promise.all(Array.from({ length: Math.max(concurrency, 1) }, work))
  const isWhole = graded.length + leftOut.length === probes.length
  const stopped = isWhole ? undefined : signal.aborted ? 'interrupted' : 'gave-up'
  return { graded, leftOut, stopped }
}

/** One probe, tried again while that is worth it; `undefined` when the run ended first. */
async function askPatiently(
  probe: Probe,
  { ask, onPause }: RunOptions,
  pace: Pace,
  signal: AbortSignal,
): Promise<GradedProbe | LeftOut | undefined> {
  for (let tried = 1; ; tried += 1) {
    await pace.wait(signal)
    if (signal.aborted) return undefined
    try {
      const reply = await ask(probe, signal)
      return { ...reply, probe, score: grade(probe, reply.answer) }
    } catch (thrown) {
      if (signal.aborted) return undefined
      const error = toGatewayError(thrown)
      const pauseMs = pace.after(error, tried)
      if (tried >= TRIES || !isWorthAnotherTry(error) || pauseMs === undefined) return { probe, error }
      onPause(pauseMs, error)
    }
  }
}

/** No prompt will be answered while this holds. */
function isHopeless({ code }: GatewayError): boolean {
  return (
    code === 'upstream_auth_failed' ||
    code === 'upstream_quota_exhausted' ||
    code === 'upstream_model_missing' ||
    code === 'no_feasible_model' ||
    code === 'internal_error'
  )
}
