import type { RequireValue } from '../core/directives.ts'
import type { Target } from '../core/target.ts'
import type { Estimate } from './estimate.ts'
import type { Limit } from './limits.ts'

/** A limit that a model fails; `actual` is `undefined` when the fact is unknown. */
export type Failure = { readonly limit: Limit; readonly actual: RequireValue | undefined }

/** Every limit that a model fails; `undefined`, without allocating, when it passes them all. */
export function failuresOf(
  limits: readonly Limit[],
  target: Target,
  estimate: Estimate | undefined,
): Failure[] | undefined {
  let failures: Failure[] | undefined
  for (const limit of limits) {
    const actual = limit.actual(target, estimate)
    if (actual !== undefined && limit.admits(actual)) continue
    failures ??= []
    failures.push({ limit, actual })
  }
  return failures
}
