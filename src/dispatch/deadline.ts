import type { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** What an attempt waits for, one thing after the other. */
export type Deadline = {
  /** Something has to happen within `milliseconds`; `what` says what did not, if it does not. */
  expect(milliseconds: number, what: string): void
  /** It happened: the same again. */
  again(): void
  /** Nothing is expected for now; only the end of the call still counts. */
  rest(): void
  clear(): void
}

/** Told when a deadline has passed, and every few seconds in which nothing happens before. */
export type Expiring = {
  expire(what: string): void
  quiet?(): void
  /** Waiting ends for a reason that is not the upstream's. */
  interrupt(error: GatewayError): void
}

/** Starts the deadlines of attempts; `overallAt` is the end of the call on the monotonic clock. */
export type Deadlines = {
  start(overallAt: number, expiring: Expiring): Deadline
  /** Interrupts everything that is waited for, and whatever would be waited for later. */
  stop(error: GatewayError): void
}

// How late a deadline may be noticed. Against the seconds a model takes it is nothing.
const TICK_MS = 20
const OVERALL = 'did not finish in time'
/** How long nothing happens before that is worth a word: proxies and clients give up on a dead connection. */
export const QUIET_MS = 5_000

/**
 * One timer for all deadlines of the gateway, running only while there are any. A timer an attempt would be set, moved
 * and cleared for every request, and nearly none ever fires.
 */
export function createDeadlines(clock: Clock): Deadlines {
  const slots: Slots = { entries: [], free: [] }
  let isTicking = false
  let stopped: GatewayError | undefined

  function tick(): void {
    const now = clock.monotonic()
    for (const entry of slots.entries) {
      if (entry === undefined) continue
      if (stopped !== undefined) entry.interrupt(stopped)
      else if (now >= entry.dueAt) entry.pass()
      else entry.listen(now)
    }
    isTicking = slots.free.length < slots.entries.length
    if (isTicking) clock.timer(TICK_MS, tick)
  }

  return {
    start(overallAt, expiring) {
      const slot = slots.free.pop() ?? slots.entries.length
      const entry = new SlotDeadline(clock, slots, slot, overallAt, expiring)
      slots.entries[slot] = entry
      if (!isTicking) {
        isTicking = true
        clock.timer(TICK_MS, tick)
      }
      return entry
    },
    stop(error) {
      stopped = error
      // Whatever begins after this is found by the timer that its start sets.
      for (const entry of slots.entries) entry?.interrupt(error)
    },
  }
}

// Slots, not a Set: a Set that changes all the time leaves a chain of dead tables, each of which keeps what it held
// alive through every young collection. It made one run in two half as slow again.
type Slots = { readonly entries: (SlotDeadline | undefined)[]; readonly free: number[] }

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
export abstract class CallDeadline implements Deadline {
  dueAt: number
  private span = 0
  private quietSince = 0
  private what = OVERALL
  protected readonly clock: Clock
  private readonly overallAt: number
  protected readonly expiring: Expiring

  constructor(clock: Clock, overallAt: number, expiring: Expiring) {
    this.clock = clock
    this.overallAt = overallAt
    this.dueAt = overallAt
    this.expiring = expiring
  }

  abstract clear(): void

  expect(milliseconds: number, what: string): void {
    this.span = milliseconds
    this.what = what
    this.again()
  }

  again(): void {
    this.dueAt = Math.min(this.clock.monotonic() + this.span, this.overallAt)
  }

  rest(): void {
    this.dueAt = this.overallAt
  }

  /** What is expected began to be so when it last happened. */
  protected quietFrom(): number {
    return Math.max(this.quietSince, this.dueAt - this.span)
  }

  listen(now: number): void {
    if (now - this.quietFrom() < QUIET_MS) return
    this.quietSince = now
    this.expiring.quiet?.()
  }

  interrupt(error: GatewayError): void {
    this.clear()
    this.expiring.interrupt(error)
  }

  pass(): void {
    this.clear()
    this.expiring.expire(this.dueAt === this.overallAt ? OVERALL : this.what)
  }
}

class SlotDeadline extends CallDeadline {
  private readonly slots: Slots
  private readonly slot: number

  constructor(clock: Clock, slots: Slots, slot: number, overallAt: number, expiring: Expiring) {
    super(clock, overallAt, expiring)
    this.slots = slots
    this.slot = slot
  }

  clear(): void {
    const { entries, free } = this.slots
    if (entries[this.slot] !== this) return
    entries[this.slot] = undefined
    free.push(this.slot)
  }
}
