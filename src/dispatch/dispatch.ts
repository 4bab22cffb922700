import type { Attempt, Plan } from '../core/decision.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { Exchange, HttpRequest, Sink } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import type { Asked, AttemptInput, AttemptOwner, AttemptResult } from './attempt.ts'
import { RunningAttempt } from './attempt.ts'
import type { Observed } from './observed.ts'
import { retryDelay } from './retry-delay.ts'

export type DispatchInput = AttemptInput & {
  readonly plan: Plan
  readonly exchange: Exchange
  readonly random: () => number
  readonly call: DispatchedCall
}

/** What dispatch needs to know of the call it dispatches. */
export type DispatchedCall = {
  /** How this target is asked; of a target that is prepared already. `deadlineAt`: on the monotonic clock. */
  asked(target: Target, deadlineAt: number): Asked
  /** The request as this target must get it. */
  prepare(target: Target): HttpRequest | Promise<HttpRequest>
  /** From now on this target's requests go without the reasoning state of earlier turns. False when they did already. */
  dropSignatures(target: Target): boolean
  /** Sets the headers of the answer besides those of its body. */
  setHeaders(headers: Record<string, string>, target: Target, attempts: readonly Attempt[], waitedMs: number): void
  /** `observed`: what was seen of an answer that reaches nobody. That of a broken one is the result's. */
  failed(attempt: Attempt, error: GatewayError, target: Target, observed: Observed | undefined): void
}

export type DispatchResult = {
  readonly outcome: 'complete' | 'failed' | 'broken' | 'abandoned'
  readonly attempts: readonly Attempt[]
  /** The target that answered; `undefined` when none did. */
  readonly target: Target | undefined
  readonly error: GatewayError | undefined
  /** What was seen of the answer, whole or cut; `undefined` when there was none. */
  readonly observed: Observed | undefined
  /** Milliseconds spent waiting for upstreams before the first part of the answer. */
  readonly waitedMs: number
  /** When the answering attempt was sent, on the monotonic clock. */
  readonly sentAt: number | undefined
}

/**
 * Tries the plan's targets in order until one answers. A target is final at its first content part; until then a
 * failure that the error table allows to retry moves on. Never rejects for an upstream's failure: the result says it.
 */
export function dispatch(input: DispatchInput): Promise<DispatchResult> {
  return new Promise((resolve, reject) => new Dispatching(input, resolve, reject).next())
}

/**
 * A class, and callbacks instead of a loop that awaits, as everything that lives as long as a call:
 * docs/decisions/2026-11-23-classes-per-call.md.
 */
class Dispatching implements AttemptOwner {
  private readonly input: DispatchInput
  private readonly resolve: (result: DispatchResult) => void
  private readonly reject: (reason: unknown) => void
  private readonly attempts: Attempt[] = []
  private readonly deadlineAt: number
  private waitedMs = 0
  private position = 0
  private sentAt = 0
  private running: RunningAttempt | undefined = undefined

  constructor(input: DispatchInput, resolve: (result: DispatchResult) => void, reject: (reason: unknown) => void) {
    this.input = input
    this.resolve = resolve
    this.reject = reject
    this.deadlineAt = input.clock.monotonic() + input.timeouts.totalMs
    input.exchange.onAbort(() => this.running?.abandon())
  }

  /** Asks the target at `position`. */
  next(): void {
    try {
      if (this.input.exchange.isAborted()) {
        this.conclude('abandoned', undefined)
        return
      }
      this.sentAt = this.input.clock.monotonic()
      const request = this.input.call.prepare(this.target())
      if (request instanceof Promise) this.sendLater(request)
      else this.send(request)
    } catch (thrown) {
      this.reject(thrown)
    }
  }

  commit(headers: Record<string, string>): Sink {
    const { input } = this
    const target = this.target()
    this.waitedMs += input.clock.monotonic() - this.sentAt
    this.attempts.push(this.attempt('ok', 200))
    input.call.setHeaders(headers, target, this.attempts, this.waitedMs)
    const { sink } = input.exchange
    sink.head(200, headers)
    if (input.stream && input.explanation !== undefined && input.client.framing === 'sse') {
      sink.write(input.client.format.writeStreamExplanation(input.explanation.id, input.explanation))
    }
    return sink
  }

