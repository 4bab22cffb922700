import type { Directives } from '../core/directives.ts'
import { log2 } from '../core/portable-maths.ts'
import { ratesOf } from '../core/rates.ts'
import type { Predictions } from '../core/router.ts'
import type { Previous, Staying } from '../core/session.ts'
import type { Choice } from './choose.ts'
import type { Considered } from './considered.ts'
import { targetAt } from './considered.ts'
import { known } from './figures.ts'
import { referenceOf } from './goals.ts'
import { factorOf } from './score.ts'

/** The model that answered the conversation last, among those that pass the hard limits. */
export type Stay = {
  readonly place: number
  readonly marginPoints: number
}

/**
 * The pool as it is for a conversation that a model already has in its cache: there the prompt costs less by what the
 * provider takes off for cached tokens, and a margin counts in its favour. Hard limits were held against the full price
 * before, and an answer may come from a cache that is cold.
 */
export function weighStaying(
  considered: Considered,
  previous: Previous,
  shares: ArrayLike<number> | undefined,
  promptTokens: number,
  directives: Directives,
): Considered {
  const { columns, passing, figures, penalties } = considered
  const place = passing.find((one) => columns.targets[one]?.id === previous.targetId)
  if (place === undefined) return considered
  const marginPoints = previous.marginPoints(shares)
  const full = figures.costUsd[place] ?? Number.NaN
  const saved = switchCostUsd(considered, place, Math.min(previous.cachedTokens, promptTokens), promptTokens) ?? 0
  const warm = Math.max(full - saved, 0)
  const costUsd = figures.costUsd.slice()
  costUsd[place] = warm
  const points = penalties.points.slice()
  const lighter = Number.isNaN(warm) ? 0 : costPoints(full, directives) - costPoints(warm, directives)
  points[place] = (points[place] ?? 0) - lighter - marginPoints
  return {
    ...considered,
    figures: { ...figures, costUsd },
    penalties: { ...penalties, points },
    stay: { place, marginPoints },
  }
}

/** The same pool without its history. `full` is the one that `weighStaying` was given. */
export function withoutStaying(considered: Considered, full: Considered): Considered {
  const { figures, penalties } = full
  return {
    ...considered,
    figures: { ...considered.figures, costUsd: figures.costUsd },
    penalties,
    stay: undefined,
  }
}

/** The previous model before all others, where it is locked, or where no prediction says that another is better. */
export function keepFirst(choice: Choice, place: number, most: number): Choice {
  if (choice.ranked[0] === place) return choice
  return { ...choice, ranked: [place, ...choice.ranked.filter((one) => one !== place)].slice(0, most) }
}

/** Locked, or nothing is predicted of the turn that would speak for another model. */
export function mustStay(stay: Stay, previous: Previous | undefined, predictions: Predictions | undefined): boolean {
  if (previous?.lock !== undefined) return true
  return predictions === undefined && (stay.marginPoints > 0 || (previous?.cachedTokens ?? 0) > 0)
}

/** The words of `x-route-reason`: why the previous model was kept, or which lock was left for the hard limits. */
export function keptReason(
  previous: Previous | undefined,
  staying: Staying | undefined,
): { readonly kept: string | undefined; readonly left: string | undefined } {
  const { lock } = previous ?? {}
  if (staying === undefined) return { kept: undefined, left: undefined }
  const isHard = lock !== undefined && lock !== 'follow-up'
  if (!staying.passes) return { kept: undefined, left: isHard ? `${lock} left` : undefined }
  if (isHard) return { kept: `${lock} kept`, left: undefined }
  return { kept: lock !== undefined || staying.isDecisive ? 'session kept' : undefined, left: undefined }
}

/** What became of the previous model. `otherwise`: who would have won without its cache and margin. */
export function stayingOf(
  { considered, full }: { readonly considered: Considered; readonly full: Considered },
  previous: Previous,
  promptTokens: number,
  winner: number | undefined,
  otherwise: () => number | undefined,
): Staying {
  const { stay, columns } = considered
  if (stay === undefined) {
    const isCandidate = columns.targets.some(({ id }) => id === previous.targetId)
    return { passes: false, isCandidate, isDecisive: false, marginPoints: 0, switchCostUsd: undefined }
  }
  const { place, marginPoints } = stay
  return {
    passes: true,
    isCandidate: true,
    isDecisive: winner === place && otherwise() !== place,
    marginPoints,
    switchCostUsd: switchCostUsd(full, place, Math.min(previous.cachedTokens, promptTokens), promptTokens),
  }
}

/** `undefined` where a price is unknown. */
function switchCostUsd(
  considered: Considered,
  place: number,
  cachedTokens: number,
  promptTokens: number,
): number | undefined {
  const rates = ratesOf(targetAt(considered, place).facts, promptTokens)
  const { price_in: full, price_cached_in: cached } = rates
  if (full === undefined || cached === undefined) return undefined
  return (Math.max(full - cached, 0) * cachedTokens) / 1_000_000
}

/** The cost term of the objective (score.ts), in quality points. */
function costPoints(costUsd: number, directives: Directives): number {
  const factor = factorOf('cost', directives)
  if (factor === 0) return 0
  const term = directives.willingness_to_pay === undefined ? log2(1 + costUsd / referenceOf('cost')) : costUsd
  return factor * (known(term) ?? 0)
}
