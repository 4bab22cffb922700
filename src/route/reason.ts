import type { Dropped } from '../core/decision.ts'
import type { Directives } from '../core/directives.ts'
import type { Choice } from './choose.ts'
import type { Considered } from './considered.ts'
import { qualityAt, targetAt } from './considered.ts'

export type ReasonInput = {
  readonly considered: Considered
  readonly choice: Choice
  /** What is described of the models that were dropped. */
  readonly dropped: readonly Dropped[]
  readonly directives: Directives
  readonly relaxed: readonly string[]
  /** Another model would have won if all of them called tools equally well. */
  readonly isByTools: boolean
  /** Another model would have won if nothing had been learned from outcomes. */
  readonly isByOutcomes?: boolean
}

/** The short phrase of `x-route-reason`. Built from our own words and facts, never from the caller's text. */
export function reasonOf(input: ReasonInput): string {
  const { considered, choice, dropped, directives, relaxed, isByTools, isByOutcomes = false } = input
  const winner = choice.ranked[0]
  if (winner === undefined) return 'no model'
  if (relaxed.length > 0) return 'limits relaxed'
  if (considered.passing.length === 1) {
    return considered.columns.targets.length === 1 ? 'only model' : onlyModel(considered, winner, dropped)
  }
  if (isByTools) return 'more reliable tool calls'
  if (isByOutcomes) return 'learned from outcomes'
  const floor = directives.quality?.floor ?? 0
  if (floor > 0 && qualityAt(considered, winner) < floor) return 'best below floor'
  if (choice.bandSize === 1) return isBest(considered, winner) ? 'best quality' : 'only model in band'
  if (isLeast(considered, choice, winner, considered.figures.costUsd)) return 'cheapest in band'
  if (isLeast(considered, choice, winner, considered.figures.latencyMs)) return 'fastest in band'
  if (isBest(considered, winner)) return 'best quality'
  return 'best in band'
}

/** When one limit alone excluded all the others, the phrase names it: `only model in eu`. */
function onlyModel(considered: Considered, winner: number, dropped: readonly Dropped[]): string {
  const models = new Set(dropped.map(({ model }) => model))
  const limits = new Map<string, number>()
  for (const { constraint } of dropped) limits.set(constraint, (limits.get(constraint) ?? 0) + 1)
  const common = [...limits].filter(([, count]) => count === models.size).map(([name]) => name)
  if (common.includes('region'))
    return `only model in ${(targetAt(considered, winner).facts.region ?? []).join(' and ')}`
  return common[0] === undefined ? 'only model that passes' : `only model that passes ${common[0]}`
}

function isBest(considered: Considered, winner: number): boolean {
  const own = qualityAt(considered, winner)
  return considered.passing.every((place) => qualityAt(considered, place) <= own)
}

function isLeast(
  { passing }: Considered,
  { inBand, bandSize }: Choice,
  winner: number,
  figures: Float64Array,
): boolean {
  const own = figures[winner] ?? Number.NaN
  if (bandSize === 0 || Number.isNaN(own)) return bandSize === 0 && !Number.isNaN(own)
  return passing.every((place) => place === winner || inBand[place] === 0 || (figures[place] ?? Number.NaN) > own)
}
