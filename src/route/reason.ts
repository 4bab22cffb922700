import type { Dropped } from '../core/decision.ts'
import type { Directives } from '../core/directives.ts'
import type { Choice } from './choose.ts'
import type { Scored } from './score.ts'

/**
 * The short phrase of `x-route-reason`. Built from our own words and facts, never from the caller's text. `isByTools`:
 * another model would have won if all of them called tools equally well.
 */
export function reasonOf(
  choice: Choice,
  dropped: readonly Dropped[],
  directives: Directives,
  relaxed: readonly string[],
  isByTools: boolean,
): string {
  const winner = choice.ranked[0]
  if (winner === undefined) return 'no model'
  if (relaxed.length > 0) return 'limits relaxed'
  if (choice.ranked.length === 1) return dropped.length === 0 ? 'only model' : onlyModel(winner, dropped)
  if (isByTools) return 'more reliable tool calls'
  const floor = directives.quality?.floor ?? 0
  if (floor > 0 && (winner.quality ?? 0) < floor) return 'best below floor'
  if (choice.inBand.size === 1) return isBest(winner, choice) ? 'best quality' : 'only model in band'
  if (isLeast(winner, choice, ({ estimate }) => estimate.costUsd)) return 'cheapest in band'
  if (isLeast(winner, choice, ({ estimate }) => estimate.latencyMs)) return 'fastest in band'
  if (isBest(winner, choice)) return 'best quality'
  return 'best in band'
}

/** When one limit alone excluded all the others, the phrase names it: `only model in eu`. */
function onlyModel({ target }: Scored, dropped: readonly Dropped[]): string {
  const models = new Set(dropped.map(({ model }) => model))
  const limits = new Map<string, number>()
  for (const { constraint } of dropped) limits.set(constraint, (limits.get(constraint) ?? 0) + 1)
  const common = [...limits].filter(([, count]) => count === models.size).map(([name]) => name)
  if (common.includes('region')) return `only model in ${(target.facts.region ?? []).join(' and ')}`
  return common[0] === undefined ? 'only model that passes' : `only model that passes ${common[0]}`
}

function isBest(winner: Scored, { ranked }: Choice): boolean {
  return ranked.every(({ quality }) => (quality ?? 0) <= (winner.quality ?? 0))
}

function isLeast(winner: Scored, { inBand }: Choice, figure: (scored: Scored) => number | undefined): boolean {
  const own = figure(winner)
  if (own === undefined) return false
  for (const other of inBand) {
    const theirs = figure(other)
    if (other !== winner && (theirs === undefined || theirs <= own)) return false
  }
  return true
}
