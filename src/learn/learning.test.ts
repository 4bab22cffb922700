import { expect, test } from 'vitest'
import type { Outcome } from '../core/outcome.ts'
import { createLearning } from './learning.ts'
import { DEFAULT_LEARNING } from './settings.ts'

const predictions = { predictions: [], truncated: false, shares: Float32Array.from([1, 0]), clusters: 'two' }

/** The shift of a model after twenty failed answers, and after a bad word of a user on top. */
function shiftsWith(learnsFromSignals: boolean): {
  readonly outcomes: number
  readonly shifts: (number | undefined)[]
} {
  const outcomes: Outcome[] = []
  const learning = createLearning({
    ports: {
      clock: { monotonic: () => 0, now: () => 1e12, timer: () => ({ cancel() {}, refresh() {} }) },
      createStore() {
        const kept = new Map<string, never>()
        return { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value as never) }
      },
      digest: (text) => text,
      log: () => {},
    },
    settings: () => ({ ...DEFAULT_LEARNING, learnsFromSignals }),
    isShared: () => false,
    gauges: () => {},
    onOutcome: (outcome) => void outcomes.push(outcome),
  })
  const shift = () => learning.learned(predictions).get('a/one')?.shift
  for (let call = 0; call < 20; call += 1) {
    const seen = [{ model: 'a/one', source: 'failure', reward: 0 } as const]
    const quality = { quality: 0.8, believed: 0.8 }
    learning.answered({ id: `rt_${call}`, key: 'k', model: 'a/one', ...quality, predictions, seen })
  }
  const before = shift()
  learning.told('rt_1', 'k', 0)
  return { outcomes: outcomes.length, shifts: [before, shift()] }
}

test('what users say moves predictions; what the gateway sees itself does where the operator wants it', () => {
  const { outcomes, shifts } = shiftsWith(false)
  expect([outcomes, shifts[0] ?? 0]).toEqual([21, 0])
  expect(shifts[1]).toBeLessThan(0)
  const [seen = 0, told = 0] = shiftsWith(true).shifts
  expect(seen).toBeLessThan(0)
  expect(told).toBeLessThan(seen)
})
