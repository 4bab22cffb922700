import type {
  Budget,
  Claim,
  Cost,
  Counters,
  Granted,
  Hold,
  KeyLimits,
  Period,
  Refused,
  Taken,
  Used,
} from '../core/counters.ts'
import type { Clock } from '../core/ports.ts'
import { periodAt } from './period.ts'
import type { KeptSeconds, SlidingMinute } from './sliding-minute.ts'
import { createSlidingMinute } from './sliding-minute.ts'

type Usage = {
  readonly requests: SlidingMinute
  readonly tokens: SlidingMinute
  concurrent: number
  /** Both are counted, so that a key whose budget is edited from one to the other goes on from what it has spent. */
  readonly day: Tally
  readonly month: Tally
}

type Tally = {
  /** The period that `spent` is of; of an earlier one nothing is asked any more. */
  period: string
  /** In nano-dollars, with what is set aside. */
  spent: number
}

/** What a key has used, as JSON: all but its calls under way. */
export type KeptUsage = {
  readonly requests: KeptSeconds
  readonly tokens: KeptSeconds
  readonly day: Readonly<Tally>
  readonly month: Readonly<Tally>
}

/** What a call under way has taken, as JSON. */
export type KeptHold = {
  readonly nanoUsd: number
  readonly tokens: number
  /** Of the monotonic clock. */
  readonly second: number
  /** Of the tallies that the money was taken from. */
  readonly periods: readonly [day: string, month: string]
  readonly budget?: Budget | undefined
}

export type MemoryCountersOptions = {
  /** Of no more than so many keys; of those, the ones used last. */
  readonly maxKeys?: number
  /** Nano-dollars that a key has spent since then, in milliseconds since 1970, as it is written down elsewhere. Never throws. */
  readonly spentSince?: ((key: string, since: number) => number) | undefined
  /** There were too many keys to remember what this one has used. */
  readonly forgot?: (key: string) => void
  /** What counters of before knew of a key, on a clock that goes on from theirs. */
  readonly remembered?: (key: string) => KeptUsage | undefined
}

const IDLE_AT_ONCE = 2

const PERIODS: readonly Period[] = ['day', 'month']

/** Answers at once. */
export type MemoryHold = Omit<Hold, 'more'> & { more(cost: Cost): number }

export type MemoryCounters = Omit<Counters, 'take'> & {
  take(claim: Claim): Exclude<Taken, Granted> | (Granted & { readonly hold: MemoryHold; readonly kept: KeptHold })
  /** To be given to other counters as `remembered`. */
  usage(key: string): KeptUsage
  /** A call that other counters have granted is under way here too. */
  resume(key: string, kept: KeptHold): MemoryHold
}

