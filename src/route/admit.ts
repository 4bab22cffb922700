import type { Directives } from '../core/directives.ts'
import type { Columns } from './columns.ts'
import type { Figures } from './figures.ts'
import { estimateAt } from './figures.ts'
import { failuresOf, passesOf } from './filter.ts'
import type { Limit, LimitContext } from './limits.ts'
import { limitsOf } from './limits.ts'
import { noFeasibleModel } from './no-feasible-model.ts'
import type { Rejected } from './relax.ts'
import { relaxInOrder } from './relax.ts'

export type Admitted = {
  /** Places of the models that pass, in the list's order. */
  readonly passing: Int32Array
  /** The limits in force. */
  readonly limits: readonly Limit[]
  /** With the limits that were relaxed. */
  readonly directives: Directives
  /** Names of limits relaxed. */
  readonly relaxed: readonly string[]
}

/** The models that pass every hard limit, relaxed in the caller's order if need be. Throws `no_feasible_model`. */
export function admit(
  columns: Columns,
  figures: Figures | undefined,
  needs: readonly Limit[],
  directives: Directives,
  context: LimitContext,
): Admitted {
  const limits = [...needs, ...limitsOf(directives, context)]
  const passing = placesOf(passesOf(limits, columns, figures))
  if (passing.length > 0) return { passing, limits, directives, relaxed: [] }
  const rejected = rejectedOf(columns, figures, passing, limits)
  const relaxed = relaxInOrder(rejected, directives, directives.relax ?? [])
  if (relaxed === undefined) throw noFeasibleModel(rejected)
  const moved = [...needs, ...limitsOf(relaxed.directives, context)]
  return {
    passing: placesOf(passesOf(moved, columns, figures)),
    limits: moved,
    directives: relaxed.directives,
    relaxed: relaxed.names,
  }
}

/** Models that do not pass, each with every limit that it fails; the first `most` of them. */
export function rejectedOf(
  columns: Columns,
  figures: Figures | undefined,
  passing: Int32Array,
  limits: readonly Limit[],
  most = Number.POSITIVE_INFINITY,
): Rejected[] {
  const rejected: Rejected[] = []
  let next = 0
  for (const [place, target] of columns.targets.entries()) {
    if (passing[next] === place) {
      next += 1
      continue
    }
    if (rejected.length >= most) break
    const failures = failuresOf(limits, target, figures === undefined ? undefined : estimateAt(figures, place))
    if (failures !== undefined) rejected.push({ target, failures })
  }
  return rejected
}

/** The places that are marked with 1. */
export function placesOf(marks: Uint8Array): Int32Array {
  let count = 0
  for (const mark of marks) count += mark
  const places = new Int32Array(count)
  let next = 0
  for (let place = 0; place < marks.length; place += 1) {
    if (marks[place] === 1) {
      places[next] = place
      next += 1
    }
  }
  return places
}
