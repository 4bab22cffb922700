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
  if (isTried && draw.canary < canary.share) {
    return { choice: withFirst(choice, trial), reason: 'canary', propensity: canary.share }
  }
  const drawn = drawByWeight(considered, choice, winner, spread)
  return {
    choice: withFirst(choice, drawn.place),
    reason: drawn.place === winner ? undefined : 'shared by weight',
    propensity: (isTried ? 1 - canary.share : 1) * drawn.propensity,
  }
}

function drawByWeight(
  considered: Considered,
  { inBand, bandSize, ranked }: Choice,
  winner: number,
  { weights, draw }: Spread,
): { readonly place: number; readonly propensity: number } {
  const weightAt = (place: number): number => weights?.get(targetAt(considered, place).id) ?? 0
  if (weightAt(winner) === 0) return { place: winner, propensity: 1 }
  const sharing = [...considered.passing].filter(
    (place) => weightAt(place) > 0 && (bandSize === 0 || inBand[place] === inBand[winner]) && ranked.includes(place),
  )
  const total = sharing.reduce((sum, place) => sum + weightAt(place), 0)
  let left = draw.weights * total
  for (const place of sharing) {
    left -= weightAt(place)
    if (left < 0) return { place, propensity: weightAt(place) / total }
  }
  return { place: winner, propensity: weightAt(winner) / total }
}

function withFirst(choice: Choice, place: number): Choice {
  if (choice.ranked[0] === place) return choice
  return { ...choice, ranked: [place, ...choice.ranked.filter((other) => other !== place)] }
}
