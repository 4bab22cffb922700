import type { Facts } from '../core/target.ts'

const DAY_MS = 86_400_000

/** Days from a model's release to `today`; `undefined` when the release date is unknown. */
export function ageDays(facts: Facts, today: string): number | undefined {
  if (facts.released === undefined) return undefined
  const days = (dayOf(today) - dayOf(facts.released)) / DAY_MS
  return Number.isNaN(days) ? undefined : Math.max(0, days)
}

/** Prompts to the operator's own machines reach no provider that could keep them or train on them. */
export function retentionOf(facts: Facts): Facts['retention'] {
  return facts.retention ?? (facts.local === true ? 'zero' : undefined)
}

/** Like `retentionOf`, for training. */
export function trainingOf(facts: Facts): Facts['training'] {
  return facts.training ?? (facts.local === true ? 'never' : undefined)
}

/** `2025-08`, `2025-08-07`; a month counts from its first day. */
function dayOf(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7) || 1) - 1, Number(date.slice(8, 10) || 1))
}
