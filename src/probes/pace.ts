import type { ErrorCode, GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

/** When the next call may be made: one model's limits hold for all calls under way together. */
export type Pace = {
  /** Resolves when the pause that was asked for is over, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>
  /** Notes a failure; milliseconds of pause after it, `undefined` when the model asks for more than we wait. */
  after(error: GatewayError, tried: number): number | undefined
}

const BASE_MS = 1_000
const CAP_MS = 30_000
const MOST_ADVISED_MS = 120_000

/** Waits as long as the model says, else twice as long each time, fully jittered above a half. */
export function createPace({ clock, random }: { readonly clock: Clock; readonly random: () => number }): Pace {
  let resumeAt = 0
  return {
    async wait(signal) {
      // Again after each pause: another call may have been told to wait longer.
      for (let left = resumeAt - clock.monotonic(); left > 0 && !signal.aborted; left = resumeAt - clock.monotonic()) {
        await pause(left, clock, signal)
      }
    },
    after(error, tried) {
      const advised = advisedMs(error.headers, clock.now())
      if (advised !== undefined && advised > MOST_ADVISED_MS) return undefined
      const own = Math.min(BASE_MS * 2 ** (tried - 1), CAP_MS) * (0.5 + random() / 2)
      const pauseMs = advised ?? own
      if (isWorthAnotherTry(error)) resumeAt = Math.max(resumeAt, clock.monotonic() + pauseMs)
      return pauseMs
    },
  }
}

// A timeout is not among them: it took minutes, and so would the next.
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_rate_limited',
  'upstream_overloaded',
  'upstream_error',
  'upstream_unreachable',
  'upstream_empty',
  'upstream_malformed',
  'stream_interrupted',
])

/** True for failures that may pass by themselves. */
export function isWorthAnotherTry({ code }: GatewayError): boolean {
  return PASSING.has(code)
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date: RFC 9110 §10.2.3. */
function advisedMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const milliseconds = Number(headers['retry-after-ms'] ?? Number.NaN)
  if (milliseconds >= 0) return milliseconds
  const text = headers['retry-after']
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (seconds >= 0) return seconds * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.timer(milliseconds, done)
    function done(): void {
      timer.cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
