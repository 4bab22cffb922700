import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LimitedTarget, Place } from './concurrency.ts'
import { createPlaces } from './concurrency.ts'
import { createManualClock } from './test-clock.ts'

const QUEUE = { length: 10, waitMs: 1_000 }

function target(model: string, maxConcurrent?: number, providerConcurrency?: number): LimitedTarget {
  return {
    id: `up/${model}`,
    provider: 'up',
    providerConcurrency,
    facts: maxConcurrent === undefined ? {} : { max_concurrent: maxConcurrent },
  }
}

function start(queue = QUEUE) {
  const clock = createManualClock()
  const places = createPlaces(clock)
  const order: string[] = []
  const enter = (asked: LimitedTarget, name: string, key = 'k'): Place | 'full' | undefined =>
    places.enter(asked, key, queue, (isIn) => order.push(`${name} ${isIn ? 'in' : 'out'}`))
  return { clock, places, order, enter }
}

function placeOf(entered: Place | 'full' | undefined): Place {
  if (entered === undefined || entered === 'full') throw new Error(`no place: ${entered}`)
  return entered
}

test('a target without a limit has no queue', () => {
  const { enter, places } = start()
  expect(enter(target('m'), 'a')).toBeUndefined()
  expect(places.count('up')).toEqual({ underWay: 0, waiting: 0 })
})

test('beyond the limit calls wait, first come first served, and a place is handed on once', () => {
  const { enter, order, places } = start()
  const one = target('m', 1)
  const first = placeOf(enter(one, 'first'))
  expect(first.isIn).toBe(true)
  const second = placeOf(enter(one, 'second'))
  expect(second.isIn).toBe(false)
  enter(one, 'third')
  first.leave()
  first.leave()
  expect(order).toEqual(['second in'])
  expect(places.count('up')).toEqual({ underWay: 1, waiting: 1 })
})

test('a provider’s limit holds for its models together, a model’s own for it alone', () => {
  const { enter } = start()
  expect(placeOf(enter(target('m', 1, 2), 'a')).isIn).toBe(true)
  expect(placeOf(enter(target('m', 1, 2), 'b')).isIn).toBe(false)
  expect(placeOf(enter(target('n', 1, 2), 'c')).isIn).toBe(true)
  expect(placeOf(enter(target('o', 1, 2), 'd')).isIn).toBe(false)
})

test('keys take turns: a flood of one does not starve another', () => {
  const { enter, order } = start()
  const one = target('m', 1)
  let inside = placeOf(enter(one, 'now'))
  const flood = [1, 2, 3].map((n) => placeOf(enter(one, `flood${n}`, 'flood')))
  const other = placeOf(enter(one, 'other', 'quiet'))
  for (const next of [flood[0], other, flood[1], flood[2]]) {
    inside.leave()
    inside = placeOf(next)
    expect(inside.isIn).toBe(true)
  }
  expect(order).toEqual(['flood1 in', 'other in', 'flood2 in', 'flood3 in'])
})

test('a full queue turns calls away, and one that waits too long is out', () => {
  const { clock, enter, order, places } = start({ length: 1, waitMs: 1_000 })
  const one = target('m', 1)
  const inside = placeOf(enter(one, 'inside'))
  enter(one, 'waiting')
  expect(enter(one, 'late')).toBe('full')
  clock.advance(1_000)
  expect(order).toEqual(['waiting out'])
  inside.leave()
  expect(places.count('up')).toEqual({ underWay: 0, waiting: 0 })
})

test('who leaves the queue is not called', () => {
  const { clock, enter, order } = start()
  const one = target('m', 1)
  const inside = placeOf(enter(one, 'inside'))
  placeOf(enter(one, 'gone')).leave()
  inside.leave()
  clock.advance(5_000)
  expect(order).toEqual([])
  expect(clock.pending()).toBe(0)
})

test('places are given back exactly once in every outcome, and never more are taken than there are', () => {
  const step = fc.record({
    what: fc.constantFrom('enter', 'leave', 'leaveTwice', 'wait'),
    model: fc.nat(2),
    key: fc.nat(2),
    which: fc.nat(20),
    waitMs: fc.integer({ min: 1, max: 1_500 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { clock, places, enter } = start({ length: 4, waitMs: 1_000 })
      const held: { readonly place: Place; readonly model: number }[] = []
      for (const { what, model, key, which, waitMs } of steps) {
        if (what === 'wait') clock.advance(waitMs)
        else if (what === 'enter') {
          const entered = enter(target(String(model), model + 1, 4), 'x', String(key))
          if (entered !== 'full' && entered !== undefined) held.push({ place: entered, model })
        } else {
          const [left] = held.splice(which % Math.max(1, held.length), 1)
          left?.place.leave()
          if (what === 'leaveTwice') left?.place.leave()
        }
        const inside = held.filter(({ place }) => place.isIn)
        expect(places.count('up').underWay).toBe(inside.length)
        expect(inside.length).toBeLessThanOrEqual(4)
        for (const limit of [1, 2, 3]) {
          expect(inside.filter((one) => one.model === limit - 1).length).toBeLessThanOrEqual(limit)
        }
        // Nobody waits in front of a free place.
        const { waiting } = places.count('up')
        if (waiting > 0) {
          const isProviderFull = inside.length === 4
          const isModelFull = [1, 2, 3].some(
            (limit) => inside.filter((one) => one.model === limit - 1).length === limit,
          )
          expect(isProviderFull || isModelFull).toBe(true)
        }
      }
      for (const { place } of held) place.leave()
      expect(places.count('up')).toEqual({ underWay: 0, waiting: 0 })
      expect(clock.pending()).toBe(0)
    }),
  )
})

test('a key that fills the queue leaves room in it for others', () => {
  const { enter, order, places } = start({ length: 4, waitMs: 1_000 })
  const one = target('m', 1)
  const first = placeOf(enter(one, 'a0', 'a'))
  for (const name of ['a1', 'a2', 'a3', 'a4']) enter(one, name, 'a')
  expect(enter(one, 'a5', 'a')).toBe('full')
  expect(placeOf(enter(one, 'b1', 'b')).isIn).toBe(false)
  expect(placeOf(enter(one, 'b2', 'b')).isIn).toBe(false)
  expect(enter(one, 'b3', 'b')).toBe('full')
  expect(order).toEqual(['a4 out', 'a3 out'])
  expect(places.count('up')).toEqual({ underWay: 1, waiting: 4 })
  first.leave()
  expect(order.at(-1)).toBe('a1 in')
})

test('whoever makes room in a full queue does not take the room that was made', () => {
  const { places, order } = start()
  const queue = { length: 2, waitMs: 1_000 }
  const again: unknown[] = []
  const enter = (key: string, name: string) =>
    places.enter(target('m', 1, 1), key, queue, (isIn) => {
      order.push(`${name} ${isIn ? 'in' : 'out'}`)
      if (!isIn) again.push(places.enter(target('n', 1, 1), key, queue, () => undefined))
    })
  enter('a', 'a0')
  enter('a', 'a1')
  enter('a', 'a2')
  enter('b', 'b1')
  expect(order).toEqual(['a2 out'])
  expect(again).toEqual(['full'])
  expect(places.count('up').waiting).toBe(2)
})

test('a place that is given back twice does not open the door to others', () => {
  const { enter, places } = start()
  const one = target('m', 1)
  const earlier = placeOf(enter(one, 'earlier'))
  earlier.leave()
  placeOf(enter(one, 'now'))
  earlier.leave()
  expect(placeOf(enter(one, 'next')).isIn).toBe(false)
  expect(places.count('up')).toEqual({ underWay: 1, waiting: 1 })
})
