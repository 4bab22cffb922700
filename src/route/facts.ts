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

// Dates of the catalogue and of the configuration, and a today a day: a bound for those who live long.
const MOST_DATES = 10_000
const days = new Map<string, number>()

/** `2025-08`, `2025-08-07`; a month counts from its first day. */
function dayOf(date: string): number {
  const known = days.get(date)
  if (known !== undefined) return known
  if (days.size >= MOST_DATES) days.clear()
  const day = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7) || 1) - 1, Number(date.slice(8, 10) || 1))
  days.set(date, day)
  return day
}
