import type { GatewayError } from '../core/errors.ts'
import type { Clock, Timer } from '../core/ports.ts'
import type { Deadlines, Expiring } from './deadline.ts'
import { CallDeadline, QUIET_MS } from './deadline.ts'

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

class OwnDeadline extends CallDeadline {
  private timer: Timer | undefined = undefined
  private ringsAt = Number.POSITIVE_INFINITY
  private readonly running: Set<OwnDeadline>

  constructor(clock: Clock, running: Set<OwnDeadline>, overallAt: number, expiring: Expiring) {
    super(clock, overallAt, expiring)
    this.running = running
  }

  override again(): void {
    super.again()
    this.arm()
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

  private ring(): void {
    this.ringsAt = Number.POSITIVE_INFINITY
    const now = this.clock.monotonic()
    if (now >= this.dueAt) {
      this.pass()
      return
    }
    this.listen(now)
    this.arm()
  }
}
