import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KeyLimits, Taken } from '../../core/counters.ts'
import { createMemoryCounters } from '../../limits/memory-counters.ts'
import type { SentClaim, SentTaken } from './bindings.ts'
import type { CounterStorage } from './key-counter.ts'
import { createKeyCounter } from './key-counter.ts'

/** Keeps what the runtime would: copies, and nothing of the program. */
function memoryStorage(): CounterStorage & { size(): number } {
  const kept = new Map<string, string>()
  return {
    get: (key) => (kept.has(key) ? JSON.parse(kept.get(key) ?? '') : undefined),
    put: (key, value) => void kept.set(key, JSON.stringify(value)),
    delete: (key) => void kept.delete(key),
    *list({ prefix }) {
      for (const [key, value] of kept) if (key.startsWith(prefix)) yield [key, JSON.parse(value)] as const
    },
    size: () => kept.size,
  }
}

function clockAt(start: number) {
  let time = start
  return {
    monotonic: () => time,
    now: () => time,
    pass(ms: number) {
      time += ms
    },
  }
}

const NOON = Date.UTC(2026, 10, 28, 12)

function claim(limits: KeyLimits, given: Partial<SentClaim> = {}): SentClaim {
  return { call: 'c', limits, tokens: 0, cost: { full: 0, least: 0 }, leaseMs: 60_000, ...given }
}

const LIMITS: KeyLimits = {
  requestsPerMinute: 8,
  tokensPerMinute: 200,
  concurrent: 4,
  budget: { nanoUsd: 5_000, per: 'day' },
}

test('whatever is taken and settled, and however often the object is opened anew, it answers as counters in memory do', () => {
  const event = fc.oneof(
    fc.record({
      type: fc.constant('take' as const),
      tokens: fc.integer({ min: 0, max: 80 }),
      full: fc.integer({ min: 0, max: 900 }),
    }),
    fc.record({ type: fc.constant('settle' as const), which: fc.nat(), used: fc.integer({ min: 0, max: 900 }) }),
    fc.record({ type: fc.constant('more' as const), which: fc.nat(), full: fc.integer({ min: 0, max: 900 }) }),
    fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
    fc.record({ type: fc.constant('evict' as const) }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const clock = clockAt(NOON)
      const storage = memoryStorage()
      const memory = createMemoryCounters(clock)
      let counter = createKeyCounter(storage, clock)
      const open: { call: string; more(full: number): unknown; settle(used: number): void }[] = []
      for (const [index, one] of events.entries()) {
        if (one.type === 'pass') clock.pass(one.ms)
        if (one.type === 'evict') counter = createKeyCounter(storage, clock)
        if (one.type === 'take') {
          const given = claim(LIMITS, {
            call: `c${index}`,
            tokens: one.tokens,
            cost: { full: one.full, least: Math.floor(one.full / 2) },
            leaseMs: 10 ** 9,
          })
          const taken = memory.take({ ...given, key: 'k' })
          expect(counter.take(given)).toEqual(sent(taken))
          if (taken.type === 'refused') continue
          open.push({
            call: given.call,
            more: (full) => taken.hold.more({ full, least: 1 }),
            settle: (used) => taken.hold.settle({ tokens: used % 100, nanoUsd: used }),
          })
        }
        if (one.type === 'more' && open.length > 0) {
          const call = open[one.which % open.length]
          expect(counter.more(call?.call ?? '', { full: one.full, least: 1 })).toBe(call?.more(one.full))
        }
        if (one.type === 'settle' && open.length > 0) {
          const [over] = open.splice(one.which % open.length, 1)
          over?.settle(one.used)
          counter.settle(over?.call ?? '', { tokens: one.used % 100, nanoUsd: one.used })
        }
      }
      for (const { call, settle } of open) {
        settle(1)
        counter.settle(call, { tokens: 1, nanoUsd: 1 })
      }
      clock.pass(120_000)
      const last = claim(LIMITS, { cost: { full: 5_000, least: 1 } })
      expect(counter.take(last)).toEqual(sent(memory.take({ ...last, key: 'k' })))
    }),
    { numRuns: 60 },
  )
})

function sent(taken: Taken): SentTaken {
  return taken.type === 'refused' ? taken : { type: 'granted', nanoUsd: taken.hold.nanoUsd, left: taken.left }
}

test('a call whose gateway is gone holds its place until its lease ends, and what it set aside stays spent', () => {
  const clock = clockAt(NOON)
  const storage = memoryStorage()
  const limits: KeyLimits = { concurrent: 1, budget: { nanoUsd: 100, per: 'month' } }
  const cost = { full: 60, least: 60 }
  createKeyCounter(storage, clock).take(claim(limits, { call: 'lost', cost }))
  const counter = createKeyCounter(storage, clock)
  expect(counter.take(claim(limits, { call: 'next', cost }))).toMatchObject({ type: 'refused', by: 'concurrent' })
  clock.pass(60_001)
  expect(counter.take(claim(limits, { call: 'next', cost }))).toMatchObject({ type: 'refused', by: 'budget' })
  counter.settle('lost', { tokens: 0, nanoUsd: 0 })
  expect(counter.take(claim(limits, { call: 'cheap', cost: { full: 40, least: 40 } }))).toMatchObject({
    type: 'granted',
  })
})

test('a call is settled once, however often that is said', () => {
  const counter = createKeyCounter(memoryStorage(), clockAt(NOON))
  const limits: KeyLimits = { budget: { nanoUsd: 100, per: 'day' } }
  counter.take(claim(limits, { cost: { full: 80, least: 80 } }))
  counter.settle('c', { tokens: 0, nanoUsd: 10 })
  counter.settle('c', { tokens: 0, nanoUsd: 0 })
  expect(counter.take(claim(limits, { call: 'd', cost: { full: 91, least: 91 } }))).toMatchObject({ type: 'refused' })
  expect(counter.take(claim(limits, { call: 'e', cost: { full: 90, least: 90 } }))).toMatchObject({ type: 'granted' })
})

test('nothing is to be remembered once its month is over and no call is under way', () => {
  const clock = clockAt(NOON)
  const counter = createKeyCounter(memoryStorage(), clock)
  counter.take(claim({ budget: { nanoUsd: 100, per: 'month' } }, { cost: { full: 1, least: 1 } }))
  expect(counter.idleFrom()).toBe(Date.UTC(2026, 11, 1))
  expect(counter.isIdle()).toBe(false)
  counter.settle('c', { tokens: 0, nanoUsd: 1 })
  expect(counter.isIdle()).toBe(false)
  clock.pass(Date.UTC(2026, 11, 1) - NOON)
  expect(counter.isIdle()).toBe(true)
})
