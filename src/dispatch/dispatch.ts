import type { Attempt, Decision, Plan } from '../core/decision.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Exchange, Headers, HttpRequest, Sink, Transport } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import type { WireFormat } from '../core/wire-format.ts'
import type { AttemptResult, RunningAttempt } from './attempt.ts'
import { startAttempt } from './attempt.ts'
import type { Deadlines } from './deadline.ts'
import type { Observed } from './observed.ts'
import { retryDelay } from './retry-delay.ts'

export type DispatchInput = {
  readonly plan: Plan
  readonly stream: boolean
  readonly exchange: Exchange
  readonly transport: Transport
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly random: () => number
  readonly formatOf: (target: Target) => WireFormat
  /** The request as this target must get it. */
  readonly prepare: (target: Target) => HttpRequest | Promise<HttpRequest>
  /** Headers of the answer besides those of its body. */
  readonly answerHeaders: (target: Target, attempts: readonly Attempt[], waitedMs: number) => Headers
  /** The decision, when the caller wants it in the answer. */
  readonly explanation: Decision | undefined
  readonly onAttempt: (attempt: Attempt, error: GatewayError | undefined) => void
}

export type DispatchResult = {
  readonly outcome: 'complete' | 'failed' | 'broken' | 'abandoned'
  readonly attempts: readonly Attempt[]
  /** The target that answered; `undefined` when none did. */
  readonly target: Target | undefined
  readonly error: GatewayError | undefined
  readonly observed: Observed | undefined
  /** Milliseconds spent waiting for upstreams before the first part of the answer. */
  readonly waitedMs: number
  /** When the answering attempt was sent, on the monotonic clock. */
  readonly sentAt: number | undefined
}

/**
 * Tries the plan's targets in order until one answers. A target is final at its first content part; until then a
 * failure that the error table allows to retry moves on. Never throws for an upstream's failure: the result says it.
 */
export async function dispatch(input: DispatchInput): Promise<DispatchResult> {
  const { plan, clock, exchange } = input
  const attempts: Attempt[] = []
  const startedAt = clock.monotonic()
  const deadlineAt = startedAt + plan.timeouts.totalMs
  let waitedMs = 0
  let position = 0
  let running: RunningAttempt | undefined
  exchange.onAbort(() => running?.abandon())

  for (;;) {
    const target = plan.targets[position]
    if (target === undefined) throw new GatewayError('no_healthy_target', 'No model is left to try.')
    const prepared = input.prepare(target)
    const request = prepared instanceof Promise ? await prepared : prepared
    if (exchange.isAborted()) return conclude('abandoned', target)

    const sentAt = clock.monotonic()
    const attempt = startAttempt({
      target,
      request,
      format: input.formatOf(target),
      stream: input.stream,
      transport: input.transport,
      clock,
      timeouts: plan.timeouts,
      deadlines: input.deadlines,
      deadlineAt,
      // While another model could be asked, one may use up half of the time that is left.
      wholeAnswerMs: (deadlineAt - sentAt) / (position + 1 < plan.targets.length ? 2 : 1),
      explanation: input.explanation,
      commit: (headers) => commit(target, sentAt, headers),
    })
    running = attempt
    const result = await attempt.result
    running = undefined
    if (result.type !== 'failed') return concludeWith(result, target, sentAt)

    waitedMs += clock.monotonic() - sentAt
    note(target, result.error.code, result.status, sentAt, result.error)
    const next = nextPosition(result.error, position)
    if (next === undefined) return { ...conclude('failed', undefined), error: result.error }
    if (next === position) await pause(clock, retryDelay(attempts.length, input.random))
    position = next
    if (exchange.isAborted()) return conclude('abandoned', undefined)
  }

  function commit(target: Target, sentAt: number, headers: Headers): Sink {
    waitedMs += clock.monotonic() - sentAt
    note(target, 'ok', 200, sentAt, undefined)
    const { sink } = exchange
    sink.head(200, { ...headers, ...input.answerHeaders(target, attempts, waitedMs) })
    if (input.stream && input.explanation !== undefined) {
      sink.write(input.formatOf(target).writeStreamExplanation(input.explanation.id, input.explanation))
    }
    return sink
  }

  function note(
    target: Target,
    outcome: string,
    status: number | undefined,
    sentAt: number,
    error: GatewayError | undefined,
  ): void {
    const attempt: Attempt = { target: target.id, outcome, status, elapsedMs: clock.monotonic() - sentAt }
    attempts.push(attempt)
    input.onAttempt(attempt, error)
  }

  /** Where to go after a failure; `undefined` when the client must be told. */
  function nextPosition(error: GatewayError, current: number): number | undefined {
    if (error.retry === 'never' || attempts.length >= plan.maxAttempts || clock.monotonic() >= deadlineAt)
      return undefined
    if (current + 1 < plan.targets.length) return current + 1
    const isFirstTry = attempts.filter((attempt) => attempt.target === plan.targets[current]?.id).length < 2
    return error.retry === 'same-target' && isFirstTry ? current : undefined
  }

  function conclude(outcome: DispatchResult['outcome'], target: Target | undefined): DispatchResult {
    return { outcome, attempts, target, error: undefined, observed: undefined, waitedMs, sentAt: undefined }
  }

  function concludeWith(
    result: Exclude<AttemptResult, { type: 'failed' }>,
    target: Target,
    sentAt: number,
  ): DispatchResult {
    if (result.type === 'abandoned') return conclude('abandoned', target)
    const base = { ...conclude(result.type, target), observed: result.observed, sentAt }
    if (result.type === 'complete') return base
    input.onAttempt(
      { target: target.id, outcome: result.error.code, status: result.status, elapsedMs: clock.monotonic() - sentAt },
      result.error,
    )
    return { ...base, error: result.error }
  }
}

function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.timer(milliseconds, resolve))
}
