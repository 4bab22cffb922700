import type { Directives } from '../core/directives.ts'
import type { FixedOrder } from '../core/policy.ts'
import type { Scored } from './score.ts'
import { breaksCalls } from './weigh-tools.ts'

/** The order in which models are tried, with who was in the quality band. */
export type Choice = { readonly ranked: readonly Scored[]; readonly inBand: ReadonlySet<Scored> }

// Standard deviations that count against a model. Half of one keeps a guess about an unknown model from passing for
// knowledge (router.md §4.7); `risk: low` takes a whole one.
const KAPPA = { normal: 0.5, low: 1 } as const
const ANY_QUALITY = 100

/** The objective in quality points: larger is better. Without a prediction all models count as equally good. */
export function scoreOf(scored: Scored): number {
  return 100 * (scored.quality ?? 0) - scored.penalty
}

/**
 * The quality band by score, then the others by score: whoever is within `band` points of the best lower confidence
 * bound and reaches the floor. When nobody reaches it, the floor is set aside.
 */
export function chooseByScore(pool: readonly Scored[], directives: Directives): Choice {
  const { band = 0, floor = 0, risk = 'normal' } = directives.quality ?? {}
  const kappa = KAPPA[risk]
  let best = Number.NEGATIVE_INFINITY
  let isFloorReached = false
  for (const scored of pool) {
    best = Math.max(best, lowerBound(scored, kappa))
    isFloorReached ||= (scored.quality ?? 0) >= floor
  }
  const least = best - band / 100
  const inBand = new Set<Scored>()
  for (const scored of pool) {
    const reachesFloor = !isFloorReached || (scored.quality ?? 0) >= floor
    if (reachesFloor && lowerBound(scored, kappa) >= least) inBand.add(scored)
  }
  // The most certain model may lie below the floor: the band then opens to whoever reaches it.
  if (inBand.size === 0) for (const scored of pool) if ((scored.quality ?? 0) >= floor) inBand.add(scored)
  const ranked = [...pool].sort(
    (left, right) => Number(inBand.has(right)) - Number(inBand.has(left)) || byScore(left, right),
  )
  return { ranked, inBand }
}

/**
 * The order without predictions: the policy's fixed one, or the objective alone where quality was not to count. Models
 * that clearly break their calls of tools stand behind the others.
 */
export function chooseWithoutPrediction(pool: readonly Scored[], directives: Directives, order: FixedOrder): Choice {
  const ignoresQuality = (directives.quality?.band ?? 0) >= ANY_QUALITY
  const compare = ignoresQuality ? byScore : FIXED_ORDERS[order]
  const byBrokenCalls: Compare = (left, right) => Number(breaksCalls(left)) - Number(breaksCalls(right))
  return {
    ranked: [...pool].sort((left, right) => byBrokenCalls(left, right) || compare(left, right)),
    inBand: new Set(),
  }
}

function lowerBound(scored: Scored, kappa: number): number {
  return (scored.quality ?? 0) - kappa * (scored.uncertainty ?? 0)
}

type Compare = (left: Scored, right: Scored) => number

const byName: Compare = (left, right) =>
  left.target.id < right.target.id ? -1 : left.target.id > right.target.id ? 1 : 0
const byCost: Compare = (left, right) => ascending(left.estimate.costUsd, right.estimate.costUsd) || byName(left, right)
const byScore: Compare = (left, right) => scoreOf(right) - scoreOf(left) || byCost(left, right)

const FIXED_ORDERS: Readonly<Record<FixedOrder, Compare>> = {
  listed: (left, right) => left.index - right.index,
  cheapest: byCost,
  fastest: (left, right) => ascending(left.estimate.latencyMs, right.estimate.latencyMs) || byCost(left, right),
  smallest: (left, right) => ascending(sizeOf(left), sizeOf(right)) || byCost(left, right),
  newest: (left, right) =>
    ascending(right.target.facts.released, left.target.facts.released, -1) || byCost(left, right),
}

function sizeOf({ target }: Scored): number | undefined {
  return target.facts.active_params_b ?? target.facts.params_b
}

/** Unknown last; `unknown` is the side on which it falls. */
function ascending<Value extends number | string>(
  left: Value | undefined,
  right: Value | undefined,
  unknown: 1 | -1 = 1,
): number {
  if (left === right) return 0
  if (left === undefined) return unknown
  if (right === undefined) return -unknown
  return left < right ? -1 : 1
}
