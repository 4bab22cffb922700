import type { Directives } from '../core/directives.ts'
import type { FixedOrder } from '../core/policy.ts'
import type { Compare } from './best-of.ts'
import { bestOf } from './best-of.ts'
import type { Considered } from './considered.ts'
import { lowerBoundAt, qualityAt, scoreAt, targetAt } from './considered.ts'
import { known } from './figures.ts'
import { breaksCalls } from './weigh-tools.ts'

/** The order in which models are tried, with who was in the quality band. */
export type Choice = {
  /** Places, best first; no more than were asked for. */
  readonly ranked: readonly number[]
  /** 1 by place. */
  readonly inBand: Uint8Array
  readonly bandSize: number
}

// Standard deviations that count against a model. Half of one keeps a guess about an unknown model from passing for
// knowledge (router.md §4.7); `risk: low` takes a whole one.
const KAPPA = { normal: 0.5, low: 1 } as const
/** A band in which every quality lies. */
export const ANY_QUALITY = 100

export function kappaOf(directives: Directives): number {
  return KAPPA[directives.quality?.risk ?? 'normal']
}

/**
 * The quality band by score, then the others by score: whoever is within `band` points of the best lower confidence
 * bound and reaches the floor. When nobody reaches it, the floor is set aside.
 */
export function chooseByScore(considered: Considered, directives: Directives, most: number): Choice {
  const { passing } = considered
  const { inBand, bandSize } = bandOf(considered, directives)
  const byScore = byScoreOf(considered)
  const compare: Compare = (left, right) => (inBand[right] ?? 0) - (inBand[left] ?? 0) || byScore(left, right)
  return { ranked: bestOf(passing, compare, most), inBand, bandSize }
}

/** Who is near enough to the best to be chosen by the objective. */
export function bandOf(considered: Considered, directives: Directives): Pick<Choice, 'inBand' | 'bandSize'> {
  const { passing, columns, stay } = considered
  const { band = 0, floor = 0 } = directives.quality ?? {}
  const kappa = kappaOf(directives)
  let best = Number.NEGATIVE_INFINITY
  let isFloorReached = false
  for (const place of passing) {
    best = Math.max(best, lowerBoundAt(considered, place, kappa))
    isFloorReached ||= qualityAt(considered, place) >= floor
  }
  const least = best - band / 100
  const inBand = new Uint8Array(columns.targets.length)
  let bandSize = 0
  const add = (place: number): void => {
    inBand[place] = 1
    bandSize += 1
  }
  for (const place of passing) {
    const reachesFloor = !isFloorReached || qualityAt(considered, place) >= floor
    const margin = stay?.place === place ? stay.marginPoints / 100 : 0
    if (reachesFloor && lowerBoundAt(considered, place, kappa) + margin >= least) add(place)
  }
  // The most certain model may lie below the floor: the band then opens to whoever reaches it.
  if (bandSize === 0) for (const place of passing) if (qualityAt(considered, place) >= floor) add(place)
  return { inBand, bandSize }
}

/**
 * The order without predictions: the policy's fixed one, or the objective alone where quality was not to count. Models
 * that clearly break their calls of tools stand behind the others.
 */
export function chooseWithoutPrediction(
  considered: Considered,
  directives: Directives,
  order: FixedOrder,
  most: number,
): Choice {
  const { passing, tools, columns } = considered
  const ignoresQuality = (directives.quality?.band ?? 0) >= ANY_QUALITY
  const compare = ignoresQuality ? byScoreOf(considered) : fixedOrder(order, considered)
  const byBrokenCalls: Compare = (left, right) =>
    Number(breaksCalls(tools?.[left])) - Number(breaksCalls(tools?.[right]))
  return {
    ranked: bestOf(passing, (left, right) => byBrokenCalls(left, right) || compare(left, right), most),
    inBand: new Uint8Array(columns.targets.length),
    bandSize: 0,
  }
}

/** Best score first; ties go to the cheaper, then by name. */
function byScoreOf(considered: Considered): Compare {
  const byCost = byCostOf(considered)
  return (left, right) => scoreAt(considered, right) - scoreAt(considered, left) || byCost(left, right)
}

/** Who wins of two that are equally good: the cheaper, then by name. */
export function byCostOf(considered: Considered): Compare {
  const { costUsd } = considered.figures
  return (left, right) => ascending(known(costUsd[left]), known(costUsd[right])) || byName(considered, left, right)
}

function byName(considered: Considered, left: number, right: number): number {
  const first = targetAt(considered, left).id
  const second = targetAt(considered, right).id
  return first < second ? -1 : first > second ? 1 : 0
}

function fixedOrder(order: FixedOrder, considered: Considered): Compare {
  const byCost = byCostOf(considered)
  const factsAt = (place: number) => targetAt(considered, place).facts
  switch (order) {
    case 'listed':
      return (left, right) => left - right
    case 'cheapest':
      return byCost
    case 'fastest': {
      const { latencyMs } = considered.figures
      return (left, right) => ascending(known(latencyMs[left]), known(latencyMs[right])) || byCost(left, right)
    }
    case 'smallest': {
      const sizeAt = (place: number) => factsAt(place).active_params_b ?? factsAt(place).params_b
      return (left, right) => ascending(sizeAt(left), sizeAt(right)) || byCost(left, right)
    }
    case 'newest':
      return (left, right) => ascending(factsAt(right).released, factsAt(left).released, -1) || byCost(left, right)
    default: {
      const unhandled: never = order
      return unhandled
    }
  }
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
