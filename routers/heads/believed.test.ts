import { expect, test } from 'vitest'
import { believed, NOTHING_BELIEVED, THRESHOLDS, thresholdsFrom } from './believed.ts'

/** One row of gains a threshold: `wins` prompts gained, `losses` lost, of 100. */
const gained = (wins: number, losses: number): number[] =>
  Array.from({ length: 100 }, (_, prompt) => (prompt < wins ? 1 : prompt >= 100 - losses ? -1 : 0))

const nothing = gained(0, 0)
const rows = (first: readonly number[], ...rest: readonly (readonly number[])[]): (readonly number[])[] =>
  THRESHOLDS.map((_, index) => (index === 0 ? first : (rest[index - 1] ?? nothing)))

test('what gains most is believed on like prompts, on others no more than what gains as much', () => {
  // 20 − 5 against 16 − 2: the second gains one less, by less than the chance of it.
  expect(thresholdsFrom(rows(gained(20, 5), gained(16, 2)))).toEqual({ alike: 0, strange: 0.005 })
})

test('an advantage that caution loses clearly is believed on all prompts', () => {
  expect(thresholdsFrom(rows(gained(30, 5), gained(10, 2)))).toEqual({ alike: 0, strange: 0 })
})

test('gains within one standard error are no gains', () => {
  expect(thresholdsFrom(rows(gained(11, 9)))).toEqual(NOTHING_BELIEVED)
  expect(thresholdsFrom(THRESHOLDS.map(() => []))).toEqual(NOTHING_BELIEVED)
})

test('an advantage loses the threshold and is no disadvantage that matters', () => {
  expect(believed(0.7, 0.6, 0.04)).toBeCloseTo(0.66, 9)
  expect(believed(0.63, 0.6, 0.04)).toBeCloseTo(0.6, 6)
  expect(believed(0.63, 0.6, 0.04)).toBeLessThan(0.6)
  expect(believed(0.5, 0.6, 0.04)).toBe(0.5)
})
