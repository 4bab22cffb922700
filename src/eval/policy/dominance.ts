import { aiq, hull, type Point, reached } from '../curve.ts'

/** How one set of settings stands to another, over the costs from `least` to `most`: what mixing settings reaches, on either side. */
export type Dominance = {
  /** Share of these costs at which the first reaches at least as much quality, 0 to 1. */
  readonly share: number
  /** The same with costs on a logarithmic scale, as they are drawn; `undefined` where something is free. */
  readonly logShare: number | undefined
  /** RouterBench's average quality of each (design/router.md §1.2). */
  readonly aiq: number
  readonly otherAiq: number
  /** Where the first falls furthest behind: USD, and quality 0 to 1; `undefined` where it never does. */
  readonly worst: { readonly cost: number; readonly behind: number } | undefined
}

/** What sums of floating-point numbers miss by. */
const ROUNDING = 1e-12

/** `undefined` where all costs are the same: there is no range to compare over. */
export function dominance(
  points: readonly Point[],
  other: readonly Point[],
  least: number,
  most: number,
): Dominance | undefined {
  if (!(most > least)) return undefined
  const [ours, theirs] = [hull(points), hull(other)]
  const inside = [...ours, ...theirs].map(({ cost }) => cost).filter((cost) => cost > least && cost < most)
  const costs = [...new Set([least, ...inside, most])].sort((a, b) => a - b)
  const ahead = (cost: number): number => reached(ours, cost) - reached(theirs, cost)
  let share = 0
  let logShare = 0
  let worst: Dominance['worst']
  for (const [index, cost] of costs.entries()) {
    const difference = ahead(cost)
    if (difference < -Math.max(ROUNDING, worst?.behind ?? 0)) worst = { cost, behind: -difference }
    const next = costs[index + 1]
    if (next === undefined) continue
    // Before its first point a front reaches nothing: there the difference jumps, and no line leads over it.
    const hasBegun = cost >= (ours[0]?.cost ?? Number.POSITIVE_INFINITY) || difference >= -ROUNDING
    const [from, to] = hasBegun ? notBehind(cost, next, difference, ahead(next)) : [cost, cost]
    share += to - from
    if (least > 0) logShare += Math.log(to / from)
  }
  return {
    share: Math.min(share / (most - least), 1),
    logShare: least > 0 ? Math.min(logShare / Math.log(most / least), 1) : undefined,
    aiq: aiq(points, least, most),
    otherAiq: aiq(other, least, most),
    worst,
  }
}

/** The part of a stretch on which a straight line from `difference` to `nextDifference` is not below nothing. */
function notBehind(cost: number, next: number, difference: number, nextDifference: number): [number, number] {
  const [isIn, isNextIn] = [difference >= -ROUNDING, nextDifference >= -ROUNDING]
  if (isIn && isNextIn) return [cost, next]
  if (!isIn && !isNextIn) return [cost, cost]
  const crossing = cost + ((next - cost) * difference) / (difference - nextDifference)
  return isIn ? [cost, crossing] : [crossing, next]
}
