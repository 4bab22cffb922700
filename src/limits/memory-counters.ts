import type { Claim, Counters, Hold, KeyLimits, Refused, Taken, Used } from '../core/counters.ts'
import type { Clock } from '../core/ports.ts'
import { periodAt } from './period.ts'
import type { SlidingMinute } from './sliding-minute.ts'
import { createSlidingMinute } from './sliding-minute.ts'

type Usage = {
  readonly requests: SlidingMinute
  readonly tokens: SlidingMinute
  concurrent: number
  /** The period that `spent` is of; of an earlier one nothing is asked any more. */
  period: string
  /** In nano-dollars, with what is set aside. */
  spent: number
}

export type MemoryCounters = Omit<Counters, 'take'> & { take(claim: Claim): Taken }

/** Counters of this process alone, gone with it. Of no more than `maxKeys` keys; of those, the ones used last. */
export function createMemoryCounters(clock: Pick<Clock, 'monotonic' | 'now'>, maxKeys = 100_000): MemoryCounters {
  const keys = new Map<string, Usage>()

  function usageOf(key: string): Usage {
    const usage = keys.get(key) ?? {
      requests: createSlidingMinute(),
      tokens: createSlidingMinute(),
      concurrent: 0,
      period: '',
      spent: 0,
    }
    keys.delete(key)
    keys.set(key, usage)
    if (keys.size > maxKeys) forgetOne()
    return usage
  }

  function forgetOne(): void {
    for (const [key, { concurrent }] of keys) {
      if (concurrent > 0) continue
      keys.delete(key)
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
      let period = ''
      if (limits.budget !== undefined) {
        period = periodAt(limits.budget.per, clock.now()).name
        if (usage.period !== period) Object.assign(usage, { period, spent: 0 })
        const fits = grantOf(claim, limits.budget.nanoUsd - usage.spent)
        if (fits === undefined) return { ...held('budget'), isHeld: usage.concurrent > 0 }
        nanoUsd = fits
        usage.spent += fits
      }
      usage.concurrent += 1
      usage.requests.add(second, 1)
      usage.tokens.add(second, tokens)
      return { type: 'granted', hold: holdOf(usage, { nanoUsd, tokens, second, period }), left: leftOf(usage, limits) }
    },
  }

  function holdOf(
    usage: Usage,
    taken: { readonly nanoUsd: number; readonly tokens: number; readonly second: number; readonly period: string },
  ): Hold {
    let isOver = false
    return {
      nanoUsd: taken.nanoUsd,
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
        if (usage.period === taken.period) usage.spent += used.nanoUsd - taken.nanoUsd
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

/** How much of its cost a claim gets where `left` is left; `undefined`: not even the least. What costs nothing always fits. */
function grantOf({ cost }: Claim, left: number): number | undefined {
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
