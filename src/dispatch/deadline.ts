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

/** Starts the deadlines of attempts; `overallAt` is the end of the call on the monotonic clock. */
export type Deadlines = { start(overallAt: number, expire: (what: string) => void): Deadline }

type Running = {
  dueAt: number
  span: number
  what: string
  readonly overallAt: number
  readonly expire: (what: string) => void
}

// How late a deadline may be noticed. Against the seconds a model takes it is nothing.
const TICK_MS = 20
const OVERALL = 'did not finish in time'

/**
 * One timer for all deadlines of the gateway, running only while there are any. A timer an attempt would be set, moved
 * and cleared for every request, and nearly none ever fires.
 */
export function createDeadlines(clock: Clock): Deadlines {
  // Slots, not a Set: a Set that changes all the time leaves a chain of dead tables, each of which keeps what it held
  // alive through every young collection. It made one run in two half as slow again.
  const slots: (Running | undefined)[] = []
  const free: number[] = []
  let isTicking = false

  function tick(): void {
    const now = clock.monotonic()
    for (const [slot, entry] of slots.entries()) {
      if (entry === undefined || now < entry.dueAt) continue
      leave(slot)
      entry.expire(entry.dueAt === entry.overallAt ? OVERALL : entry.what)
    }
    isTicking = free.length < slots.length
    if (isTicking) clock.timer(TICK_MS, tick)
  }

  function leave(slot: number): void {
    if (slots[slot] === undefined) return
    slots[slot] = undefined
    free.push(slot)
  }

  return {
    start(overallAt, expire) {
      const entry: Running = { dueAt: overallAt, span: 0, what: OVERALL, overallAt, expire }
      const slot = free.pop() ?? slots.length
      slots[slot] = entry
      if (!isTicking) {
        isTicking = true
        clock.timer(TICK_MS, tick)
      }
      return {
        expect(milliseconds, what) {
          entry.span = milliseconds
          entry.what = what
          entry.dueAt = Math.min(clock.monotonic() + milliseconds, overallAt)
        },
        again() {
          entry.dueAt = Math.min(clock.monotonic() + entry.span, overallAt)
        },
        rest() {
          entry.dueAt = overallAt
        },
        clear() {
          if (slots[slot] === entry) leave(slot)
        },
      }
    },
  }
}
