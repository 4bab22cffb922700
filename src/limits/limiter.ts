import type { Claim, Counters, Granted, Refused, Taken } from '../core/counters.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { refusal } from './refusal.ts'

/** Takes what calls need of their keys' limits; those for whom a budget is only held by others wait a little. */
export type Limiter = {
  /** Throws, or rejects with, the caller's refusal. `isGone`: nobody waits for this call any more. */
  take(claim: Claim, isGone: () => boolean): Granted | Promise<Granted>
  /** The same without waiting for what calls under way may give back. */
  takeAtOnce(claim: Claim): Promise<Granted>
  /** Throws the refusal of a key whose requests of this minute are known to be used up: nothing need be read or routed for it. */
  requireRequestsLeft(claimant: Claimant): void
}

type Claimant = Pick<Claim, 'key' | 'limits'>

type UsedUp = { readonly refused: Refused; readonly limit: number | undefined; readonly endsAt: number }

type Waiter = { wake: () => void }

// Answers take seconds, and what they leave of a budget is often enough for whoever waits.
const MOST_WAIT_MS = 10_000
const MOST_WAITING = 10_000
const MOST_USED_UP = 10_000
const HELD: Refused = { type: 'refused', by: 'budget', retryAfterMs: undefined, isHeld: true }

export function createLimiter(counters: Counters, clock: Clock, random: () => number): Limiter {
  // In their order, by key. Only the first tries: a thousand that all try would be a thousand takes for every settlement.
  const queues = new Map<string, Waiter[]>()
  // Requests are never given back, so that such a refusal holds until its time is over, whoever counts.
  const usedUp = new Map<string, UsedUp>()

  function requireRequestsLeft({ key, limits }: Claimant): void {
    const found = usedUp.get(key)
    if (found === undefined) return
    const retryAfterMs = found.endsAt - clock.monotonic()
    if (retryAfterMs > 0 && found.limit === limits.requestsPerMinute)
      throw refusal({ limits }, { ...found.refused, retryAfterMs }, clock.now())
    usedUp.delete(key)
  }

  function noteUsedUp(refused: Refused, { key, limits }: Claim): void {
    if (refused.by !== 'requests' || refused.retryAfterMs === undefined) return
    if (usedUp.size >= MOST_USED_UP) usedUp.clear()
    const endsAt = clock.monotonic() + refused.retryAfterMs
    usedUp.set(key, { refused, limit: limits.requestsPerMinute, endsAt })
  }

  function take(claim: Claim, isGone: () => boolean): Granted | Promise<Granted> {
    requireRequestsLeft(claim)
    if (claim.limits.budget !== undefined && queues.has(claim.key)) return wait(claim, isGone)
    const taken = counters.take(claim)
    if (taken instanceof Promise) return taken.then((late) => accept(late, claim, isGone))
    return accept(taken, claim, isGone)
  }

  async function takeAtOnce(claim: Claim): Promise<Granted> {
    const taken = await counters.take(claim)
    if (taken.type === 'granted') return waking(taken, claim)
    throw refusal(claim, taken, clock.now())
  }

  function accept(taken: Taken, claim: Claim, isGone: () => boolean): Granted | Promise<Granted> {
    if (taken.type === 'granted') return waking(taken, claim)
    if (isWorthWaiting(taken)) return wait(claim, isGone)
    noteUsedUp(taken, claim)
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
      if (isGone()) throw new GatewayError('client_closed_request', 'The client left while it waited for its budget.')
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
        more: (cost) => hold.more(cost),
        settle(used) {
          hold.settle(used)
          queues.get(key)?.[0]?.wake()
        },
      },
    }
  }

  return { take, takeAtOnce, requireRequestsLeft }
}

function isWorthWaiting({ by, isHeld }: Refused): boolean {
  return by === 'budget' && isHeld
}
