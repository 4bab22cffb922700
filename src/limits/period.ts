import type { Period } from '../core/counters.ts'

export type NamedPeriod = {
  /** `2026-11-28`, or `2026-11`. */
  readonly name: string
  /** Milliseconds since 1970 at which the next one begins. */
  readonly endsAt: number
}

/** The day or month of UTC in which `now` lies, in milliseconds since 1970. */
export function periodAt(per: Period, now: number): NamedPeriod {
  const date = new Date(now)
  const iso = date.toISOString()
  return per === 'day'
    ? { name: iso.slice(0, 10), endsAt: Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1) }
    : { name: iso.slice(0, 7), endsAt: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) }
}
