import type { Scored } from './score.ts'

export type Front = {
  /** Cheapest first. */
  readonly members: readonly Scored[]
  /** The member furthest from the chord between the ends; `undefined` with fewer than three. */
  readonly knee: Scored | undefined
}

// Free models have no logarithm; a hundredth of a cent-thousandth is below any price.
const LEAST_COST = 1e-7

/** The models that no other one beats on predicted quality and expected cost at once: one sort, one sweep. */
export function paretoFront(pool: readonly Scored[]): Front {
  const known = pool.filter(({ quality, estimate }) => quality !== undefined && estimate.costUsd !== undefined)
  known.sort(
    (left, right) =>
      costOf(left) - costOf(right) || qualityOf(right) - qualityOf(left) || (left.target.id < right.target.id ? -1 : 1),
  )
  const members: Scored[] = []
  for (const scored of known) {
    const last = members.at(-1)
    const isEqual = last !== undefined && qualityOf(scored) === qualityOf(last) && costOf(scored) === costOf(last)
    if (last === undefined || qualityOf(scored) > qualityOf(last) || isEqual) members.push(scored)
  }
  return { members, knee: kneeOf(members) }
}

/** Distances are taken in log cost and quality, each scaled to the front's own extent. */
function kneeOf(members: readonly Scored[]): Scored | undefined {
  const first = members[0]
  const last = members.at(-1)
  if (members.length < 3 || first === undefined || last === undefined) return undefined
  const width = logCost(last) - logCost(first)
  const height = qualityOf(last) - qualityOf(first)
  if (width <= 0 || height <= 0) return undefined
  let knee: Scored | undefined
  let furthest = 0
  for (const scored of members) {
    const across = (logCost(scored) - logCost(first)) / width
    const up = (qualityOf(scored) - qualityOf(first)) / height
    // In the unit square the chord is the diagonal: the distance above it is proportional to this difference.
    const above = up - across
    if (above > furthest) {
      furthest = above
      knee = scored
    }
  }
  return knee
}

function costOf(scored: Scored): number {
  return scored.estimate.costUsd ?? Number.POSITIVE_INFINITY
}

function logCost(scored: Scored): number {
  return Math.log2(Math.max(costOf(scored), LEAST_COST))
}

function qualityOf(scored: Scored): number {
  return scored.quality ?? 0
}
