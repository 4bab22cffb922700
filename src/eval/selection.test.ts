import { expect, test } from 'vitest'
import { createDraws } from './interval.ts'
import type { Outcomes } from './outcomes.ts'
import { optimalOf, selectionFigures } from './selection.ts'

const ROWS = [
  [1, 1, 1],
  [0, 1, 0],
  [0, 1, 1],
  [0.2, 0.1, 0.3],
]

const outcomes: Outcomes = {
  id: 'four',
  prompts: ROWS.map((_, row) => ({ id: `p${row}`, key: `k${row}`, dataset: row < 2 ? 'a' : 'b', text: '' })),
  models: ['x', 'y', 'z'],
  scores: Float64Array.from(ROWS.flat()),
  costs: undefined,
  lengths: undefined,
}

const figuresOf = (chances: (row: number, model: number) => number, isIn: (row: number) => boolean = () => true) =>
  selectionFigures(outcomes, optimalOf(outcomes), chances, createDraws(outcomes.prompts, 1), isIn).figures

test('ties count as one model, in shares, or as all of them', () => {
  // Always z: an optimum of the first, third and fourth prompt, alone on the fourth.
  const figures = figuresOf((_, model) => Number(model === 2))
  expect(figures).toMatchObject({ plain: 1 / 4, tie_aware: 3 / 4, contested: 2 / 3, one_optimal: 1 / 2 })
  expect(figures['by_lot']).toBeCloseTo((1 / 3 + 1 / 2 + 1) / 4, 12)
})

test('a die is right by its chances, and a part of the prompts is measured by itself', () => {
  const die = figuresOf(() => 1 / 3)
  expect(die['plain']).toBeCloseTo(1 / 3, 12)
  expect(die['by_lot']).toBeCloseTo(1 / 3, 12)
  expect(die['tie_aware']).toBeCloseTo((3 + 1 + 2 + 1) / 12, 12)
  const part = figuresOf(
    () => 1 / 3,
    (row) => row === 0,
  )
  expect(part['tie_aware']).toBeCloseTo(1, 12)
  expect(part['contested']).toBeUndefined()
})
