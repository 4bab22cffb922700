import type { GatewayError } from '../core/errors.ts'
import type { Clock, Timer } from '../core/ports.ts'
import type { Deadline, Deadlines, Expiring } from './deadline.ts'
import { OVERALL, QUIET_MS } from './deadline.ts'

/**
 * A timer for each deadline, where calls may not share one. It is set anew only when something is expected earlier than it
 * rings: most that is awaited comes, and what comes is awaited again later.
 */
export function createOwnDeadlines(clock: Clock): Deadlines {
  const running = new Set<OwnDeadline>()
  let stopped: GatewayError | undefined
  return {
    start(overallAt, expiring) {
      const deadline = new OwnDeadline(clock, running, overallAt, expiring)
      running.add(deadline)
      if (stopped === undefined) deadline.arm()
      else deadline.interruptLater(stopped)
      return deadline
    },
    stop(error) {
      stopped = error
      for (const deadline of [...running]) deadline.interrupt(error)
    },
  }
}

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
class OwnDeadline implements Deadline {
  private dueAt: number
  private span = 0
  private quietSince = 0
  private what = OVERALL
  private timer: Timer | undefined = undefined
  private ringsAt = Number.POSITIVE_INFINITY
  private readonly clock: Clock
  private readonly running: Set<OwnDeadline>
  private readonly overallAt: number
  private readonly expiring: Expiring

  constructor(clock: Clock, running: Set<OwnDeadline>, overallAt: number, expiring: Expiring) {
    this.clock = clock
    this.running = running
    this.overallAt = overallAt
    this.dueAt = overallAt
    this.expiring = expiring
  }

  expect(milliseconds: number, what: string): void {
    this.span = milliseconds
    this.what = what
    this.again()
  }

  again(): void {
    this.dueAt = Math.min(this.clock.monotonic() + this.span, this.overallAt)
    this.arm()
  }

  rest(): void {
    this.dueAt = this.overallAt
  }

  clear(): void {
    this.running.delete(this)
    this.timer?.cancel()
  }

  arm(): void {
    if (!this.running.has(this)) return
    const wanted = this.expiring.quiet === undefined ? this.dueAt : Math.min(this.dueAt, this.quietFrom() + QUIET_MS)
    if (wanted >= this.ringsAt) return
    this.timer?.cancel()
    this.ringsAt = wanted
    this.timer = this.clock.timer(Math.max(0, wanted - this.clock.monotonic()), () => this.ring())
  }

  interruptLater(error: GatewayError): void {
    this.timer = this.clock.timer(0, () => this.interrupt(error))
  }

  interrupt(error: GatewayError): void {
    this.clear()
    this.expiring.interrupt(error)
  }

  /** What is expected began to be so when it last happened. */
  private quietFrom(): number {
    return Math.max(this.quietSince, this.dueAt - this.span)
  }

  private ring(): void {
    this.ringsAt = Number.POSITIVE_INFINITY
    const now = this.clock.monotonic()
    if (now >= this.dueAt) {
      this.clear()
      this.expiring.expire(this.dueAt === this.overallAt ? OVERALL : this.what)
      return
    }
    if (now - this.quietFrom() >= QUIET_MS) {
      this.quietSince = now
      this.expiring.quiet?.()
    }
    this.arm()
  }
}