/** Counters of this process alone, gone with it, but for what is written down of money. */
export function createMemoryCounters(
  clock: Pick<Clock, 'monotonic' | 'now'>,
  { maxKeys = 100_000, spentSince, forgot = () => undefined, remembered }: MemoryCountersOptions = {},
): MemoryCounters {
  const isWrittenDown = spentSince !== undefined
  const keys = new Map<string, Usage>()

  function usageOf(key: string): Usage {
    const usage = keys.get(key) ?? newUsage(remembered?.(key))
    if (!keys.delete(key)) dropIdle()
    keys.set(key, usage)
    if (keys.size > maxKeys) forgetOne()
    return usage
  }

  /** Of the keys that were used longest ago, those of whom nothing is to be remembered: twice as many as come at most. */
  function dropIdle(): void {
    let looked = 0
    for (const [key, usage] of keys) {
      if (looked === IDLE_AT_ONCE || !isIdle(usage)) return
      looked += 1
      keys.delete(key)
    }
  }

  function isIdle({ requests, tokens, concurrent, day, month }: Usage): boolean {
    const second = Math.floor(clock.monotonic() / 1_000)
    if (concurrent > 0 || requests.sum(second) > 0 || tokens.sum(second) > 0) return false
    return isWrittenDown || (day.spent === 0 && month.spent === 0) || month.period !== monthNow()
  }

  function monthNow(): string {
    return periodAt('month', clock.now()).name
  }

  function forgetOne(): void {
    for (const [key, usage] of keys) {
      if (usage.concurrent > 0) continue
      keys.delete(key)
      if (!isIdle(usage)) forgot(key)
      return
    }
  }

  return {
    pollMs: undefined,
    health: () => undefined,
    close: () => Promise.resolve(),
    take(claim) {
      const { limits, tokens } = claim
      const usage = usageOf(claim.key)
      const monotonic = clock.monotonic()
      const second = Math.floor(monotonic / 1_000)
      const refused = overMinute(usage, claim, monotonic)
      if (refused !== undefined) return refused
      if (limits.concurrent !== undefined && usage.concurrent >= limits.concurrent) return held('concurrent')
      let nanoUsd = 0
      if (limits.budget !== undefined) {
        openTallies(usage, claim.key)
        const fits = grantOf(claim.cost, limits.budget.nanoUsd - usage[limits.budget.per].spent)
        if (fits === undefined) return { ...held('budget'), isHeld: usage.concurrent > 0 }
        nanoUsd = fits
        usage.day.spent += fits
        usage.month.spent += fits
      }
      const periods = [usage.day.period, usage.month.period] as const
      usage.concurrent += 1
      usage.requests.add(second, 1)
      usage.tokens.add(second, tokens)
      const kept = { nanoUsd, tokens, second, periods, budget: limits.budget }
      return { type: 'granted', hold: holdOf(usage, kept), kept, left: leftOf(usage, limits) }
    },
    usage(key) {
      const { requests, tokens, day, month } = usageOf(key)
      return { requests: requests.entries(), tokens: tokens.entries(), day: { ...day }, month: { ...month } }
    },
    resume(key, kept) {
      const usage = usageOf(key)
      usage.concurrent += 1
      return holdOf(usage, kept)
    },
  }

  function openTallies(usage: Usage, key: string): void {
    const now = clock.now()
    for (const per of PERIODS) {
      const { name, startsAt } = periodAt(per, now)
      if (usage[per].period !== name)
        Object.assign(usage[per], { period: name, spent: spentSince?.(key, startsAt) ?? 0 })
    }
  }

  function holdOf(usage: Usage, taken: KeptHold): MemoryHold {
    let isOver = false
    let held = taken.nanoUsd
    const [day, month] = taken.periods
    const { budget } = taken
    return {
      nanoUsd: taken.nanoUsd,
      more(cost) {
        // What a call of yesterday goes on with is nobody's to set aside today.
        if (isOver || budget === undefined || usage.day.period !== day || usage.month.period !== month) return 0
        const more = grantOf(cost, budget.nanoUsd - usage[budget.per].spent) ?? 0
        held += more
        usage.day.spent += more
        usage.month.spent += more
        return more
      },
      settle(used: Used) {
        if (isOver) return
        isOver = true
        usage.concurrent -= 1
        if (used.tokens !== undefined) {
          const change = used.tokens - taken.tokens
          // What was not used is given back to the second of the claim; what was used beyond it counts from now on.
          const second = change < 0 ? taken.second : Math.floor(clock.monotonic() / 1_000)
          usage.tokens.add(second, change)
        }
        if (usage.day.period === day) usage.day.spent += used.nanoUsd - held
        if (usage.month.period === month) usage.month.spent += used.nanoUsd - held
      },
    }
  }

  function leftOf({ requests, tokens }: Usage, { requestsPerMinute, tokensPerMinute }: KeyLimits) {
    const second = Math.floor(clock.monotonic() / 1_000)
    return {
      requests: requestsPerMinute === undefined ? undefined : Math.max(0, requestsPerMinute - requests.sum(second)),
      tokens: tokensPerMinute === undefined ? undefined : Math.max(0, tokensPerMinute - tokens.sum(second)),
    }
  }
}

function newUsage(kept: KeptUsage | undefined): Usage {
  const nothing = { period: '', spent: 0 }
  return {
    requests: createSlidingMinute(kept?.requests),
    tokens: createSlidingMinute(kept?.tokens),
    concurrent: 0,
    day: { ...(kept?.day ?? nothing) },
    month: { ...(kept?.month ?? nothing) },
  }
}

/** How much of a cost is granted where `left` is left; `undefined`: not even the least. What costs nothing always fits. */
function grantOf(cost: Cost, left: number): number | undefined {
  if (cost.full <= left) return cost.full
  if (cost.least <= left || cost.least === 0) return cost.least
  return undefined
}

function overMinute(usage: Usage, { limits, tokens }: Claim, monotonic: number): Refused | undefined {
  const second = Math.floor(monotonic / 1_000)
  const checks = [
    ['requests', usage.requests, 1, limits.requestsPerMinute],
    ['tokens', usage.tokens, tokens, limits.tokensPerMinute],
  ] as const
  for (const [by, minute, amount, limit] of checks) {
    if (limit === undefined || minute.sum(second) + amount <= limit) continue
    const retryAfterMs = (minute.secondsUntil(second, amount, limit) + second) * 1_000 - monotonic
    return { type: 'refused', by, retryAfterMs: Math.max(0, Math.ceil(retryAfterMs)), isHeld: false }
  }
  return undefined
}

function held(by: 'concurrent' | 'budget'): Refused {
  return { type: 'refused', by, retryAfterMs: undefined, isHeld: true }
}
