import type { Directives } from '../core/directives.ts'
import type { Choice } from './choose.ts'
import { kappaOf } from './choose.ts'
import type { Considered } from './considered.ts'
import { lowerBoundAt } from './considered.ts'

/** How much may be tried out. Absent where nothing may. */
export type Exploration = {
  /** Share of the decisions, 0..1; over 0.05 it is 0.05. */
  readonly share: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

export type Explored = {
  readonly choice: Choice
  /** The chance with which the first of `choice` was to be that. */
  readonly propensity: number
  /** Another one than the best. */
  readonly isExplored: boolean
}

/** Whatever is configured. */
export const MOST_EXPLORED = 0.05
/** Points of quality beyond the band that may be risked for what is learned. */
const WIDER_BAND = 3
/** An explored answer may cost as many times what the best one's would. */
const MOST_TIMES_DEARER = 2

/**
 * With the chance `share`, one of several models that are good enough at its worst and not much dearer than the best, the
 * best among them, each equally likely. `costsBeside`: USD by place, beside a best one. Hard limits were passed before. Ends as it began where no other model is.
 */
export function explore(
  considered: Considered,
  choice: Choice,
  directives: Directives,
  exploration: Exploration | undefined,
  costsBeside: (best: number) => Float64Array,
): Explored {
  const asChosen: Explored = { choice, propensity: 1, isExplored: false }
  const best = choice.ranked[0]
  if (exploration === undefined || best === undefined || !(exploration.share > 0)) return asChosen
  const eligible = eligibleFor(considered, best, directives, costsBeside(best))
  if (eligible.length < 2) return asChosen
  const share = Math.min(exploration.share, MOST_EXPLORED)
  const each = share / eligible.length
  const drawn = exploration.random()
  const place = drawn < share ? eligible[Math.min(Math.floor(drawn / each), eligible.length - 1)] : best
  if (place === undefined || place === best) return { ...asChosen, propensity: 1 - share + each }
  const ranked = [place, ...choice.ranked.filter((other) => other !== place)]
  return { choice: { ...choice, ranked }, propensity: each, isExplored: true }
}

/** The best, and whoever may be tried in its place. None where the best itself is not good enough. */
function eligibleFor(
  considered: Considered,
  best: number,
  directives: Directives,
  costs: Float64Array,
): readonly number[] {
  const { passing } = considered
  const { band = 0, floor = 0 } = directives.quality ?? {}
  const kappa = kappaOf(directives)
  if (lowerBoundAt(considered, best, kappa) < floor) return []
  const least = Math.max(floor, lowerBoundAt(considered, best, kappa) - (band + WIDER_BAND) / 100)
  const most = (costs[best] ?? Number.NaN) * MOST_TIMES_DEARER
  return [...passing].filter(
    (place) =>
      place === best ||
      // An unknown cost is NaN, and below nothing.
      (lowerBoundAt(considered, place, kappa) >= least && (costs[place] ?? Number.NaN) <= most),
  )
}
