import type { Attempt, Plan } from '../core/decision.ts'
import type { DispatchSettings } from '../core/dispatch-settings.ts'
import type { GatewayError } from '../core/errors.ts'
import type { Exchange, HttpRequest, Sink, Timer } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import type { Asked, AttemptInput, AttemptResult } from './attempt.ts'
import type { Breakers, Permit } from './breaker.ts'
import type { Places } from './concurrency.ts'
import type { HandedOver } from './handed-over.ts'
import type { HedgeBudget } from './hedge-budget.ts'
import type { LaneOwner } from './lane.ts'
import { Lane } from './lane.ts'
import type { Observed } from './observed.ts'
import type { Picked } from './plan-walk.ts'
import { noHealthyTarget, PlanWalk } from './plan-walk.ts'
import { retryWait } from './retry-delay.ts'

export type DispatchInput = AttemptInput & {
  readonly plan: Plan
  readonly exchange: Exchange
  readonly random: () => number
  readonly call: DispatchedCall
  readonly settings: DispatchSettings
  readonly breakers: Breakers
  readonly places: Places
  /** Whose call it is: callers take turns in queues. */
  readonly key: string
  /** `undefined` where nobody may be asked twice. */
  readonly hedging: Hedging | undefined
}

/** Asking a second target when the first is slow to begin. */
export type Hedging = {
  readonly budget: HedgeBudget
  /** Milliseconds after which this target is slow. */
  afterMs(target: Target): number
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
  /** Another target was faster. `observed`: what was seen of an answer that reaches nobody. */
  cancelled(attempt: Attempt, target: Target, observed: Observed | undefined): void
  /** The answer broke in the middle, and another target is to go on with it. */
  cut(attempt: Attempt, error: GatewayError, target: Target, observed: Observed): void
  /** The same call, for a target that goes on with what another one said. */
  goingOnWith(handed: HandedOver): DispatchedCall
  /** The same call, for a second target that is asked at the same time. */
  fork(): DispatchedCall
  /** Nobody is asked any more. */
  over(): void
}

export type DispatchResult = {
  readonly outcome: 'complete' | 'failed' | 'broken' | 'abandoned'
  readonly attempts: readonly Attempt[]
  /** The target that answered; `undefined` when none did. */
  readonly target: Target | undefined
  readonly error: GatewayError | undefined
  /** What was seen of the answer, whole or cut; `undefined` when there was none. */
  readonly observed: Observed | undefined
  /** Milliseconds spent waiting for upstreams before the first part of the answer: for turns, retries and answers. */
  readonly waitedMs: number
  /** When the answering attempt was sent, on the monotonic clock. */
  readonly sentAt: number | undefined
}

/**
 * Tries the plan's targets in order until one answers. A target is final at its first content part; until then a
 * failure that the error table allows to retry moves on. Never rejects for an upstream's failure: the result says it.
 */
export function dispatch(input: DispatchInput): Promise<DispatchResult> {
  return new Promise((resolve, reject) => new Dispatching(input, resolve, reject).start())
}

/**
 * A class, and callbacks instead of a loop that awaits, as everything that lives as long as a call:
 * docs/decisions/2026-11-23-classes-per-call.md.
 */
class Dispatching implements LaneOwner {
  readonly deadlineAt: number
  private readonly input: DispatchInput
  private readonly resolve: (result: DispatchResult) => void
  private readonly rejectCall: (reason: unknown) => void
  private readonly attempts: Attempt[] = []
  private readonly walk: PlanWalk
  // Requests that were sent: what waited in a full queue asked nobody.
  private sent = 0
  private waitingSince: number | undefined = undefined
  private waitedMs = 0
  private lane: Lane | undefined = undefined
  // Beside it, while neither has begun to answer.
  private hedge: Lane | undefined = undefined
  private hedgeTimer: Timer | undefined = undefined
  private backoff: Pick<Timer, 'cancel'> | undefined = undefined
  private isOver = false
  // Of the last target that was asked: one that the caller's budget does not pay for was not.
  private failure: GatewayError | undefined = undefined
  // An answer that broke, while another target is asked to go on with it.
  private handed: HandedOver | undefined = undefined
  private continuations = 0

  constructor(input: DispatchInput, resolve: (result: DispatchResult) => void, reject: (reason: unknown) => void) {
    this.input = input
    this.resolve = resolve
    this.rejectCall = reject
    this.deadlineAt = input.clock.monotonic() + input.timeouts.totalMs
    this.walk = new PlanWalk(input.plan.targets, input.breakers, input.settings.breaker)
  }

  start(): void {
    this.input.exchange.onAbort(() => this.abandon())
    if (!this.isOver) this.tryNext(undefined)
  }

  hasMore(): boolean {
    return this.walk.hasMore()
  }

