import type { Resource } from '@opentelemetry/resources'
import type { Log } from '../../../core/ports.ts'
import type { DecisionSink } from '../../../decision-log/decision-stream.ts'
import type { UsageSink } from '../../../usage/stream-usage.ts'
import { nodeClock } from '../ports.ts'
import type { Collector, Signal } from './collector.ts'
import type { Event, Level } from './event-record.ts'
import { exportedRecord, usageFields } from './event-record.ts'
import { plainCopy } from './plain-copy.ts'
import type { SendQueue, Sent } from './send-queue.ts'
import { createSendQueue } from './send-queue.ts'

/** Log records of one scope on their way to a collector. */
export type EventStream = {
  /** How large its record is, in characters. */
  add(level: Level, name: string, at: number, fields: object): number
  readonly queue: Pick<SendQueue<never>, 'dropped' | 'waiting' | 'countDropped' | 'close'>
}

export type StreamName = Extract<Signal, 'logs' | 'usage' | 'decisions'>

// Two in memory where a text is not of Latin letters alone, and names and objects around it.
const BYTES_A_CHARACTER = 2

/** What may wait for the collector: records, and bytes of memory. */
const MOST = {
  logs: { mostItems: 10_000, mostBytes: 4 * 1024 * 1024 },
  // About a minute of a thousand calls a second.
  usage: { mostItems: 60_000, mostBytes: 32 * 1024 * 1024 },
  decisions: { mostItems: 10_000, mostBytes: 32 * 1024 * 1024 },
} as const satisfies Record<StreamName, unknown>

const SUCCESS = 0

/** Opens streams of log records to a collector, each with its own queue and connection. */
export async function openStreams(
  collector: Collector,
  resource: Resource,
): Promise<(name: StreamName) => EventStream> {
  const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-http')
  return (name) => {
    const scope = { name: `thalamus.${name}` }
    const exporter = new OTLPLogExporter(collector.exporter('v1/logs'))
    const send = (events: readonly Event[]): Promise<Sent> =>
      new Promise((resolve) => {
        const records = events.map((event) => exportedRecord(event, resource, scope))
        exporter.export(records, ({ code, error }) => {
          if (code === SUCCESS) return resolve('sent')
          collector.complain(name, error)
          // A status that is not worth another try; whoever is away or busy has none here.
          resolve(error !== undefined && 'code' in error && typeof error.code === 'number' ? 'refused' : 'later')
        })
      })
    const queue = createSendQueue({ clock: nodeClock, ...MOST[name], send })
    let seq = 0
    return {
      add(level, event, at, fields) {
        seq += 1
        const { value, characters } = plainCopy(fields)
        queue.add({ level, name: event, at, seq, fields: value }, characters * BYTES_A_CHARACTER)
        return characters
      },
      queue,
    }
  }
}

/** Says what `log` says to a stream as well. */
export function teeLog(log: Log, stream: EventStream): Log {
  return (level, event, fields = {}) => {
    log(level, event, fields)
    stream.add(level, event, Date.now(), { event, ...fields })
  }
}

export function usageSink(stream: EventStream): UsageSink {
  return (record) => void stream.add('info', 'thalamus.usage', record.at, usageFields(record))
}

/** `prompts`: decisions go with the text that the router read. */
export function decisionSink(stream: EventStream, prompts: boolean): DecisionSink {
  return {
    prompts,
    send(record) {
      const at = 'time' in record ? record.time : Date.now()
      return stream.add('info', `thalamus.${record.type}`, at, record)
    },
    dropped: stream.queue.countDropped,
  }
}
