import type { Claim, Counters, Granted, Refused, Taken } from '../core/counters.ts'
import type { Clock } from '../core/ports.ts'
import { refusal } from './refusal.ts'

/** Takes what calls need of their keys' limits; those for whom a budget is only held by others wait a little. */
export type Limiter = {
  /** Throws, or rejects with, the caller's refusal. `isGone`: nobody waits for this call any more. */
  take(claim: Claim, isGone: () => boolean): Granted | Promise<Granted>
}

type Waiter = { wake: () => void }

const MOST_WAIT_MS = 2_000
const MOST_WAITING = 10_000
const HELD: Refused = { type: 'refused', by: 'budget', retryAfterMs: undefined, isHeld: true }

export function createLimiter(counters: Counters, clock: Clock, random: () => number): Limiter {
  // In their order, by key. Only the first tries: a thousand that all try would be a thousand takes for every settlement.
  const queues = new Map<string, Waiter[]>()

  function take(claim: Claim, isGone: () => boolean): Granted | Promise<Granted> {
    if (claim.limits.budget !== undefined && queues.has(claim.key)) return wait(claim, isGone)
    const taken = counters.take(claim)
    if (taken instanceof Promise) return taken.then((late) => accept(late, claim, isGone))
    return accept(taken, claim, isGone)
  }

  function accept(taken: Taken, claim: Claim, isGone: () => boolean): Granted | Promise<Granted> {
    if (taken.type === 'granted') return waking(taken, claim)
    if (isWorthWaiting(taken)) return wait(claim, isGone)
    throw refusal(claim, taken, clock.now())
  }

  async function wait(claim: Claim, isGone: () => boolean): Promise<Granted> {
    const endsAt = clock.monotonic() + MOST_WAIT_MS
    const queue = queues.get(claim.key) ?? []
    if (queue.length >= MOST_WAITING) throw refusal(claim, HELD, clock.now())
    queues.set(claim.key, queue)
    const waiter: Waiter = { wake: () => undefined }
    queue.push(waiter)
    let last = HELD
    try {
      for (;;) {
        const isFirst = queue[0] === waiter
        if (isFirst && !isGone()) {
          const taken = await counters.take(claim)
          if (taken.type === 'granted') return waking(taken, claim)
          last = taken
          if (!isWorthWaiting(taken)) break
        }
        const left = endsAt - clock.monotonic()
        if (left <= 0 || isGone()) break
        const { pollMs } = counters
        const pause = isFirst && pollMs !== undefined ? Math.min(left, pollMs * (0.5 + random())) : left
        await asleep(waiter, pause)
      }
      throw refusal(claim, last, clock.now())
    } finally {
      queue.splice(queue.indexOf(waiter), 1)
      if (queue.length === 0) queues.delete(claim.key)
      else queue[0]?.wake()
    }
  }

  function asleep(waiter: Waiter, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.timer(milliseconds, resolve)
      waiter.wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  /** Whoever settles may have given something back. */
  function waking(taken: Granted, { key, limits }: Claim): Granted {
    if (limits.budget === undefined) return taken
    const { hold } = taken
    return {
      ...taken,
      hold: {
        nanoUsd: hold.nanoUsd,
        settle(used) {
          hold.settle(used)
          queues.get(key)?.[0]?.wake()
        },
      },
    }
  }

  return { take }
}

function isWorthWaiting({ by, isHeld }: Refused): boolean {
  return by === 'budget' && isHeld
}
