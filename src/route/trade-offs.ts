import type { TradeOff, TradeOffMember, WeightInterval } from '../core/decision.ts'
import type { Directives, GoalName } from '../core/directives.ts'
import type { Compare } from './best-of.ts'
import type { Choice } from './choose.ts'
import { ANY_QUALITY, bandOf, byCostOf, kappaOf } from './choose.ts'
import type { Considered } from './considered.ts'
import { lowerBoundAt, qualityAt, scoreAt, targetAt } from './considered.ts'
import type { Front } from './front.ts'
import { paretoFront } from './front.ts'
import { GOALS } from './goals.ts'
import { nearestRank } from './nearest-rank.ts'
import { factorOf, figuresOf, termsOf, UNKNOWN_SHARE } from './score.ts'

type TradeOffInput = {
  readonly considered: Considered
  readonly choice: Choice
  /** 1 by place: in the band if it were as wide as can be. */
  readonly inAnyBand: Uint8Array
  readonly directives: Directives
  readonly today: string
}

/** Quality against cost, and against each other goal that has a weight: the front and where on the scale each member wins. */
export function tradeOffs(given: Omit<TradeOffInput, 'inAnyBand'>): TradeOff[] {
  const quality = { ...given.directives.quality, band: ANY_QUALITY }
  const { inBand: inAnyBand } = bandOf(given.considered, { ...given.directives, quality })
  const input = { ...given, inAnyBand }
  const goals = GOALS.filter((goal) => goal === 'cost' || factorOf(goal, input.directives) > 0)
  return goals.map((goal) => tradeOff(goal, input))
}

function tradeOff(goal: GoalName, input: TradeOffInput): TradeOff {
  const { considered, choice, inAnyBand, directives, today } = input
  const { columns, passing, figures } = considered
  const shown = figuresOf(goal, columns, figures, directives, today)
  const front = paretoFront(considered, shown)
  const lines = linesOf(goal, input)
  const isPriced = goal === 'cost' && directives.willingness_to_pay !== undefined
  const winsIn = (band: Uint8Array): ReadonlyMap<number, Factors> =>
    winningFactors(
      Array.from(passing).filter((place) => band[place] === 1),
      lines,
    )
  const wins = winsIn(choice.inBand)
  const winsAnyway = winsIn(inAnyBand)
  const kappa = kappaOf(directives)
  let best = Number.NEGATIVE_INFINITY
  for (const place of passing) best = Math.max(best, lowerBoundAt(considered, place, kappa))
  const interval = (factors: Factors | undefined): WeightInterval | null =>
    factors === undefined ? null : isPriced ? pricesOf(factors) : { from: factors.from, to: factors.to }
  return {
    goal,
    parameter: isPriced ? 'willingness_to_pay' : `weights.${goal}`,
    value: isPriced ? (directives.willingness_to_pay ?? 0) : factorOf(goal, directives),
    knee: front.knee === undefined ? null : targetAt(considered, front.knee).id,
    front: front.members.map(
      (place): TradeOffMember => ({
        model: targetAt(considered, place).id,
        quality: qualityAt(considered, place),
        figure: shown[place] ?? 0,
        wins: interval(wins.get(place)),
        wins_at_any_band: interval(winsAnyway.get(place)),
        band_needed: inAnyBand[place] === 1 ? Math.max(0, 100 * (best - lowerBoundAt(considered, place, kappa))) : null,
      }),
    ),
  }
}

/** By whom each model is beaten that is not on the front: the best one that costs no more. By place. */
export function dominatorsOf(considered: Considered, front: Front): ReadonlyMap<number, string> {
  const { costUsd, quality } = considered.figures
  const members = new Set(front.members)
  const dominators = new Map<number, string>()
  for (const place of considered.passing) {
    if (members.has(place) || Number.isNaN(quality[place])) continue
    const dominator = front.members.findLast((member) => (costUsd[member] ?? 0) <= (costUsd[place] ?? Number.NaN))
    if (dominator !== undefined) dominators.set(place, targetAt(considered, dominator).id)
  }
  return dominators
}

/** A model's score as a line over the factor of one goal: `rest − factor · term`. */
type Lines = {
  readonly rest: (place: number) => number
  readonly term: (place: number) => number
  /** Whoever comes first wins where two lines are the same. */
  readonly ofEquals: Compare
}

function linesOf(goal: GoalName, { considered, directives, today }: TradeOffInput): Lines {
  const { columns, passing, figures } = considered
  const terms = termsOf(goal, columns, passing, figures, directives, today)
  const standIn = nearestRank(terms, passing, UNKNOWN_SHARE) ?? 0
  const term = (place: number): number => {
    const known = terms[place] ?? Number.NaN
    return Number.isNaN(known) ? standIn : known
  }
  const factor = factorOf(goal, directives)
  return { term, ofEquals: byCostOf(considered), rest: (place) => scoreAt(considered, place) + factor * term(place) }
}

type Factors = { readonly from: number; readonly to: number | null }

/**
 * For each model that is best somewhere, the factors at which it is: the upper envelope of the lines, walked from a
 * factor of 0 upwards. Where two are equally good the one with the smaller term has the rest of the scale.
 */
function winningFactors(places: readonly number[], { rest, term, ofEquals }: Lines): ReadonlyMap<number, Factors> {
  const won = new Map<number, Factors>()
  let from = 0
  const goesBefore = (place: number, other: number): boolean =>
    term(place) < term(other) || (term(place) === term(other) && ofEquals(place, other) < 0)
  let current = places.reduce<number | undefined>((best, place) => {
    if (best === undefined || rest(place) > rest(best)) return place
    return rest(place) === rest(best) && goesBefore(place, best) ? place : best
  }, undefined)
  while (current !== undefined) {
    let next: number | undefined
    let to = Number.POSITIVE_INFINITY
    for (const place of places) {
      if (term(place) >= term(current)) continue
      const crossing = (rest(current) - rest(place)) / (term(current) - term(place))
      if (crossing < to || (crossing === to && next !== undefined && goesBefore(place, next))) {
        next = place
        to = crossing
      }
    }
    won.set(current, { from, to: next === undefined ? null : to })
    current = next
    from = to
  }
  return won
}

/** The same in USD per point of quality: the factor is `1 / W`. */
function pricesOf({ from, to }: Factors): WeightInterval {
  return { from: to === null ? 0 : 1 / to, to: from === 0 ? null : 1 / from }
}
