import type { Attempt } from '../core/decision.ts'
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { HttpRequest, Sink } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import type { AttemptOwner, AttemptResult } from './attempt.ts'
import { RunningAttempt } from './attempt.ts'
import type { Permit } from './breaker.ts'
import type { Place } from './concurrency.ts'
import type { Deadline, Expiring } from './deadline.ts'
import type { DispatchedCall, DispatchInput } from './dispatch.ts'
import type { HandedOver } from './handed-over.ts'
import type { Observed } from './observed.ts'
import { busyTarget } from './take-turn.ts'

const NO_ROOM = 'had no room for this call in time'

/** What a lane needs of the call it belongs to. */
export type LaneOwner = {
  /** When the whole call must be over, on the monotonic clock. */
  readonly deadlineAt: number
  /** Another target could still be asked. */
  hasMore(): boolean
  /** It is about to be sent. */
  sending(lane: Lane): void
  commit(lane: Lane, headers: Record<string, string>): Sink
  /** Called once, when the lane is over; not after `drop`. */
  settled(lane: Lane, result: AttemptResult): void
  reject(reason: unknown): void
}

/**
 * One target being asked once: waits for its turn, has the request made, sends it. Whatever becomes of it, its place in
 * the queue and its permit of the breaker are given back, once. A class, as everything that lives as long as a call:
 * docs/decisions/2026-11-23-classes-per-call.md.
 */
export class Lane implements AttemptOwner, Expiring {
  readonly target: Target
  readonly call: DispatchedCall
  /** A second request beside a slow first one. */
  readonly isHedge: boolean
  sentAt = 0
  private readonly goesOnWith: HandedOver | undefined
  private readonly input: DispatchInput
  private readonly owner: LaneOwner
  private permit: Permit
  private place: Place | undefined = undefined
  // While it waits in the queue, and for its request.
  private waiting: Deadline | undefined = undefined
  private running: RunningAttempt | undefined = undefined
  private isOver = false
  private isDropped = false
  private seen: Observed | undefined = undefined

  constructor(
    input: DispatchInput,
    owner: LaneOwner,
    asking: {
      readonly target: Target
      readonly permit: Permit
      readonly call: DispatchedCall
      readonly isHedge: boolean
      /** A stream that broke, whose client waits. */
      readonly goesOnWith?: HandedOver
    },
  ) {
    this.input = input
    this.owner = owner
    this.target = asking.target
    this.permit = asking.permit
    this.call = asking.call
    this.isHedge = asking.isHedge
    this.goesOnWith = asking.goesOnWith
  }

  begin(): void {
    const { input, target, owner } = this
    this.sentAt = input.clock.monotonic()
    const { queue } = input.settings
    const waitMs = Math.max(0, Math.min(queue.waitMs, owner.deadlineAt - this.sentAt))
    const isLimited = target.providerConcurrency !== undefined || target.facts.max_concurrent !== undefined
    if (isLimited) {
      // Whoever gives a place back does not run what waited for it: where calls are kept apart, that would end with his.
      const turn = Promise.withResolvers<boolean>()
      void turn.promise.then((isIn) => this.onTurn(isIn))
      const place = input.places.enter(target, input.key, { ...queue, waitMs }, turn.resolve)
      if (place === 'full') {
        this.busy('has as many calls as it takes, and too many wait already')
        return
      }
      this.place = place
      if (place?.isIn === false) {
        this.wait(waitMs, NO_ROOM)
        return
      }
    }
    this.prepare()
  }

  /** Ends it for the client's sake: the result is `abandoned`. */
  abandon(): void {
    if (this.running !== undefined) this.running.abandon()
    else this.settled({ type: 'abandoned', observed: undefined })
  }

  /** Another one was faster: ends it without a word to its owner. `undefined` where nothing was sent yet. */
  drop(): { readonly observed: Observed | undefined } | undefined {
    if (this.isOver) return undefined
    this.isDropped = true
    this.abandon()
    return this.running === undefined ? undefined : { observed: this.seen }
  }

