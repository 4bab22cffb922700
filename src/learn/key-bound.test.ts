import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS } from './account.ts'
import { MOST_BY_KEY } from './key-bound.ts'
import { createPosterior } from './posterior.ts'
import { kindOf } from './prompt-kind.ts'
import { DEFAULT_LEARNING } from './settings.ts'

const CODE = kindOf({ shares: Float32Array.of(1, 0), clusters: 'c' })
const START = 1_700_000_000_000
const MODEL = 'a/m'

function created() {
  const posterior = createPosterior(() => DEFAULT_LEARNING)
  return {
    say: (key: string, surprise: number, now = START, weight = 1) =>
      posterior.tell(CODE, MODEL, { weight, surprise }, now, key),
    lesson: (now = START) => posterior.lessons(CODE, now).get(MODEL),
  }
}

describe('one key of several', () => {
  test('moves a prediction by no more than its bound, whatever it says and whenever', () => {
    const word = fc.record({
      surprise: fc.double({ min: -1, max: 1, noNaN: true }),
      weight: fc.constantFrom(0, 1),
      days: fc.constantFrom(0, 0, 0, 1, 9),
    })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 300 }), (words) => {
        const { say, lesson } = created()
        let now = START
        for (const { surprise, weight, days } of words) {
          now += days * DAY_MS
          say('bad', surprise, now, weight)
        }
        const { shift = 0, outcomes = 0 } = lesson(now) ?? {}
        expect(Math.abs(shift)).toBeLessThanOrEqual(MOST_BY_KEY + 1e-9)
        expect(outcomes).toBeLessThanOrEqual(DEFAULT_LEARNING.priorCount + 1e-9)
      }),
    )
  })

  test('neither outvotes nor drowns what others say', () => {
    const { say, lesson } = created()
    for (let call = 0; call < 10_000; call += 1) say('bad', -0.8)
    for (const key of ['one', 'two', 'three']) for (let call = 0; call < 20; call += 1) say(key, 0.15)
    const { shift = 0 } = lesson() ?? {}
    // Three keys with 2.5 at most each, against one with as much, over 50 + 50 + 60 outcomes.
    expect(shift).toBeCloseTo((3 * 2.5 - 2.5) / 160, 6)
  })

  test('within its bound counts as ever, and may change its mind', () => {
    const bounded = created()
    for (let call = 0; call < 4; call += 1) bounded.say('one', -0.5)
    expect(bounded.lesson()?.shift).toBeCloseTo(-2 / 54, 9)
    for (let call = 0; call < 200; call += 1) bounded.say('one', -0.5)
    for (let call = 0; call < 30; call += 1) bounded.say('one', 0.2)
    expect(bounded.lesson()?.shift).toBeGreaterThan(0)
  })
})
