import type { Decision } from '../core/decision.ts'
import { joinedBytes } from '../core/joined-bytes.ts'
import type { Outcome } from '../core/outcome.ts'
import type { Ports } from '../core/ports.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { LogFile } from './log-file.ts'
import { readRecord } from './read-record.ts'
import type { LogRecord, ModelsRecord } from './record.ts'
import type { Entry } from './record-queue.ts'
import { createRecordQueue } from './record-queue.ts'
import type { EndedCall, Made, Taken } from './write-record.ts'
import { decisionRecord, modelsRecord } from './write-record.ts'

export type DecisionLog = {
  /** `time`: in milliseconds since 1970, now where it is not said. */
  decided(made: Made, time?: number): void
  ended(call: EndedCall, time?: number): void
  outcome(outcome: Outcome): void
  /** The receipt of a decision that stands in the file that grows; `undefined` where it is not found by its id. */
  find(id: string): Promise<{ readonly decision: Decision; readonly key: string } | undefined>
  /** Writes down what is still waiting, and closes the file. */
  close(): Promise<void>
}

export type DecisionLogOptions = {
  readonly file: LogFile
  /** Whether the text that the router read is written down. */
  readonly prompts: boolean
  /** A file that would grow beyond it is followed by another. */
  readonly maxBytes: number
  readonly ports: Pick<Ports, 'clock' | 'background' | 'createStore' | 'log'>
  /** Told what became of records. */
  readonly count: (result: 'written' | 'dropped' | 'failed', records: number) => void
}

type Line = { readonly bytes: Uint8Array; readonly models: ModelsRecord | undefined; readonly of: Taken | undefined }
type Place = { readonly file: number; readonly from: number; readonly bytes: number }

// Serialising happens between requests: a batch must not hold them up for long.
const BATCH_BYTES = 256 * 1024
const INDEXED = 20_000

/**
 * The log of decisions, calls and outcomes, one JSON record a line. A decision only takes its place in a bounded queue;
 * lines are made and written in the background. When writing cannot keep up, records are dropped and counted.
 */
export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  const { file, prompts, maxBytes, count } = options
  const { log } = options.ports
  const places = options.ports.createStore<Place>(INDEXED)
  const modelsOf = new WeakMap<Snapshot, ModelsRecord>()
  const encoder = new TextEncoder()
  let isFailing = false
  let fileNumber = 0
  const known = new Set<string>()

  const queue = createRecordQueue({ ports: options.ports, write, dropped: () => count('dropped', 1) })

  async function write(entries: readonly Entry[]): Promise<void> {
    for (let next = 0; next < entries.length; ) {
      const lines: Line[] = []
      for (let bytes = 0; next < entries.length && bytes < BATCH_BYTES; next += 1) {
        const line = lineOf(entries[next])
        lines.push(line)
        bytes += line.bytes.length
      }
      await append(lines)
    }
  }

  function lineOf(entry: Entry | undefined): Line {
    if (entry === undefined || 'type' in entry) return { bytes: encode(entry), models: undefined, of: undefined }
    const models = modelsOf.get(entry.snapshot) ?? modelsRecord(entry.snapshot.targets.values())
    modelsOf.set(entry.snapshot, models)
    return { bytes: encode(decisionRecord(entry, models.hash, prompts)), models, of: entry }
  }

  function encode(record: LogRecord | undefined): Uint8Array {
    return encoder.encode(`${JSON.stringify(record)}\n`)
  }

  async function append(lines: readonly Line[]): Promise<void> {
    try {
      const size = lines.reduce((sum, { bytes }) => sum + bytes.length, 0)
      if (file.bytes() > 0 && file.bytes() + size > maxBytes) {
        await file.rotate()
        fileNumber += 1
        known.clear()
      }
      const pieces: Uint8Array[] = []
      const found: { readonly id: string; readonly place: Place }[] = []
      const added: string[] = []
      let at = file.bytes()
      const put = (bytes: Uint8Array): void => {
        pieces.push(bytes)
        at += bytes.length
      }
      for (const { bytes, models, of } of lines) {
        if (models !== undefined && !known.has(models.hash)) {
          put(encode(models))
          known.add(models.hash)
          added.push(models.hash)
        }
        if (of !== undefined)
          found.push({ id: of.input.id, place: { file: fileNumber, from: at, bytes: bytes.length } })
        put(bytes)
      }
      await file.append(joinedBytes(pieces)).catch((cause: unknown) => {
        for (const hash of added) known.delete(hash)
        throw cause
      })
      for (const { id, place } of found) places.set(id, place)
      isFailing = false
      count('written', lines.length)
    } catch (cause) {
      count('failed', lines.length)
      // One line when it begins: a full disk would fill the other log too.
      if (!isFailing)
        log('error', 'decision_log_failed', { problem: cause instanceof Error ? cause.message : String(cause) })
      isFailing = true
    }
  }

  return {
    decided: queue.decided,
    ended: queue.ended,
    outcome: queue.outcome,
    async find(id) {
      const place = places.get(id)
      if (place === undefined || place.file !== fileNumber) return undefined
      const record = readRecord((await file.read(place.from, place.bytes)) ?? '')
      return record?.type === 'decision' && record.id === id ? record : undefined
    },
    async close() {
      await queue.drain()
      await file.close()
    },
  }
}
