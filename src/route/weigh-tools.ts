import type { Target } from '../core/target.ts'
import type { Considered } from './considered.ts'
import { targetAt } from './considered.ts'

/** How far a target's calls of tools can be relied on, 0..1, and how many calls were seen, the old ones for less. */
export type ToolShare = { readonly reliability: number; readonly calls: number }
export type ToolShares = (target: Target) => ToolShare

// Fewer calls are bad luck; a model of which every other call is good is worth asking where there is no other.
const LEAST_CALLS = 10
const BROKEN_BELOW = 0.5

/**
 * For a request with tools: each model's quality times its reliability, which is the chance that its calls are of use. By
 * itself, not beside the others, so that no model changes the order of two others by being there. `unweighed` is the pool
 * as it was before; `undefined` when all are equally reliable.
 */
export function weighTools(
  considered: Considered,
  shareOf: ToolShares,
): { readonly weighed: Considered; readonly unweighed: Considered | undefined } {
  const { columns, passing, figures } = considered
  const tools: ToolShare[] = new Array(columns.targets.length)
  const quality = figures.quality.slice()
  let first: number | undefined
  let areEqual = true
  for (const place of passing) {
    const share = shareOf(targetAt(considered, place))
    tools[place] = share
    quality[place] = (quality[place] ?? Number.NaN) * share.reliability
    first ??= share.reliability
    areEqual &&= share.reliability === first
  }
  return {
    weighed: { ...considered, figures: { ...figures, quality }, tools },
    unweighed: areEqual ? undefined : considered,
  }
}

/** The shares as they are when first asked for, however often and late: they fade with the clock, and a log says what was weighed. */
export function readOnce(shareOf: ToolShares): ToolShares {
  const read = new Map<Target, ToolShare>()
  return (target) => {
    const share = read.get(target) ?? shareOf(target)
    read.set(target, share)
    return share
  }
}

/** True of a model that clearly breaks its calls: without predictions it stands behind the others. */
export function breaksCalls(share: ToolShare | undefined): boolean {
  return share !== undefined && share.calls >= LEAST_CALLS && share.reliability < BROKEN_BELOW
}
