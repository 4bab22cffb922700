import { GatewayError } from '../core/errors.ts'
import type { Ledger, UsageRecord } from '../core/ledger.ts'
import type { Clock, Log } from '../core/ports.ts'

/** The ledger as calls use it: it never throws into a call, and mends itself. */
export type KeptUsage = {
  /** Writes a record down, at once where that is possible. */
  settle(record: UsageRecord): void
  /** Throws `ledger_unavailable` while nothing can be written, where calls may not be served without. */
  requireWritable(): void
  /** Why nothing can be written at the moment, if so. */
  problem(): string | undefined
  /** Dollars of a key, in milliseconds since 1970. */
  spentSince(key: string, since: number): number
  /** Tries once more to write what waits, and closes. */
  close(): void
}

export type KeepUsageOptions = {
  readonly ledger: Ledger
  /** Calls are refused while nothing can be written. */
  readonly isClosedOnFailure: boolean
  readonly clock: Clock
  readonly log: Log
  /** Told what became of records: `written`; `late`, after failing at first; `dropped`, for too many waited. */
  readonly count: (result: 'written' | 'late' | 'dropped', records: number) => void
}

const MOST_WAITING = 10_000
const RETRY_MS = 1_000
const AT_ONCE = 500

/**
 * Records that cannot be written (a full disk, a lock) wait in a bounded queue and are tried again every second, before
 * any later one. They are lost if the process dies meanwhile, or more than ten thousand come.
 */
export function keepUsage({ ledger, isClosedOnFailure, clock, log, count }: KeepUsageOptions): KeptUsage {
  let waiting: UsageRecord[] = []
  let problem: string | undefined
  // Of those that waited, written since.
  let late = 0

  function failed(cause: unknown): void {
    const isNew = problem === undefined
    problem = cause instanceof Error ? cause.message : String(cause)
    // One line when it begins: a full disk would fill the log too.
    if (!isNew) return
    log('error', 'ledger_failed', { problem, served: isClosedOnFailure ? 'no calls until it is written again' : 'on' })
    clock.timer(RETRY_MS, retry)
  }

  function retry(): void {
    if (problem === undefined) return
    if (!writeWaiting()) clock.timer(RETRY_MS, retry)
  }

  /** True when nothing waits any more. In parts: a disk may have room for some of it. */
  function writeWaiting(): boolean {
    try {
      while (waiting.length > 0) {
        const part = waiting.slice(0, AT_ONCE)
        ledger.append(part)
        waiting = waiting.slice(part.length)
        late += part.length
        count('late', part.length)
      }
    } catch (cause) {
      failed(cause)
      return false
    }
    log('info', 'ledger_recovered', { records: late })
    late = 0
    problem = undefined
    return true
  }

  return {
    settle(record) {
      if (problem === undefined) {
        try {
          ledger.append([record])
          count('written', 1)
          return
        } catch (cause) {
          failed(cause)
        }
      }
      if (waiting.length < MOST_WAITING) waiting.push(record)
      else count('dropped', 1)
    },
    requireWritable() {
      if (problem === undefined || !isClosedOnFailure) return
      throw new GatewayError(
        'ledger_unavailable',
        'Usage cannot be written down, and is not served without. Try later.',
        {
          headers: { 'retry-after': '1' },
          detail: { problem },
        },
      )
    },
    problem: () => problem,
    spentSince: (key, since) => ledger.spentSince(key, since),
    close() {
      if (waiting.length > 0 && !writeWaiting()) {
        count('dropped', waiting.length)
        log('error', 'usage_lost', { records: waiting.length })
      }
      ledger.close()
    },
  }
}
