import type { Point } from './curve.ts'
import type { Outcomes } from './outcomes.ts'
import { modelMeans } from './outcomes.ts'
import type { Split } from './split.ts'

/** What every method of one split is measured against. */
export type Scene = {
  readonly test: Outcomes
  readonly width: number
  /** Mean cost of each model on the training part, USD. */
  readonly costs: readonly number[] | undefined
  /** Mean score of each model on the training part. */
  readonly means: readonly number[]
  /** The model with the best of them. */
  readonly best: number
}

/** Costs to expect and the best single model, both from the training part. */
export function sceneOf({ train, test }: Split): Scene {
  const width = test.models.length
  const costs = train.costs === undefined ? undefined : modelMeans(train.costs, width)
  const means = modelMeans(train.scores, width)
  return { test, width, costs, means, best: extreme(means, 1) }
}

/** What choosing `choices`, a model a prompt, costs and reaches. */
export function pointOf(scene: Scene, choices: readonly number[]): Point {
  let quality = 0
  let cost = 0
  for (const [row, model] of choices.entries()) {
    quality += scene.test.scores[row * scene.width + model] ?? 0
    cost += costOf(scene, row, model)
  }
  return { quality: quality / choices.length, cost: cost / choices.length }
}

/** USD of one call; 0 where the set does not tell. */
export function costOf({ test, width }: Scene, row: number, model: number): number {
  return test.costs?.[row * width + model] ?? 0
}

/** The best model of each prompt, the cheapest of those that tie. */
export function oracle(scene: Scene): number[] {
  const { test, width } = scene
  return test.prompts.map((_, row) => {
    const cells = [...test.scores.subarray(row * width, (row + 1) * width)]
    const most = Math.max(...cells)
    const tied = [...cells.keys()].filter((model) => cells[model] === most)
    return tied.toSorted((a, b) => costOf(scene, row, a) - costOf(scene, row, b))[0] ?? 0
  })
}

/** Index of the largest (`sign` 1) or smallest (-1) value; the first of several. */
export function extreme(values: readonly number[], sign: 1 | -1): number {
  let found = 0
  for (const [index, value] of values.entries()) if (sign * value > sign * (values[found] ?? 0)) found = index
  return found
}
