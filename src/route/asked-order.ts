import type { Candidate, Decision } from '../core/decision.ts'
import type { Wishes } from '../core/said-in-body.ts'
import type { Target } from '../core/target.ts'
import type { RouteResult } from './route.ts'

/** One entry of the caller's list: a model by name, or whoever is chosen among several. */
export type Entry = { readonly target: Target } | { readonly among: readonly Target[] }

/**
 * The decision in the order that its caller asked for. Among what is left to the gateway, the providers that he put first
 * come first, and what is slower than he likes comes last; then his list, entry by entry. An entry in the middle that
 * leaves the choice to the gateway stands for the best of its models, one at the end for all of them. The decision has
 * the first `listed` of them.
 */
export function inAskedOrder(
  result: RouteResult,
  entries: readonly Entry[],
  wishes: Wishes,
  listed = Number.POSITIVE_INFINITY,
): RouteResult {
  if (!hasAskedOrder(entries, wishes)) return result
  const { decision, ranked } = result
  const preferred = byPreference(ranked, decision, wishes)
  const plan = new Set(
    entries.flatMap((entry, index) => modelsOf(entry, preferred, index === entries.length - 1, wishes)),
  )
  const ordered = [...plan]
  const winner = ordered[0]
  if (winner === undefined) return result
  const isListed = entries.length > 1 && entries[0] !== undefined && 'target' in entries[0]
  const isMoved = winner !== ranked[0]
  const candidates = reordered(decision, ordered)
  const shown = candidates.filter((candidate, index) => index < listed || candidate.on_front)
  const unlisted = (decision.unlisted ?? 0) + candidates.length - shown.length
  const reason = isListed ? 'first in the list' : isMoved ? reasonOf(winner, wishes) : decision.reason
  return {
    ...result,
    decision: {
      ...decision,
      model: winner.id,
      reason,
      candidates: shown,
      ...(unlisted === 0 ? {} : { unlisted }),
      plan: ordered.slice(0, listed).map(({ id }) => id),
    },
    ranked: ordered,
  }
}

/** True where the gateway's own order is not the last word: then it must be known of every model. */
export function hasAskedOrder(entries: readonly Entry[], wishes: Wishes): boolean {
  return entries.length > 1 || hasWishes(wishes)
}

function hasWishes({ providers = [], isAlone, ttftMs, tokensPerSecond }: Wishes): boolean {
  return providers.length > 0 || isAlone === true || ttftMs !== undefined || tokensPerSecond !== undefined
}

function modelsOf(entry: Entry, ranked: readonly Target[], isLast: boolean, { isAlone }: Wishes): readonly Target[] {
  if ('target' in entry) return ranked.includes(entry.target) ? [entry.target] : []
  const among = new Set(entry.among)
  const found = ranked.filter((target) => among.has(target))
  return isLast && isAlone !== true ? found : found.slice(0, 1)
}

function byPreference(ranked: readonly Target[], decision: Decision, wishes: Wishes): readonly Target[] {
  const { providers = [] } = wishes
  const candidates = new Map(decision.candidates.map((candidate) => [candidate.model, candidate]))
  const keys = new Map(
    ranked.map((target) => {
      const place = providers.indexOf(target.provider)
      const isSlow = isSlower(candidates.get(target.id), wishes)
      return [target, (place < 0 ? providers.length : place) * 2 + Number(isSlow)] as const
    }),
  )
  // Sorting is stable: where nothing was wished for, the ranking stays.
  return ranked.toSorted((left, right) => (keys.get(left) ?? 0) - (keys.get(right) ?? 0))
}

function isSlower(candidate: Candidate | undefined, { ttftMs: most, tokensPerSecond: least }: Wishes): boolean {
  const { ttft_ms: first, latency_ms: last, output_tokens: tokens } = candidate ?? {}
  if (most !== undefined && !(first !== undefined && first <= most)) return true
  if (least === undefined) return false
  const seconds = first === undefined || last === undefined ? 0 : (last - first) / 1_000
  return !(tokens !== undefined && seconds > 0 && tokens / seconds >= least)
}

function reasonOf({ provider }: Target, { providers = [] }: Wishes): string {
  return providers.includes(provider) ? 'first provider in order' : 'fast enough'
}

function reordered({ candidates }: Decision, ordered: readonly Target[]): readonly Candidate[] {
  const places = new Map(ordered.map(({ id }, index) => [id, index]))
  const placeOf = ({ model }: Candidate): number => places.get(model) ?? ordered.length
  return candidates.toSorted((left, right) => placeOf(left) - placeOf(right))
}
