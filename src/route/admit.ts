import type { Directives } from '../core/directives.ts'
import type { Target } from '../core/target.ts'
import type { Estimate } from './estimate.ts'
import { failuresOf } from './filter.ts'
import type { Limit, LimitContext } from './limits.ts'
import { limitsOf } from './limits.ts'
import { noFeasibleModel } from './no-feasible-model.ts'
import type { Rejected } from './relax.ts'
import { relaxInOrder } from './relax.ts'

export type Measured = { readonly target: Target; readonly estimate: Estimate | undefined }

export type Admitted<Model extends Measured> = {
  readonly passing: readonly Model[]
  readonly rejected: readonly Rejected[]
  /** With the limits that were relaxed. */
  readonly directives: Directives
  /** Names of limits relaxed. */
  readonly relaxed: readonly string[]
}

/** The models that pass every hard limit, relaxed in the caller's order if need be. Throws `no_feasible_model`. */
export function admit<Model extends Measured>(
  models: readonly Model[],
  needs: readonly Limit[],
  directives: Directives,
  context: LimitContext,
): Admitted<Model> {
  const first = split(models, [...needs, ...limitsOf(directives, context)])
  if (first.passing.length > 0) return { ...first, directives, relaxed: [] }
  const relaxed = relaxInOrder(first.rejected, directives, directives.relax ?? [])
  if (relaxed === undefined) throw noFeasibleModel(first.rejected)
  const second = split(models, [...needs, ...limitsOf(relaxed.directives, context)])
  return { ...second, directives: relaxed.directives, relaxed: relaxed.names }
}

function split<Model extends Measured>(
  models: readonly Model[],
  limits: readonly Limit[],
): { readonly passing: readonly Model[]; readonly rejected: readonly Rejected[] } {
  const passing: Model[] = []
  const rejected: Rejected[] = []
  for (const model of models) {
    const failures = failuresOf(limits, model.target, model.estimate)
    if (failures === undefined) passing.push(model)
    else rejected.push({ target: model.target, failures })
  }
  return { passing, rejected }
}
