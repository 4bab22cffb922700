import type { DispatchSettings } from '../core/dispatch-settings.ts'
import type { GatewayError } from '../core/errors.ts'
import { retryAfterMs } from './retry-after.ts'

const BASE_MS = 100
const CAP_MS = 2_000
// Clients that were refused together do not come back together.
const SPREAD = 0.1

export type Retrying = {
  /** Of this target so far. */
  readonly tries: number
  readonly settings: Pick<DispatchSettings, 'retries' | 'maxRetryAfterMs'>
  /** Milliseconds to the deadline of the call. */
  readonly leftMs: number
  /** Milliseconds since 1970. */
  readonly now: number
  readonly random: () => number
}

/**
 * Milliseconds to wait before the same target is asked again, where there is no other; `undefined` when it is not to be. A
 * target that says how long it wants to be left alone is asked again after that, if it fits.
 */
export function retryWait(error: GatewayError, { tries, settings, leftMs, now, random }: Retrying): number | undefined {
  if (tries > settings.retries) return undefined
  const advised = retryAfterMs(error.headers, now)
  const waitMs = advised === undefined ? backoff(error, tries, random) : advised * (1 + SPREAD * random())
  if (waitMs === undefined || waitMs >= leftMs) return undefined
  return advised !== undefined && advised > settings.maxRetryAfterMs ? undefined : waitMs
}

/** Exponential, fully jittered. */
function backoff({ retry }: GatewayError, tries: number, random: () => number): number | undefined {
  return retry === 'same-target' ? random() * Math.min(BASE_MS * 2 ** tries, CAP_MS) : undefined
}
