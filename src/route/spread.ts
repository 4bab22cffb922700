import { matchesPattern } from '../core/match-models.ts'
import type { Canary } from '../core/snapshot.ts'
import type { Choice } from './choose.ts'
import type { Considered } from './considered.ts'
import { targetAt } from './considered.ts'

/** How a pool shares its requests among models, beyond who is best. */
export type Spread = {
  readonly weights: ReadonlyMap<string, number> | undefined
  readonly canary: Canary | undefined
  /** Where in 0..1 this request falls, the same for all requests of a conversation. One figure a question. */
  readonly draw: { readonly canary: number; readonly weights: number }
}

/** The choice with another model first, why, and how likely that was. */
export type SpreadChoice = { readonly choice: Choice; readonly reason: string | undefined; readonly propensity: number }

/**
 * A canary gets its share of what others win. Else, where the winner is one of several that share by weight, one of them
 * is drawn: of those that pass the limits and stand in the quality band with it.
 */
export function spreadChoice(considered: Considered, choice: Choice, spread: Spread | undefined): SpreadChoice {
  const winner = choice.ranked[0]
  if (spread === undefined || winner === undefined) return { choice, reason: undefined, propensity: 1 }
  const idAt = (place: number): string => targetAt(considered, place).id
  const { canary, draw } = spread
  const trial = canary === undefined ? undefined : considered.passing.find((place) => idAt(place) === canary.model)
  const isTried =
    canary !== undefined && trial !== undefined && trial !== winner && matchesPattern(idAt(winner), canary.inPlaceOf)
  const trialShare = isTried ? canary.share : 0
  const shares = sharesByWeight(considered, choice, winner, spread)
  const drawn = isTried && draw.canary < canary.share ? trial : (drawFrom(shares, draw.weights) ?? winner)
  const isCanary = drawn === trial && draw.canary < trialShare
  return {
    choice: withFirst(choice, drawn),
    reason: isCanary ? 'canary' : drawn === winner ? undefined : 'shared by weight',
    // A model on trial may have a weight as well, and is then drawn in either way.
    propensity: (drawn === trial ? trialShare : 0) + (1 - trialShare) * (shares.get(drawn) ?? 0),
  }
}

/** What the winner wins, as it is shared: all of it is its own where it has no weight. By place, 1 in all. */
function sharesByWeight(
  considered: Considered,
  { inBand, bandSize, ranked }: Choice,
  winner: number,
  { weights }: Spread,
): ReadonlyMap<number, number> {
  const weightAt = (place: number): number => weights?.get(targetAt(considered, place).id) ?? 0
  if (weightAt(winner) === 0) return new Map([[winner, 1]])
  const sharing = [...considered.passing].filter(
    (place) => weightAt(place) > 0 && (bandSize === 0 || inBand[place] === inBand[winner]) && ranked.includes(place),
  )
  const total = sharing.reduce((sum, place) => sum + weightAt(place), 0)
  return new Map(sharing.map((place) => [place, weightAt(place) / total]))
}

function drawFrom(shares: ReadonlyMap<number, number>, draw: number): number | undefined {
  let left = draw
  for (const [place, share] of shares) {
    left -= share
    if (left < 0) return place
  }
  return undefined
}

function withFirst(choice: Choice, place: number): Choice {
  if (choice.ranked[0] === place) return choice
  return { ...choice, ranked: [place, ...choice.ranked.filter((other) => other !== place)] }
}
