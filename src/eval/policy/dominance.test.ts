import { expect, test } from 'vitest'
import { dominance } from './dominance.ts'

const line = [
  { cost: 1, quality: 0.5 },
  { cost: 5, quality: 0.9 },
]

test('a front above a line everywhere but at its ends is nowhere behind', () => {
  const found = dominance([...line, { cost: 3, quality: 0.8 }], line, 1, 5)
  expect(found).toMatchObject({ share: 1, worst: undefined })
  // The triangle over the chord is half of 4 wide and 0.1 high.
  expect(found?.aiq).toBeCloseTo(0.7 + 0.05, 12)
  expect(found?.otherAiq).toBeCloseTo(0.7, 12)
})

test('the share of costs ends where two fronts cross, and the worst place is told', () => {
  // Ours: 0.6 at 1, flat to 0.6 + at 5. Theirs: from 0.5 at 1 to 0.9 at 5. They meet where theirs is 0.6: at 2.
  const found = dominance([{ cost: 1, quality: 0.6 }], line, 1, 5)
  expect(found?.share).toBeCloseTo(1 / 4, 12)
  expect(found?.logShare).toBeCloseTo(Math.log(2) / Math.log(5), 12)
  expect(found?.worst?.cost).toBe(5)
  expect(found?.worst?.behind).toBeCloseTo(0.3, 12)
})

test('before its first point a front reaches nothing', () => {
  const found = dominance([{ cost: 2, quality: 1 }], line, 1, 5)
  expect(found?.share).toBeCloseTo(3 / 4, 12)
  expect(found?.worst?.cost).toBe(1)
})

test('a front is not behind itself, whatever sums miss by, and there is none over no range', () => {
  const same = line.map(({ cost, quality }) => ({ cost, quality: quality - 1e-15 }))
  expect(dominance(same, line, 1, 5)?.share).toBe(1)
  expect(dominance(line, line, 2, 2)).toBeUndefined()
})
