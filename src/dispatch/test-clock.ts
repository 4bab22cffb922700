import type { Clock } from '../core/ports.ts'

export type ManualClock = Clock & {
  advance(milliseconds: number): void
  pending(): number
  /** How many were set so far. */
  timers(): number
}

/** For tests: a clock that moves when it is told to. */
export function createManualClock(): ManualClock {
  let now = 0
  let set = 0
  const pending = new Set<{ readonly at: number; readonly fire: () => void }>()
  return {
    monotonic: () => now,
    now: () => now,
    timer(milliseconds, fire) {
      set += 1
      const entry = { at: now + milliseconds, fire }
      pending.add(entry)
      return { cancel: () => void pending.delete(entry), refresh: () => undefined }
    },
    advance(milliseconds) {
      const end = now + milliseconds
      for (;;) {
        const [next] = [...pending].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        pending.delete(next)
        now = next.at
        next.fire()
      }
      now = end
    },
    pending: () => pending.size,
    timers: () => set,
  }
}
