import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Claim, Granted, KeyLimits } from '../core/counters.ts'
import { createMemoryCounters } from './memory-counters.ts'

function clockAt(start: number) {
  let time = start
  return {
    monotonic: () => time,
    now: () => Date.UTC(2026, 10, 28, 23, 0, 0) + time,
    pass(ms: number) {
      time += ms
    },
  }
}

function claim(limits: KeyLimits, given: Partial<Claim> = {}): Claim {
  return { key: 'k', call: 'c', limits, tokens: 0, cost: { full: 0, least: 0 }, leaseMs: 60_000, ...given }
}

test('no minute has more requests or tokens than its limit, and what is refused fits when it is told to', () => {
  const step = fc.record({ pauseMs: fc.integer({ min: 0, max: 20_000 }), tokens: fc.integer({ min: 1, max: 60 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 0, max: 5_000 }), (steps, start) => {
      const clock = clockAt(start)
      const counters = createMemoryCounters(clock)
      const limits = { requestsPerMinute: 5, tokensPerMinute: 100 }
      const granted: { at: number; tokens: number }[] = []
      for (const { pauseMs, tokens } of steps) {
        clock.pass(pauseMs)
        const taken = counters.take(claim(limits, { tokens }))
        if (taken.type === 'granted') {
          granted.push({ at: clock.monotonic(), tokens })
        } else {
          expect(taken.isHeld).toBe(false)
          const waits = taken.retryAfterMs ?? Number.NaN
          // The limit of the other kind may still be in the way, never the same one.
          clock.pass(waits)
          const again = counters.take(claim(limits, { tokens }))
          if (again.type === 'granted') granted.push({ at: clock.monotonic(), tokens })
          else expect(again.by).not.toBe(taken.by)
        }
      }
      for (const { at } of granted) {
        const minute = granted.filter((one) => one.at > at - 60_000 && one.at <= at)
        expect(minute.length).toBeLessThanOrEqual(5)
        expect(minute.reduce((sum, one) => sum + one.tokens, 0)).toBeLessThanOrEqual(100)
      }
    }),
  )
})

test('whatever becomes of calls: none is left under way, and what is spent is the sum of what they cost', () => {
  const event = fc.oneof(
    fc.record({ type: fc.constant('take' as const), full: fc.integer({ min: 0, max: 50 }), least: fc.nat(10) }),
    fc.record({
      type: fc.constant('settle' as const),
      which: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const counters = createMemoryCounters(clockAt(0))
      const limits = { concurrent: 7, budget: { nanoUsd: 300, per: 'day' as const } }
      const underWay: Granted[] = []
      let settled = 0
      const end = (at: number, share: number): void => {
        const [one] = underWay.splice(at, 1)
        const cost = Math.round((one?.hold.nanoUsd ?? 0) * share)
        settled += cost
        one?.hold.settle({ tokens: 0, nanoUsd: cost })
        // Said twice.
        one?.hold.settle({ tokens: 0, nanoUsd: 1_000 })
      }
      for (const one of events) {
        if (one.type === 'settle') {
          if (underWay.length > 0) end(one.which % underWay.length, one.share)
          continue
        }
        const cost = { full: one.full, least: Math.min(one.least, one.full) }
        const taken = counters.take(claim(limits, { cost }))
        const reserved = underWay.reduce((sum, { hold }) => sum + hold.nanoUsd, 0)
        const left = 300 - settled - reserved
        const isFree = cost.least === 0
        const expected = underWay.length < 7 && (cost.least <= left || isFree)
        expect(taken.type === 'granted').toBe(expected)
        if (taken.type === 'granted') {
          expect(taken.hold.nanoUsd).toBe(cost.full <= left ? cost.full : cost.least)
          underWay.push(taken)
        } else expect(taken.isHeld).toBe(underWay.length > 0)
      }
      while (underWay.length > 0) end(0, 0.5)
      expect(settled).toBeLessThanOrEqual(300)
      // All of what is left can be had in one piece, and no more.
      const rest = { full: 300 - settled + 1, least: 300 - settled + 1 }
      expect(counters.take(claim(limits, { cost: rest })).type).toBe(rest.least === 0 ? 'granted' : 'refused')
      const exact = 300 - settled
      const last = counters.take(claim(limits, { cost: { full: exact, least: exact } }))
      expect(last.type).toBe('granted')
    }),
  )
})

test('a budget begins anew with its day; what an earlier day’s call settles is not the new day’s', () => {
  const clock = clockAt(0)
  const counters = createMemoryCounters(clock)
  const limits = { budget: { nanoUsd: 10, per: 'day' as const } }
  const cost = { full: 10, least: 10 }
  const first = counters.take(claim(limits, { cost }))
  expect(counters.take(claim(limits, { cost }))).toMatchObject({ type: 'refused', by: 'budget', isHeld: true })
  clock.pass(3_600_000)
  expect(counters.take(claim(limits, { cost })).type).toBe('granted')
  if (first.type === 'granted') first.hold.settle({ tokens: undefined, nanoUsd: 0 })
  expect(counters.take(claim(limits, { cost })).type).toBe('refused')
})

