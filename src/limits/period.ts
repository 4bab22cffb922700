import type { Period } from '../core/counters.ts'

export type NamedPeriod = {
  /** `2026-11-28`, or `2026-11`. */
  readonly name: string
  /** Milliseconds since 1970 at which it begins. */
  readonly startsAt: number
  /** The same of the next one. */
  readonly endsAt: number
}

/** The day or month of UTC in which `now` lies, in milliseconds since 1970. */
export function periodAt(per: Period, now: number): NamedPeriod {
  const date = new Date(now)
  const iso = date.toISOString()
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  return per === 'day'
    ? { name: iso.slice(0, 10), startsAt: Date.UTC(year, month, day), endsAt: Date.UTC(year, month, day + 1) }
    : { name: iso.slice(0, 7), startsAt: Date.UTC(year, month, 1), endsAt: Date.UTC(year, month + 1, 1) }
}
