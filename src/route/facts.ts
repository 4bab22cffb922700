import { isOpenSource } from '../core/license-groups.ts'
import type { Facts } from '../core/target.ts'

const DAY_MS = 86_400_000

/** Strictest first. */
export const RETENTIONS: readonly NonNullable<Facts['retention']>[] = ['zero', 'limited', 'kept']
export const TRAININGS: readonly NonNullable<Facts['training']>[] = ['never', 'opt-in', 'opt-out', 'always']

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

/** How open a model is, 0 to 3 (core/target.ts); `undefined` where neither weights nor licence are known. */
export function opennessOf({ openness, open_weights: areOpen, license }: Facts): Facts['openness'] {
  if (openness !== undefined) return openness
  if (areOpen === false || license === 'proprietary') return 0
  if (areOpen === undefined || license === undefined) return undefined
  return isOpenSource(license) ? 2 : 1
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
