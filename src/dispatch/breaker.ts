import type { BreakerSettings } from '../core/dispatch-settings.ts'
import type { ErrorCode, GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { retryAfterMs } from './retry-after.ts'

/**
 * `go`: it is up. `trial`: it rests, and this one call finds out whether it is back. `tried`: it began to answer this one,
 * and others may be sent.
 */
export type Permit = 'go' | 'trial' | 'tried'

/**
 * Which targets rest because they failed. In memory, of this process alone; only targets that failed have a state.
 * Every permit is given back by exactly one of `succeeded`, `failed` and `left`.
 */
export type Breakers = {
  /** May this target be asked? `isLast`: nobody else can be, so that one call at a time may try it while it rests. */
  enter(targetId: string, settings: BreakerSettings, isLast: boolean): Permit | undefined
  /**
   * It has begun to answer: whoever waits for a trial need not wait for the end of a long answer. Returns the permit to be
   * given back at its end.
   */
  answered(targetId: string, permit: Permit): Permit
  succeeded(targetId: string, permit: Permit): void
  /** `status`: the upstream's, where there was one. Failures that are the client's do not count (docs/failover.md). */
  failed(targetId: string, permit: Permit, failure: Failure, settings: BreakerSettings): void
  /** Nothing is known of it: the client left, or another target was faster. */
  left(targetId: string, permit: Permit): void
  /** Milliseconds until it may be asked again, 0 when it may be now; `undefined` when it is up. Changes nothing. */
  restMs(targetId: string): number | undefined
  /** No target has failed of late. */
  isQuiet(): boolean
  /** Another gateway found it down, and leaves it alone for so long. What this one knows itself stands. */
  heardResting(targetId: string, cause: ErrorCode, restMs: number): void
  /** Another gateway found it up: it rests no longer, if it did by hearsay. */
  heardUp(targetId: string): void
  /** Why it rests. */
  cause(targetId: string): ErrorCode | undefined
  /** Forgets all targets but these. */
  keep(isKept: (targetId: string) => boolean): void
}

export type Failure = { readonly error: GatewayError; readonly status: number | undefined }

export type BreakerPorts = {
  readonly clock: Pick<Clock, 'monotonic' | 'now'>
  readonly random: () => number
  /** A target goes to rest, or is up again. `isHearsay`: by the word of another gateway. */
  readonly changed: (
    targetId: string,
    isResting: boolean,
    cause: ErrorCode | undefined,
    restMs: number,
    isHearsay: boolean,
  ) => void
}

type Resting = {
  /** Failures in a row. */
  failures: number
  /** The last calls, one a bit, 1 for a failure; how many of them there were. */
  history: number
  seen: number
  lastAt: number
  /** Rests in a row. */
  rests: number
  isResting: boolean
  isHearsay: boolean
  until: number
  isOnTrial: boolean
  cause: ErrorCode | undefined
}

/** What is the target's own fault. Everything else is the client's, or nobody's. */
const COUNTED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_error',
  'upstream_overloaded',
  'upstream_rate_limited',
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_empty',
  'upstream_malformed',
  'stream_interrupted',
])
// How the gateway's own account stands with the provider does not change within seconds. A 403 may be about the prompt
// (OpenRouter's moderation), and a 404 about an id that the client sent: neither counts.
const ACCOUNT_REST_MS = 5 * 60_000
const MAX_ADVISED_MS = 5 * 60_000
const WINDOW = 20
const WINDOW_BITS = 2 ** WINDOW - 1
// Calls longer ago than this say nothing of a target's share of failures.
const WINDOW_MS = 60_000

