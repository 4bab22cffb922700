import type { Bin } from './calibration.ts'
import type { Deferral, Point } from './curve.ts'
import type { Drawn } from './draw-figures.ts'
import type { Figures } from './figures.ts'

/** What one method did on one split. */
export type Seeded = {
  readonly figures: Figures
  /** Resampled figures, by name. */
  readonly drawn: Drawn
  /** A point for each setting of its knob. */
  readonly curve: readonly Point[]
  readonly bins: readonly Bin[]
  /** For two models: calls to the better one, and what comes of them. */
  readonly deferral?: readonly Deferral[]
  /** Quality by data set. */
  readonly datasets?: Figures
  /** AUROC by model. */
  readonly aurocs?: Figures
}

/** A method's figures on a set: means over the splits, 95 % intervals over keys and splits. */
export type MethodResult = {
  readonly id: string
  readonly figures: Figures
  readonly ci: Readonly<Record<string, readonly [number, number]>>
  /** Figures that were resampled, but on too few questions, or too often in vain, for an interval. */
  readonly withoutCi: readonly string[]
  readonly curve: readonly Point[]
  /** Predicted against seen; empty where the method gives no probabilities. */
  readonly bins: readonly Bin[]
  /** Of the first split, or of the whole set; empty unless there are two models. */
  readonly deferral: readonly Deferral[]
  readonly datasets: Figures
  readonly aurocs: Figures
}

export function overSeeds(id: string, runs: readonly Seeded[]): MethodResult {
  const figures = meanFigures(runs.map((run) => run.figures))
  const found = Object.entries(figures).flatMap(([name, figure]) => {
    const drawn = runs.flatMap((run) => (run.figures[name] === undefined ? [] : (run.drawn.get(name) ?? [])))
    return drawn.length === 0 ? [] : [[name, intervalOf(figure, drawn)] as const]
  })
  return {
    id,
    figures,
    ci: Object.fromEntries(found.flatMap(([name, ends]) => (ends === undefined ? [] : [[name, ends] as const]))),
    withoutCi: found.flatMap(([name, ends]) => (ends === undefined ? [name] : [])),
    curve: meansByPlace(runs.map(({ curve }) => curve)),
    bins: meansByPlace(runs.map(({ bins }) => bins)),
    deferral: runs[0]?.deferral ?? [],
    datasets: meanFigures(runs.map(({ datasets = {} }) => datasets)),
    aurocs: meanFigures(runs.map(({ aurocs = {} }) => aurocs)),
  }
}

/** Means of the n-th entries, as far as the shortest list goes. */
function meansByPlace<Entry extends Readonly<Record<string, number>>>(lists: readonly (readonly Entry[])[]): Entry[] {
  const length = Math.min(...lists.map((list) => list.length))
  return (lists[0] ?? []).slice(0, length).map((first, place) => {
    const entries = lists.flatMap((list) => list.slice(place, place + 1))
    return { ...first, ...meanFigures(entries) }
  })
}

function meanFigures(runs: readonly Figures[]): Figures {
  const names = new Set(runs.flatMap((figures) => Object.keys(figures)))
  return Object.fromEntries(
    [...names].map((name) => {
      const values = runs.flatMap((figures) => figures[name] ?? [])
      return [name, values.reduce((sum, value) => sum + value, 0) / values.length]
    }),
  )
}

const LEVEL = 0.95

/**
 * 2.5 and 97.5 percentiles of the mean over seeds, draw by draw. `undefined` where there are no draws, or where more than
 * one in twenty has no figure: what these would give could lie anywhere.
 */
function intervalOf(figure: number, drawn: readonly Float64Array[]): readonly [number, number] | undefined {
  const count = Math.min(...drawn.map(({ length }) => length))
  const means = Float64Array.from(
    { length: count },
    (_, draw) => drawn.reduce((sum, one) => sum + (one[draw] ?? Number.NaN), 0) / drawn.length,
  )
    .filter(Number.isFinite)
    .sort()
  if (count === 0 || means.length < LEVEL * count) return undefined
  const at = (share: number): number => means[Math.round(share * (means.length - 1))] ?? figure
  // Resamples repeat rows, by which some figures (ece) only get worse: the figure itself is always inside.
  return [Math.min(at((1 - LEVEL) / 2), figure), Math.max(at((1 + LEVEL) / 2), figure)]
}
