import type { Clock } from '../../core/ports.ts'
import type { KeptHold, KeptUsage, MemoryCounters, MemoryHold } from '../../limits/memory-counters.ts'
import { createMemoryCounters } from '../../limits/memory-counters.ts'
import { periodAt } from '../../limits/period.ts'
import type { CounterStub, SentClaim, SentTaken, SentUsed } from './bindings.ts'

/** Where a counter keeps what it knows: what is put is there when it is got again, whatever happened in between. */
export type CounterStorage = {
  get(key: string): unknown
  put(key: string, value: unknown): void
  delete(key: string): void
  list(options: { readonly prefix: string }): Iterable<readonly [string, unknown]>
}

type StoredHold = { readonly kept: KeptHold; readonly endsAt: number }
type UnderWay = StoredHold & { readonly hold: MemoryHold }

export type KeyCounter = {
  readonly [Name in keyof CounterStub]: (
    ...given: Parameters<CounterStub[Name]>
  ) => Awaited<ReturnType<CounterStub[Name]>>
} & {
  /** Milliseconds since 1970 from which nothing has to be remembered, unless something is used until then. */
  idleFrom(): number
  /** Whether there is nothing to remember now. */
  isIdle(): boolean
}

const ONLY = 'key'
const USAGE = 'usage'
const HOLD = 'hold:'

/** What one key uses, written down at every step: one that is opened on the same storage goes on where another ended. */
export function createKeyCounter(storage: CounterStorage, clock: Pick<Clock, 'now'>): KeyCounter {
  // The wall's clock: a monotonic one would begin anew with every opening.
  const wall = { now: clock.now, monotonic: clock.now }
  const counters: MemoryCounters = createMemoryCounters(wall, {
    remembered: () => storage.get(USAGE) as KeptUsage | undefined,
  })
  const underWay = new Map<string, UnderWay>()
  for (const [name, stored] of storage.list({ prefix: HOLD })) {
    const { kept, endsAt } = stored as StoredHold
    underWay.set(name.slice(HOLD.length), { hold: counters.resume(ONLY, kept), kept, endsAt })
  }

  /** Calls whose gateway never said what became of them: what they claimed stands. */
  function endLeases(): void {
    const now = clock.now()
    for (const [call, { hold, kept, endsAt }] of underWay)
      if (endsAt <= now) end(call, hold, { tokens: undefined, nanoUsd: kept.nanoUsd })
  }

  function note(call: string, { hold, kept, endsAt }: UnderWay): void {
    underWay.set(call, { hold, kept, endsAt })
    storage.put(HOLD + call, { kept, endsAt } satisfies StoredHold)
    storage.put(USAGE, counters.usage(ONLY))
  }

  function end(call: string, hold: MemoryHold, used: SentUsed): void {
    underWay.delete(call)
    storage.delete(HOLD + call)
    hold.settle(used)
    storage.put(USAGE, counters.usage(ONLY))
  }

  return {
    take(claim: SentClaim): SentTaken {
      endLeases()
      const taken = counters.take({ ...claim, key: ONLY })
      if (taken.type === 'refused') return taken
      const { hold, kept, left } = taken
      note(claim.call, { hold, kept, endsAt: clock.now() + claim.leaseMs })
      return { type: 'granted', nanoUsd: hold.nanoUsd, left }
    },
    more(call, cost) {
      const found = underWay.get(call)
      if (found === undefined) return 0
      const { hold, kept, endsAt } = found
      const granted = hold.more(cost)
      note(call, { hold, kept: { ...kept, nanoUsd: kept.nanoUsd + granted }, endsAt })
      return granted
    },
    settle(call, used) {
      const found = underWay.get(call)
      if (found !== undefined) end(call, found.hold, used)
    },
    idleFrom: () => periodAt('month', clock.now()).endsAt,
    isIdle() {
      endLeases()
      const { requests, tokens, month } = counters.usage(ONLY)
      const isOld = month.period !== periodAt('month', clock.now()).name
      const minuteAgo = clock.now() / 1_000 - 61
      const isQuiet = [...requests, ...tokens].every(([second]) => second < minuteAgo)
      return underWay.size === 0 && isOld && isQuiet
    },
  }
}