export function createBreakers({ clock, random, changed }: BreakerPorts): Breakers {
  const states = new Map<string, Resting>()

  function stateOf(targetId: string): Resting {
    const found = states.get(targetId)
    if (found !== undefined) return found
    const created = fresh(clock.monotonic())
    states.set(targetId, created)
    return created
  }

  function wakes(targetId: string, state: Resting, isHearsay = false): void {
    if (!state.isResting) return
    state.isResting = false
    state.failures = 0
    state.history = 0
    state.seen = 0
    changed(targetId, false, undefined, 0, isHearsay)
  }

  /** `leastMs`: as long as that at least, without jitter. */
  function rests(targetId: string, state: Resting, cause: ErrorCode, leastMs: number, settings: BreakerSettings): void {
    const now = clock.monotonic()
    // Up for longer than the longest rest: what was before is another story.
    if (!state.isResting && now - state.until > settings.maxRestMs) state.rests = 0
    const grown = Math.min(settings.restMs * 2 ** Math.min(state.rests, 30), settings.maxRestMs)
    const restMs = Math.max(leastMs, grown * (0.5 + 0.5 * random()))
    state.rests += 1
    state.isResting = true
    state.isHearsay = false
    state.until = now + restMs
    state.cause = cause
    changed(targetId, true, cause, restMs, false)
  }

  function ends(state: Resting | undefined, permit: Permit): void {
    if (permit === 'trial' && state !== undefined) state.isOnTrial = false
  }

  return {
    enter(targetId, settings, isLast) {
      const state = states.get(targetId)
      if (state === undefined || !state.isResting || !settings.isEnabled) return 'go'
      if (state.isOnTrial || (!isLast && clock.monotonic() < state.until)) return undefined
      state.isOnTrial = true
      return 'trial'
    },
    answered(targetId, permit) {
      if (permit !== 'trial') return permit
      const state = states.get(targetId)
      ends(state, permit)
      if (state !== undefined) wakes(targetId, state)
      return 'tried'
    },
    succeeded(targetId, permit) {
      const state = states.get(targetId)
      if (state === undefined) return
      ends(state, permit)
      if (permit === 'trial') wakes(targetId, state)
      if (state.isResting) return
      state.failures = 0
      note(state, 0, clock.monotonic())
      if (state.history === 0 && state.rests === 0) states.delete(targetId)
    },
    failed(targetId, permit, { error, status }, settings) {
      const isAccount =
        error.code === 'upstream_quota_exhausted' || (error.code === 'upstream_auth_failed' && status === 401)
      if (!settings.isEnabled || (!isAccount && !COUNTED.has(error.code))) {
        ends(states.get(targetId), permit)
        return
      }
      const state = stateOf(targetId)
      ends(state, permit)
      const asked = isAskedToWait(error) ? retryAfterMs(error.headers, clock.now()) : undefined
      const advisedMs = Math.min(asked ?? 0, MAX_ADVISED_MS)
      const leastMs = isAccount ? ACCOUNT_REST_MS : advisedMs
      if (state.isResting && permit !== 'trial') {
        // Sent before it went to rest: no news, unless it says how long.
        state.until = Math.max(state.until, clock.monotonic() + advisedMs)
        return
      }
      note(state, 1, clock.monotonic())
      state.failures += 1
      const isDown =
        permit !== 'go' || leastMs > 0 || state.failures >= settings.failures || isOften(state, settings.share)
      if (isDown) rests(targetId, state, error.code, leastMs, settings)
    },
    left: (targetId, permit) => ends(states.get(targetId), permit),
    restMs(targetId) {
      const state = states.get(targetId)
      return state?.isResting === true ? Math.max(0, state.until - clock.monotonic()) : undefined
    },
    isQuiet: () => states.size === 0,
    heardResting(targetId, cause, restMs) {
      const state = stateOf(targetId)
      if (state.isResting) return
      state.isResting = true
      state.isHearsay = true
      state.until = clock.monotonic() + restMs
      state.cause = cause
      changed(targetId, true, cause, restMs, true)
    },
    heardUp(targetId) {
      const state = states.get(targetId)
      if (state?.isResting === true && state.isHearsay && !state.isOnTrial) wakes(targetId, state, true)
    },
    cause: (targetId) => states.get(targetId)?.cause,
    keep(isKept) {
      for (const [targetId, state] of states) {
        if (isKept(targetId)) continue
        if (state.isResting) changed(targetId, false, undefined, 0, true)
        states.delete(targetId)
      }
    },
  }
}

function fresh(now: number): Resting {
  return {
    failures: 0,
    history: 0,
    seen: 0,
    lastAt: now,
    rests: 0,
    isResting: false,
    isHearsay: false,
    until: Number.NEGATIVE_INFINITY,
    isOnTrial: false,
    cause: undefined,
  }
}

function isAskedToWait({ code }: GatewayError): boolean {
  return code === 'upstream_rate_limited' || code === 'upstream_overloaded'
}

function note(state: Resting, bit: 0 | 1, now: number): void {
  if (now - state.lastAt > WINDOW_MS) {
    state.history = 0
    state.seen = 0
  }
  state.lastAt = now
  state.history = ((state.history << 1) | bit) & WINDOW_BITS
  state.seen = Math.min(WINDOW, state.seen + 1)
}

function isOften({ history, seen }: Resting, share: number): boolean {
  if (seen < WINDOW) return false
  let failures = 0
  for (let bits = history; bits !== 0; bits &= bits - 1) failures += 1
  return failures >= share * WINDOW
}
