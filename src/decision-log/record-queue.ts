import type { Outcome } from '../core/outcome.ts'
import type { Ports } from '../core/ports.ts'
import type { LogRecord } from './record.ts'
import type { EndedCall, Made, Taken } from './write-record.ts'
import { callRecord, take } from './write-record.ts'

/** What waits to be written: a decision as it was made, or a record as it stands. */
export type Entry = Taken | LogRecord

export type RecordQueue = {
  /** `time`: in milliseconds since 1970, now where it is not said. */
  decided(made: Made, time?: number): void
  ended(call: EndedCall, time?: number): void
  outcome(outcome: Outcome): void
  /** Writes what is still waiting. */
  drain(): Promise<void>
}

export type RecordQueueOptions = {
  readonly ports: Pick<Ports, 'clock' | 'background'>
  /** Called with what waited, one call at a time. */
  readonly write: (entries: readonly Entry[]) => Promise<void>
  /** Told of each record that found no room. */
  readonly dropped: () => void
}

const LATE_MS = 50
// In candidates, of which each is one object that waits; a record of another kind counts as one.
const MOST_WAITING = 100_000

/** Where decisions, calls and outcomes wait for being written: a decision only takes its place here. Bounded. */
export function createRecordQueue({ ports, write, dropped }: RecordQueueOptions): RecordQueue {
  const { clock, background } = ports
  let waiting: Entry[] = []
  let weight = 0
  let isWriting = false
  let isScheduled = false

  function add(entry: Entry, itsWeight: number): void {
    if (weight + itsWeight > MOST_WAITING) {
      dropped()
      return
    }
    waiting.push(entry)
    weight += itsWeight
    if (isScheduled || isWriting) return
    isScheduled = true
    clock.timer(LATE_MS, () => background.run(writeWaiting))
  }

  async function writeWaiting(): Promise<void> {
    isScheduled = false
    if (isWriting) return
    isWriting = true
    try {
      while (waiting.length > 0) {
        const entries = waiting
        waiting = []
        weight = 0
        await write(entries)
      }
    } finally {
      isWriting = false
    }
  }

  return {
    decided: (made, time = clock.now()) => add(take(made, time), 1 + made.foreseen.targets.length),
    ended: (call, time = clock.now()) => add(callRecord(call, time), 1),
    outcome: (outcome) => add({ type: 'outcome', ...outcome }, 1),
    async drain() {
      await background.drain()
      await writeWaiting()
    },
  }
}
