import type { Target } from '../core/target.ts'
import type { Columns } from './columns.ts'
import type { Figures } from './figures.ts'
import type { Penalties } from './score.ts'
import type { Stay } from './stay.ts'
import type { ToolShare } from './weigh-tools.ts'

/** The candidates that pass the hard limits, with what is expected of each. A candidate is its place in the list. */
export type Considered = {
  readonly columns: Columns
  /** Places of those that pass, in the list's order. */
  readonly passing: Int32Array
  readonly figures: Figures
  readonly penalties: Penalties
  /** By place, of a request with tools. */
  readonly tools: readonly (ToolShare | undefined)[] | undefined
  /** The model that answered the conversation last, where it passes. */
  readonly stay?: Stay | undefined
}

export function targetAt({ columns }: Considered, place: number): Target {
  const target = columns.targets[place]
  if (target === undefined) throw new RangeError(`No candidate ${place}.`)
  return target
}

/** Predicted quality, 0 where nobody predicted. */
export function qualityAt({ figures }: Considered, place: number): number {
  return orZero(figures.quality[place])
}

/** The objective in quality points: larger is better. Without a prediction all models count as equally good. */
export function scoreAt(considered: Considered, place: number): number {
  return 100 * qualityAt(considered, place) - (considered.penalties.points[place] ?? 0)
}

/** A model's best case is not counted on: its quality less so many standard deviations. */
export function lowerBoundAt(considered: Considered, place: number, kappa: number): number {
  return qualityAt(considered, place) - kappa * orZero(considered.figures.uncertainty[place])
}

function orZero(figure: number | undefined): number {
  return figure === undefined || Number.isNaN(figure) ? 0 : figure
}
