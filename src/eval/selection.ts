import { type Draws, drawnSums } from './interval.ts'
import type { Outcomes } from './outcomes.ts'
import type { Seeded } from './over-seeds.ts'

/**
 * How often a choice is an optimal model (design/router.md §1.6), as shares of prompts.
 * `plain`: it is the one optimal model that is named first, as if every optimum were unique.
 * `by_lot`: ties are drawn, so that one of three optimal models counts a third.
 * `tie_aware`: it is one of the optimal models.
 * `contested`: the same, of the prompts on which some model is not optimal.
 * `one_optimal`: the same, of the prompts with one optimal model: no tie is left to break.
 */
export const SELECTION_FIGURES = ['plain', 'by_lot', 'tie_aware', 'contested', 'one_optimal'] as const
export type SelectionFigure = (typeof SELECTION_FIGURES)[number]

/** For each prompt and model of a set, what choosing that model counts. */
export type Optimal = {
  /** 1 where the model is optimal. Cells row by row, as in `Outcomes`. */
  readonly isOptimal: Uint8Array
  /** Optimal models of each prompt. */
  readonly counts: Uint16Array
  /** The first of them by place. */
  readonly firsts: Uint16Array
}

export function optimalOf({ prompts, models, scores }: Outcomes): Optimal {
  const width = models.length
  const found = {
    isOptimal: new Uint8Array(scores.length),
    counts: new Uint16Array(prompts.length),
    firsts: new Uint16Array(prompts.length),
  }
  for (const row of prompts.keys()) {
    const cells = scores.subarray(row * width, (row + 1) * width)
    const most = Math.max(...cells)
    found.firsts[row] = cells.indexOf(most)
    for (const [model, score] of cells.entries()) {
      if (score !== most) continue
      found.isOptimal[row * width + model] = 1
      found.counts[row] = (found.counts[row] ?? 0) + 1
    }
  }
  return found
}

/** A choice by the chance of each model, so that a die is a choice too: 1 where a model is chosen for certain. */
export type Chances = (row: number, model: number) => number

/** The figures of a choice on the rows that `isIn` lets in, and under resampling. A figure of no prompts is absent. */
export function selectionFigures(
  { prompts, models }: Outcomes,
  { isOptimal, counts, firsts }: Optimal,
  chances: Chances,
  draws: Draws,
  isIn: (row: number) => boolean,
): Seeded {
  const width = models.length
  const rows = [...prompts.keys()]
  const sumOver = (row: number, worth: (model: number) => number): number =>
    models.reduce((sum, _, model) => sum + chances(row, model) * worth(model), 0)
  const tie = rows.map((row) => sumOver(row, (model) => isOptimal[row * width + model] ?? 0))
  const of = (row: number): number => counts[row] ?? 0
  const weights: Readonly<Record<SelectionFigure, (row: number) => boolean>> = {
    plain: () => true,
    by_lot: () => true,
    tie_aware: () => true,
    contested: (row) => of(row) < width,
    one_optimal: (row) => of(row) === 1,
  }
  const worths: Readonly<Record<SelectionFigure, (row: number) => number>> = {
    plain: (row) => sumOver(row, (model) => Number(model === firsts[row])),
    by_lot: (row) => (tie[row] ?? 0) / of(row),
    tie_aware: (row) => tie[row] ?? 0,
    contested: (row) => tie[row] ?? 0,
    one_optimal: (row) => tie[row] ?? 0,
  }
  const figures: Record<string, number> = {}
  const drawn = new Map<string, Float64Array>()
  for (const name of SELECTION_FIGURES) {
    const counted = rows.map((row) => Number(isIn(row) && weights[name](row)))
    const worth = rows.map((row) => (counted[row] === 1 ? worths[name](row) : 0))
    const total = counted.reduce((sum, one) => sum + one, 0)
    if (total === 0) continue
    figures[name] = worth.reduce((sum, one) => sum + one, 0) / total
    const sums = drawnSums(draws, { counted, worth })
    const at = (column: string, draw: number): number => sums.get(column)?.[draw] ?? Number.NaN
    drawn.set(
      name,
      Float64Array.from(draws.counts, (_, draw) => at('worth', draw) / at('counted', draw)),
    )
  }
  return { figures, drawn, curve: [], bins: [] }
}