  /** It has been sent, and is not over. */
  isUnderWay(): boolean {
    return this.running !== undefined && !this.isOver
  }

  attempt(outcome: string, status: number | undefined): Attempt {
    const elapsedMs = this.input.clock.monotonic() - this.sentAt
    const attempt = { target: this.target.id, outcome, status, elapsedMs }
    return this.isHedge ? { ...attempt, isHedge: true } : attempt
  }

  commit(headers: Record<string, string>): Sink {
    this.permit = this.input.breakers.answered(this.target.id, this.permit)
    return this.owner.commit(this, headers)
  }

  settled(result: AttemptResult): void {
    if (this.isOver) return
    this.over()
    const { breakers, settings } = this.input
    const { id } = this.target
    if (result.type === 'complete') breakers.succeeded(id, this.permit)
    else if (result.type === 'abandoned') breakers.left(id, this.permit)
    else breakers.failed(id, this.permit, result, settings.breaker)
    if (this.isDropped) this.seen = result.observed
    else this.owner.settled(this, result)
  }

  private over(): void {
    this.isOver = true
    this.waiting?.clear()
    this.place?.leave()
  }

  expire(what: string): void {
    if (this.place?.isIn === false) this.busy(NO_ROOM)
    else this.failed(new GatewayError('upstream_timeout', `The model ${what}.`))
  }

  quiet(): void {
    this.goesOnWith?.keepAlive()
  }

  interrupt(error: GatewayError): void {
    this.failed(error)
  }

  private wait(milliseconds: number, what: string): void {
    this.waiting = this.input.deadlines.start(this.owner.deadlineAt, this)
    this.waiting.expect(milliseconds, what)
  }

  private onTurn(isIn: boolean): void {
    if (this.isOver) return
    this.waiting?.clear()
    if (isIn) this.prepare()
    else this.busy(NO_ROOM)
  }

  private failed(error: GatewayError): void {
    this.settled({ type: 'failed', error, status: undefined })
  }

  private busy(what: string): void {
    this.failed(busyTarget(what))
  }

  private prepare(): void {
    try {
      this.sentAt = this.input.clock.monotonic()
      const request = this.call.prepare(this.target)
      if (request instanceof Promise) this.sendLater(request)
      else this.send(request)
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  /** A provider that first gets itself a token: that it gets none is a failure of this target like any other. */
  private sendLater(request: Promise<HttpRequest>): void {
    this.wait(this.owner.deadlineAt - this.sentAt, 'could not be asked in time')
    const failed = (thrown: unknown): void => this.failed(toGatewayError(thrown))
    request.then((prepared) => this.send(prepared), failed).catch((thrown: unknown) => this.fail(thrown))
  }

  private send(request: HttpRequest): void {
    if (this.isOver) return
    this.waiting?.clear()
    const { input, owner, target } = this
    const { deadlineAt } = owner
    this.sentAt = input.clock.monotonic()
    // While another model could be asked, one may use up half of the time that is left.
    const hasOthers = owner.hasMore()
    const asked = this.call.asked(target, deadlineAt)
    const attempt = new RunningAttempt(input, this, asked, {
      deadlineAt,
      wholeAnswerMs: (deadlineAt - this.sentAt) / (hasOthers ? 2 : 1),
      hasOthers,
    })
    this.running = attempt
    owner.sending(this)
    attempt.send(request)
  }

  /** For a reason that is the gateway's own, or the request's. */
  private fail(thrown: unknown): void {
    if (this.isHedge || this.goesOnWith !== undefined) {
      this.failed(toGatewayError(thrown))
      return
    }
    if (!this.isOver) {
      this.over()
      this.input.breakers.left(this.target.id, this.permit)
    }
    this.owner.reject(thrown)
  }
}