  sending(lane: Lane): void {
    this.sent += 1
    const { hedging, clock } = this.input
    if (hedging === undefined || lane.isHedge || this.handed !== undefined || this.hedge !== undefined) return
    this.hedgeTimer?.cancel()
    this.hedgeTimer = clock.timer(hedging.afterMs(lane.target), () => this.askSecond(hedging))
  }

  commit(lane: Lane, headers: Record<string, string>): Sink {
    const { input } = this
    this.hedgeTimer?.cancel()
    const slower = lane === this.hedge ? this.lane : this.hedge
    this.lane = lane
    this.hedge = undefined
    if (slower !== undefined) this.drop(slower)
    this.stopWaiting()
    this.attempts.push(lane.attempt('ok', 200))
    lane.call.setHeaders(headers, lane.target, this.attempts, this.waitedMs)
    const { sink } = input.exchange
    sink.head(200, headers)
    if (input.stream && input.explanation !== undefined && input.client.framing === 'sse') {
      sink.write(input.client.format.writeStreamExplanation(input.explanation.id, input.explanation))
    }
    return sink
  }

  settled(lane: Lane, result: AttemptResult): void {
    try {
      if (lane === this.lane) this.lane = this.hedge
      this.hedge = undefined
      if (result.type === 'cut') this.goOn(lane, result)
      else if (result.type === 'failed') this.failed(lane, result)
      else this.end(lane, result)
    } catch (thrown) {
      this.reject(thrown)
    }
  }

  reject(reason: unknown): void {
    this.isOver = true
    this.hedgeTimer?.cancel()
    this.rejectCall(reason)
    for (const lane of [this.lane, this.hedge]) if (lane !== undefined) this.drop(lane)
  }

  /** The client left: whatever is under way or waited for ends now. */
  private abandon(): void {
    if (this.isOver) return
    this.backoff?.cancel()
    if (this.hedge !== undefined) this.drop(this.hedge)
    this.hedge = undefined
    this.lane?.abandon()
    if (!this.isOver) this.conclude('abandoned', undefined)
  }

  /** `error`: that of the last target that was tried. */
  private tryNext(error: GatewayError | undefined): void {
    const picked = this.walk.pick()
    if (picked !== undefined) this.begin(picked.target, picked.permit)
    else this.giveUp(error)
  }

  private giveUp(error: GatewayError | undefined): void {
    const { plan, breakers } = this.input
    this.conclude('failed', undefined, { error: error ?? noHealthyTarget(plan.targets, breakers) })
  }

  private begin(target: Target, permit: Permit): void {
    const { input } = this
    this.waitingSince ??= input.clock.monotonic()
    this.lane = new Lane(input, this, { target, permit, call: input.call, isHedge: false })
    this.lane.begin()
  }

  /** The first is slow. Whichever begins to answer first has the call. */
  private askSecond({ budget }: Hedging): void {
    const { plan, call } = this.input
    if (this.lane?.isUnderWay() !== true || this.sent >= plan.maxAttempts || !this.walk.hasMore()) return
    if (!budget.take()) return
    const picked = this.walk.pickUp()
    if (picked === undefined) {
      budget.giveBack()
      return
    }
    this.hedge = new Lane(this.input, this, { ...picked, call: call.fork(), isHedge: true })
    this.hedge.begin()
  }

  private drop(lane: Lane): void {
    const dropped = lane.drop()
    if (dropped === undefined) {
      lane.call.over()
      return
    }
    const attempt = lane.attempt('cancelled', undefined)
    this.attempts.push(attempt)
    lane.call.cancelled(attempt, lane.target, dropped.observed)
  }

  private failed(lane: Lane, { error, status, observed }: AttemptResult & { readonly type: 'failed' }): void {
    const attempt = lane.attempt(error.code, status)
    this.attempts.push(attempt)
    if (error.code !== 'budget_exceeded') this.failure = error
    lane.call.failed(attempt, error, lane.target, observed)
    if (this.handed !== undefined) {
      this.askToGoOn(lane, error, this.handed)
      return
    }
    // The other one goes on.
    if (this.lane !== undefined) return
    this.hedgeTimer?.cancel()
    if (error.code === 'budget_exceeded') {
      this.tryNext(this.failure ?? error)
      return
    }
    const { plan, clock } = this.input
    if (this.sent >= plan.maxAttempts || clock.monotonic() >= this.deadlineAt) this.giveUp(error)
    else if (error.refusesSignatures) this.withoutSignatures(lane, error)
    else if (!this.mayMoveOn(error)) this.giveUp(error)
    else this.moveOn(lane, error)
  }