  settled(result: AttemptResult): void {
    try {
      this.running = undefined
      if (result.type === 'failed') this.retry(result)
      else this.end(result)
    } catch (thrown) {
      this.reject(thrown)
    }
  }

  /** A provider that first gets itself a token: that it gets none is a failure of this target like any other. */
  private sendLater(request: Promise<HttpRequest>): void {
    const failed = (thrown: unknown): void =>
      this.settled({ type: 'failed', error: toGatewayError(thrown), status: undefined })
    request.then((prepared) => this.send(prepared), failed).catch(this.reject)
  }

  private send(request: HttpRequest): void {
    const { input, position, deadlineAt } = this
    if (input.exchange.isAborted()) {
      this.conclude('abandoned', this.target())
      return
    }
    this.sentAt = input.clock.monotonic()
    // While another model could be asked, one may use up half of the time that is left.
    const share = position + 1 < input.plan.targets.length ? 2 : 1
    const target = this.target()
    const asked = input.call.asked(target, deadlineAt)
    const attempt = new RunningAttempt(input, this, asked, {
      deadlineAt,
      wholeAnswerMs: (deadlineAt - this.sentAt) / share,
    })
    this.running = attempt
    attempt.send(request)
  }

  private retry({ error, status, observed }: AttemptResult & { readonly type: 'failed' }): void {
    const { input, attempts } = this
    this.waitedMs += input.clock.monotonic() - this.sentAt
    const attempt = this.attempt(error.code, status)
    attempts.push(attempt)
    input.call.failed(attempt, error, this.target(), observed)
    const position = this.positionAfter(error)
    if (position === undefined) {
      this.conclude('failed', undefined, error)
      return
    }
    const isAgain = position === this.position
    this.position = position
    // What is sent now differs: there is nothing to wait for.
    if (isAgain && !error.refusesSignatures)
      input.clock.timer(retryDelay(attempts.length, input.random), () => this.next())
    else this.next()
  }

  /** Where to go after a failure; `undefined` when the client must be told. */
  private positionAfter(error: GatewayError): number | undefined {
    const { attempts, position } = this
    const { plan, clock, call } = this.input
    if (attempts.length >= plan.maxAttempts || clock.monotonic() >= this.deadlineAt) return undefined
    if (error.refusesSignatures) return call.dropSignatures(this.target()) ? position : undefined
    if (error.retry === 'never') return undefined
    if (position + 1 < plan.targets.length) return position + 1
    const isFirstTry = attempts.filter((attempt) => attempt.target === this.target().id).length < 2
    return error.retry === 'same-target' && isFirstTry ? position : undefined
  }

  private end(result: Exclude<AttemptResult, { type: 'failed' }>): void {
    const target = this.target()
    if (result.type === 'abandoned') {
      this.conclude('abandoned', target, undefined, result.observed)
    } else if (result.type === 'complete') {
      this.conclude('complete', target, undefined, result.observed)
    } else {
      this.input.call.failed(this.attempt(result.error.code, result.status), result.error, target, undefined)
      this.conclude('broken', target, result.error, result.observed)
    }
  }

  private conclude(
    outcome: DispatchResult['outcome'],
    target: Target | undefined,
    error?: GatewayError,
    observed?: Observed,
  ): void {
    const { attempts, waitedMs } = this
    const sentAt = observed === undefined ? undefined : this.sentAt
    this.resolve({ outcome, attempts, target, error, observed, waitedMs, sentAt })
  }

  private attempt(outcome: string, status: number | undefined): Attempt {
    return { target: this.target().id, outcome, status, elapsedMs: this.input.clock.monotonic() - this.sentAt }
  }

  private target(): Target {
    const target = this.input.plan.targets[this.position]
    if (target === undefined) throw new GatewayError('no_healthy_target', 'No model is left to try.')
    return target
  }
}