test('more is set aside for a call under way, as much as is left of its own day, and all of it is settled', () => {
  const clock = clockAt(0)
  const counters = createMemoryCounters(clock)
  const limits = { budget: { nanoUsd: 100, per: 'day' as const } }
  const cost = (nanoUsd: number) => ({ cost: { full: nanoUsd, least: nanoUsd } })
  const first = counters.take(claim(limits, cost(40))) as Granted
  expect(first.hold.more({ full: 70, least: 20 })).toBe(20)
  expect(first.hold.more({ full: 41, least: 41 })).toBe(0)
  expect(first.hold.more({ full: 30, least: 0 })).toBe(30)
  expect(counters.take(claim(limits, cost(11)))).toMatchObject({ type: 'refused', isHeld: true })
  first.hold.settle({ tokens: 0, nanoUsd: 45 })
  expect(first.hold.more({ full: 1, least: 1 })).toBe(0)
  const second = counters.take(claim(limits, cost(55))) as Granted
  clock.pass(3_600_000)
  counters.take(claim(limits, cost(0)))
  expect(second.hold.more({ full: 1, least: 1 })).toBe(0)
})

test('tokens that were not used are given back, those beyond the claim count', () => {
  const counters = createMemoryCounters(clockAt(0))
  const limits = { tokensPerMinute: 100 }
  const first = counters.take(claim(limits, { tokens: 100 }))
  if (first.type === 'granted') first.hold.settle({ tokens: 30, nanoUsd: 0 })
  const second = counters.take(claim(limits, { tokens: 70 }))
  expect(second).toMatchObject({ type: 'granted', left: { tokens: 0 } })
  if (second.type === 'granted') second.hold.settle({ tokens: 90, nanoUsd: 0 })
  expect(counters.take(claim(limits, { tokens: 1 })).type).toBe('refused')
})

test('keys beyond the bound are forgotten, oldest first, and none whose calls are under way', () => {
  const counters = createMemoryCounters(clockAt(0), { maxKeys: 2 })
  const limits = { requestsPerMinute: 1 }
  const first = counters.take(claim(limits, { key: 'a' }))
  for (const key of ['b', 'c', 'd']) {
    const taken = counters.take(claim(limits, { key }))
    if (taken.type === 'granted') taken.hold.settle({ tokens: 0, nanoUsd: 0 })
  }
  expect(first.type).toBe('granted')
  expect(counters.take(claim(limits, { key: 'a' })).type).toBe('refused')
  expect(counters.take(claim(limits, { key: 'b' })).type).toBe('granted')
})

test('a budget goes on from what is written down of its period, which is asked for once', () => {
  const clock = clockAt(0)
  const asked: [string, string][] = []
  const counters = createMemoryCounters(clock, {
    spentSince(key, since) {
      asked.push([key, new Date(since).toISOString()])
      return since === Date.UTC(2026, 10, 28) ? 60 : since === Date.UTC(2026, 10, 1) ? 90 : 0
    },
  })
  const day = { budget: { nanoUsd: 100, per: 'day' } } as const
  const month = { budget: { nanoUsd: 100, per: 'month' } } as const
  const cost = (nanoUsd: number) => ({ cost: { full: nanoUsd, least: nanoUsd } })
  expect(counters.take(claim(day, cost(41)))).toMatchObject({ type: 'refused', by: 'budget', isHeld: false })
  expect(counters.take(claim(month, cost(11)))).toMatchObject({ type: 'refused', by: 'budget' })
  const granted = counters.take(claim(day, cost(10))) as Granted
  granted.hold.settle({ tokens: 0, nanoUsd: 8 })
  // The budget is edited from a day's to a month's: 98 are spent of that.
  expect(counters.take(claim(month, cost(3)))).toMatchObject({ type: 'refused' })
  expect(counters.take(claim(month, cost(2)))).toMatchObject({ type: 'granted' })
  expect(asked).toEqual([
    ['k', '2026-11-28T00:00:00.000Z'],
    ['k', '2026-11-01T00:00:00.000Z'],
  ])
  // A new day of the same month.
  clock.pass(3_600_000)
  expect(counters.take(claim(day, cost(100)))).toMatchObject({ type: 'granted' })
  expect(asked.slice(2)).toEqual([['k', '2026-11-29T00:00:00.000Z']])
})

test('callers of whom nothing is to be remembered make room for new ones; of whom something is, it is told when he is forgotten', () => {
  const clock = clockAt(0)
  const forgotten: string[] = []
  let asked: string[] = []
  const spentSince = (key: string): number => {
    asked.push(key)
    return 0
  }
  const start = (isWrittenDown: boolean) =>
    createMemoryCounters(clock, {
      maxKeys: 4,
      forgot: (key) => void forgotten.push(key),
      ...(isWrittenDown ? { spentSince } : {}),
    })
  const limits = { requestsPerMinute: 9, budget: { nanoUsd: 10, per: 'month' } } as const
  const use = (counters: ReturnType<typeof start>, key: string, nanoUsd: number) => {
    const taken = counters.take(claim(limits, { key, cost: { full: nanoUsd, least: nanoUsd } }))
    if (taken.type === 'granted') taken.hold.settle({ tokens: 0, nanoUsd })
    return taken.type
  }
  const counters = start(false)
  expect(use(counters, 'spent', 10)).toBe('granted')
  for (const key of ['a', 'b', 'c']) use(counters, key, 0)
  clock.pass(61_000)
  // Whoever has spent something stands first, and stays while there is room.
  expect(use(counters, 'spent', 1)).toBe('refused')
  for (const key of ['d', 'e']) use(counters, key, 0)
  expect(use(counters, 'spent', 1)).toBe('refused')
  expect(forgotten).toEqual([])
  for (const key of ['f', 'g', 'h', 'i']) use(counters, key, 1)
  expect(forgotten).toEqual(['d', 'e', 'spent'])
  const written = start(true)
  use(written, 'spent', 5)
  clock.pass(61_000)
  use(written, 'other', 0)
  asked = []
  use(written, 'spent', 5)
  expect(asked).toEqual(['spent', 'spent'])
})
