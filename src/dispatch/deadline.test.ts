import { describe, expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { createDeadlines } from './deadline.ts'
import { createOwnDeadlines } from './own-deadlines.ts'
import { createManualClock } from './test-clock.ts'

const TICK_MS = 20
const interrupt = (): void => undefined

describe.each([
  ['one timer for all', createDeadlines],
  ['a timer for each', createOwnDeadlines],
])('deadlines, %s', (_, create) => {
  function start(overallAt: number) {
    const clock = createManualClock()
    const expired: string[] = []
    return {
      clock,
      expired,
      deadline: create(clock).start(overallAt, { expire: (what) => expired.push(what), interrupt }),
    }
  }

  test('what does not happen in time is named, a tick late at most', () => {
    const { clock, expired, deadline } = start(100_000)
    deadline.expect(25_000, 'did not start')
    clock.advance(24_999)
    expect(expired).toEqual([])
    clock.advance(TICK_MS)
    expect(expired).toEqual(['did not start'])
  })

  test('a shorter wait after a longer one counts', () => {
    const { clock, expired, deadline } = start(100_000)
    deadline.expect(60_000, 'long')
    deadline.expect(500, 'short')
    clock.advance(500 + TICK_MS)
    expect(expired).toEqual(['short'])
  })

  test('every read moves the wait on', () => {
    const { clock, expired, deadline } = start(1_000_000)
    deadline.expect(15_000, 'stopped')
    for (let read = 0; read < 1_000; read += 1) {
      clock.advance(8)
      deadline.again()
    }
    clock.advance(14_999)
    expect(expired).toEqual([])
    clock.advance(TICK_MS)
    expect(expired).toEqual(['stopped'])
  })

  test('while nothing is expected only the end of the call counts', () => {
    const { clock, expired, deadline } = start(40_000)
    deadline.expect(1_000, 'stopped')
    deadline.rest()
    clock.advance(39_999)
    expect(expired).toEqual([])
    clock.advance(TICK_MS)
    expect(expired).toEqual(['did not finish in time'])
  })

  test('a cleared deadline never expires', () => {
    const { clock, expired, deadline } = start(1_000)
    deadline.expect(100, 'x')
    deadline.clear()
    clock.advance(10_000)
    expect(expired).toEqual([])
  })

  test('while nothing happens a word is due every five seconds, and none while nothing is expected', () => {
    const clock = createManualClock()
    const words: number[] = []
    const quiet = () => words.push(clock.monotonic())
    const deadline = create(clock).start(1_000_000, { expire: () => undefined, interrupt, quiet })
    clock.advance(60_000)
    deadline.expect(60_000, 'stalled')
    clock.advance(4_000)
    deadline.again()
    clock.advance(4_900)
    expect(words).toEqual([])
    clock.advance(5_200)
    expect(words).toEqual([69_000, 74_000])
    deadline.again()
    clock.advance(4_900)
    expect(words).toHaveLength(2)
    deadline.rest()
    clock.advance(60_000)
    expect(words).toHaveLength(2)
  })

  test('stopped, all that waits is interrupted at once, and what begins to wait later within a tick', () => {
    const clock = createManualClock()
    const deadlines = create(clock)
    const seen: string[] = []
    const waiting = (name: string) => ({
      expire: () => undefined,
      interrupt: (error: GatewayError) => seen.push(`${name}: ${error.code}`),
    })
    deadlines.start(60_000, waiting('before'))
    deadlines.start(60_000, waiting('over')).clear()
    deadlines.stop(new GatewayError('shutting_down', 'Being stopped.'))
    expect(seen).toEqual(['before: shutting_down'])
    deadlines.start(60_000, waiting('after'))
    clock.advance(TICK_MS)
    expect(seen).toEqual(['before: shutting_down', 'after: shutting_down'])
    clock.advance(60_000)
    expect(seen).toHaveLength(2)
  })
})

test('a thousand attempts share one timer, and none runs when all are over', () => {
  const clock = createManualClock()
  const deadlines = createDeadlines(clock)
  const started = Array.from({ length: 1_000 }, () => deadlines.start(60_000, { expire: () => undefined, interrupt }))
  expect(clock.timers()).toBe(1)
  for (const deadline of started) deadline.clear()
  clock.advance(10_000)
  expect(clock.timers()).toBe(1)
})

test('a deadline of its own sets one timer, however often what it expects comes, and leaves none behind', () => {
  const clock = createManualClock()
  const deadline = createOwnDeadlines(clock).start(60_000, { expire: () => undefined, interrupt })
  deadline.expect(1_000, 'stopped')
  const set = clock.timers()
  for (let read = 0; read < 100; read += 1) deadline.again()
  expect(clock.timers()).toBe(set)
  deadline.clear()
  expect(clock.pending()).toBe(0)
})
