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
  readonly curve: readonly Point[]
  /** Predicted against seen; empty where the method gives no probabilities. */
  readonly bins: readonly Bin[]
  /** Of the first split, or of the whole set; empty unless there are two models. */
  readonly deferral: readonly Deferral[]
  readonly datasets: Figures
  readonly aurocs: Figures
}

export function overSeeds(id: string, runs: readonly Seeded[]): MethodResult {
  return {
    id,
    figures: meanFigures(runs.map(({ figures }) => figures)),
    ci: intervals(runs),
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

/** 2.5 and 97.5 percentiles of the mean over seeds, draw by draw. */
function intervals(runs: readonly Seeded[]): Record<string, readonly [number, number]> {
  const names = new Set(runs.flatMap(({ drawn }) => [...drawn.keys()]))
  return Object.fromEntries(
    [...names].map((name) => {
      const draws = runs.flatMap(({ drawn }) => drawn.get(name) ?? [])
      const means = Array.from(
        { length: Math.min(...draws.map((one) => one.length)) },
        (_, draw) => draws.reduce((sum, one) => sum + (one[draw] ?? 0), 0) / draws.length,
      ).sort((a, b) => a - b)
      const at = (share: number): number => means[Math.round(share * (means.length - 1))] ?? Number.NaN
      return [name, [at(0.025), at(0.975)] as const]
    }),
  )
}
