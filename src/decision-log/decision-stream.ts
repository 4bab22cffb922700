import type { Ports } from '../core/ports.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { DecisionLog } from './decision-log.ts'
import type { LogRecord, ModelsRecord } from './record.ts'
import type { Entry } from './record-queue.ts'
import { createRecordQueue } from './record-queue.ts'
import type { Taken } from './write-record.ts'
import { decisionRecord, modelsRecord } from './write-record.ts'

/** Where records of decisions go besides a file. */
export type DecisionSink = {
  /** Whether the text that the router read goes too. */
  readonly prompts: boolean
  /** Takes a record, and says how large it is, in characters. Must not throw, and holds nobody up. */
  send(record: LogRecord): number
  /** Told of each record that was never made, since too many waited. */
  dropped(): void
}

// Records are made between requests: a turn must not hold them up for long.
const TURN_CHARACTERS = 256 * 1024
// Whoever comes later must learn of the models as well.
const MODELS_AGAIN_MS = 600_000

/** The records of a decision log, sent on instead of kept: what the file would have, one by one. */
export function createDecisionStream(sink: DecisionSink, ports: Pick<Ports, 'clock' | 'background'>): DecisionLog {
  const { clock } = ports
  const modelsOf = new WeakMap<Snapshot, ModelsRecord>()
  const said = new Map<string, number>()
  const queue = createRecordQueue({ ports, write, dropped: sink.dropped })

  async function write(entries: readonly Entry[]): Promise<void> {
    let characters = 0
    for (const entry of entries) {
      characters += sink.send('type' in entry ? entry : recordOf(entry))
      if (characters < TURN_CHARACTERS) continue
      characters = 0
      await new Promise<void>((resolve) => clock.timer(0, resolve))
    }
  }

  function recordOf(taken: Taken): LogRecord {
    const models = modelsOf.get(taken.snapshot) ?? modelsRecord(taken.snapshot.targets.values())
    modelsOf.set(taken.snapshot, models)
    const now = clock.monotonic()
    if (now - (said.get(models.hash) ?? Number.NEGATIVE_INFINITY) >= MODELS_AGAIN_MS) {
      said.clear()
      said.set(models.hash, now)
      sink.send(models)
    }
    return decisionRecord(taken, models.hash, sink.prompts)
  }

  return {
    decided: queue.decided,
    ended: queue.ended,
    outcome: queue.outcome,
    find: () => Promise.resolve(undefined),
    close: queue.drain,
  }
}

/** Tells both the same; what is asked for stands in the first. */
export function bothLogs(first: DecisionLog, second: DecisionLog, now: () => number): DecisionLog {
  return {
    decided(made, time = now()) {
      first.decided(made, time)
      second.decided(made, time)
    },
    ended(call, time = now()) {
      first.ended(call, time)
      second.ended(call, time)
    },
    outcome(outcome) {
      first.outcome(outcome)
      second.outcome(outcome)
    },
    find: first.find,
    async close() {
      await first.close()
      await second.close()
    },
  }
}