  private goOn(lane: Lane, { error, status, observed, handed }: AttemptResult & { readonly type: 'cut' }): void {
    const attempt = lane.attempt(error.code, status)
    this.attempts.push(attempt)
    lane.call.cut(attempt, error, lane.target, observed)
    this.handed = handed
    this.askToGoOn(lane, error, handed)
  }

  /** The next target, or the same where there is no other: a stream that broke may have met a restart. */
  private askToGoOn(lane: Lane, error: GatewayError, handed: HandedOver): void {
    const { input } = this
    const { settings, clock, plan } = input
    const isWithin = this.sent < plan.maxAttempts && clock.monotonic() < this.deadlineAt
    const isAllowed = this.continuations < settings.continuations && isWithin
    const picked = isAllowed ? (this.walk.pick() ?? this.sameAgain(lane.target)) : undefined
    if (picked === undefined) {
      handed.breakOff(error)
      this.conclude('broken', lane, { error })
      return
    }
    this.continuations += 1
    const { format, framing } = input.client
    if (framing === 'sse' && format.takesComments !== false)
      handed.sink.write(`: ${lane.target.id} broke off (${error.code}), ${picked.target.id} goes on\n\n`)
    const call = input.call.goingOnWith(handed)
    this.lane = new Lane(input, this, { ...picked, call, isHedge: false, goesOnWith: handed })
    this.lane.begin()
  }

  private sameAgain(target: Target): Picked | undefined {
    const { breakers, settings } = this.input
    const permit = breakers.enter(target.id, settings.breaker, true)
    return permit === undefined ? undefined : { target, permit }
  }

  /** What is sent now differs: there is nothing to wait for. */
  private withoutSignatures(lane: Lane, error: GatewayError): void {
    if (lane.call.dropSignatures(lane.target)) this.again(lane.target, error)
    else this.giveUp(error)
  }

  private mayMoveOn({ code, retry }: GatewayError): boolean {
    if (code === 'content_filtered') return this.input.settings.fallbackOn.has('content_filter')
    return retry !== 'never'
  }

  private moveOn({ target }: Lane, error: GatewayError): void {
    const { settings, clock, random } = this.input
    if (error.code === 'context_length_exceeded') this.walk.tooLongFor(target)
    const picked = this.walk.pick()
    if (picked !== undefined) {
      this.begin(picked.target, picked.permit)
      return
    }
    const tries = this.attempts.filter((attempt) => attempt.target === target.id).length
    const leftMs = this.deadlineAt - clock.monotonic()
    const waitMs = retryWait(error, { tries, settings, leftMs, now: clock.now(), random })
    if (waitMs === undefined) this.giveUp(error)
    else this.waitThenAgain(waitMs, target, error)
  }

  /** Unless the call is to end meanwhile: the gateway stops. */
  private waitThenAgain(waitMs: number, target: Target, error: GatewayError): void {
    const { clock, deadlines } = this.input
    const end = (reason: GatewayError): void => {
      this.backoff?.cancel()
      this.giveUp(reason)
    }
    const ending = deadlines.start(this.deadlineAt, { expire: () => end(error), interrupt: end })
    const timer = clock.timer(waitMs, () => {
      ending.clear()
      this.again(target, error)
    })
    this.backoff = {
      cancel() {
        timer.cancel()
        ending.clear()
      },
    }
  }

  private again(target: Target, error: GatewayError): void {
    const { breakers, settings } = this.input
    this.backoff = undefined
    const permit = breakers.enter(target.id, settings.breaker, true)
    if (permit === undefined) this.giveUp(error)
    else this.begin(target, permit)
  }

  private end(lane: Lane, result: Exclude<AttemptResult, { type: 'failed' | 'cut' }>): void {
    const { observed } = result
    if (result.type !== 'broken') {
      if (result.type === 'complete' && this.handed !== undefined) this.attempts.push(lane.attempt('continued', 200))
      this.conclude(result.type, lane, { observed })
      return
    }
    const { error } = result
    lane.call.failed(lane.attempt(error.code, result.status), error, lane.target, undefined)
    this.conclude('broken', lane, { error, observed })
  }

  private conclude(
    outcome: DispatchResult['outcome'],
    lane: Lane | undefined,
    { error, observed }: { readonly error?: GatewayError; readonly observed?: Observed | undefined } = {},
  ): void {
    this.isOver = true
    this.hedgeTimer?.cancel()
    if (lane !== undefined && lane.call !== this.input.call) lane.call.over()
    this.stopWaiting()
    const { attempts, waitedMs } = this
    const sentAt = observed === undefined ? undefined : lane?.sentAt
    this.resolve({ outcome, attempts, target: lane?.target, error, observed, waitedMs, sentAt })
  }

  private stopWaiting(): void {
    if (this.waitingSince === undefined) return
    this.waitedMs += this.input.clock.monotonic() - this.waitingSince
    this.waitingSince = undefined
  }
}
