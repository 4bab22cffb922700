import { expect, test } from 'vitest'
import type { Claim, Granted } from '../core/counters.ts'
import { createLimiter } from './limiter.ts'
import { createMemoryCounters } from './memory-counters.ts'

/** Time passes only where a test says so. */
function manualClock() {
  let time = 0
  const timers = new Set<{ at: number; fire: () => void }>()
  return {
    monotonic: () => time,
    now: () => Date.UTC(2026, 10, 28) + time,
    timer(milliseconds: number, fire: () => void) {
      const timer = { at: time + milliseconds, fire }
      timers.add(timer)
      return { cancel: () => void timers.delete(timer), refresh: () => undefined }
    },
    pass(milliseconds: number) {
      time += milliseconds
      for (const timer of timers) {
        if (timer.at > time) continue
        timers.delete(timer)
        timer.fire()
      }
    },
  }
}

const limits = { concurrent: 1_000, budget: { nanoUsd: 10, per: 'day' as const } }
const claim = (amount: number): Claim => ({
  key: 'k',
  call: 'c',
  limits,
  tokens: 0,
  cost: { full: amount, least: amount },
  leaseMs: 1_000,
})
const here = (): boolean => false
const settled = { tokens: 0, nanoUsd: 0 }

function start() {
  const clock = manualClock()
  return { clock, limiter: createLimiter(createMemoryCounters(clock), clock, () => 0.5) }
}

test('a call waits for budget that others hold, and they are served in their order', async () => {
  const { limiter } = start()
  const first = limiter.take(claim(10), here) as Granted
  const order: number[] = []
  const waiting = [1, 2, 3].map(async (place) => {
    const taken = await limiter.take(claim(5), here)
    order.push(place)
    return taken
  })
  await Promise.resolve()
  first.hold.settle(settled)
  const [one] = await Promise.all(waiting.slice(0, 2))
  expect(order).toEqual([1, 2])
  one?.hold.settle(settled)
  await waiting[2]
  expect(order).toEqual([1, 2, 3])
})

test('after ten seconds a call that waits is refused, also one that never had its turn', async () => {
  const { clock, limiter } = start()
  void limiter.take(claim(10), here)
  const waiting = [limiter.take(claim(5), here), limiter.take(claim(1), here)]
  const ends = Promise.allSettled(waiting)
  await Promise.resolve()
  clock.pass(10_000)
  for (const one of await ends)
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'budget_exceeded', status: 429 } })
})

test('a budget that is used up is refused at once, with the day on which it begins anew', () => {
  const { limiter } = start()
  const first = limiter.take(claim(10), here) as Granted
  first.hold.settle({ tokens: 0, nanoUsd: 10 })
  expect(() => limiter.take(claim(1), here)).toThrow(
    /what is left of it does not pay for this one. The budget begins anew on 2026-11-29 at 00:00 UTC/,
  )
})

test('a key whose requests are used up is refused without being counted, until its time is over', () => {
  const clock = manualClock()
  const memory = createMemoryCounters(clock)
  let asked = 0
  const counters = {
    ...memory,
    take(one: Claim) {
      asked += 1
      return memory.take(one)
    },
  }
  const limiter = createLimiter(counters, clock, () => 0.5)
  const one = { ...claim(0), limits: { requestsPerMinute: 1 } }
  void limiter.take(one, here)
  expect(() => limiter.take(one, here)).toThrow(/Try again in 61 s/)
  clock.pass(30_000)
  expect(() => limiter.requireRequestsLeft(one)).toThrow(/Try again in 31 s/)
  expect(() => limiter.take(one, here)).toThrow(/Try again in 31 s/)
  expect(asked).toBe(2)
  // Another limit is another question.
  expect(limiter.take({ ...one, limits: { requestsPerMinute: 2 } }, here)).toMatchObject({ type: 'granted' })
  clock.pass(31_000)
  expect(() => limiter.take(one, here)).toThrow(/Try again in 30 s/)
  clock.pass(30_000)
  expect(limiter.take(one, here)).toMatchObject({ type: 'granted' })
})

test('whoever left is not served when his turn comes', async () => {
  const { limiter } = start()
  const first = limiter.take(claim(10), here) as Granted
  let isGone = false
  const gone = limiter.take(claim(10), () => isGone)
  const next = limiter.take(claim(10), here)
  const ended = Promise.allSettled([gone])
  await Promise.resolve()
  isGone = true
  first.hold.settle(settled)
  await expect(next).resolves.toMatchObject({ type: 'granted' })
  expect((await ended)[0]).toMatchObject({ status: 'rejected', reason: { code: 'client_closed_request' } })
})
