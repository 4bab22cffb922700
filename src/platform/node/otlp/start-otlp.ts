import { setTimeout as sleep } from 'node:timers/promises'
import type { OtlpSettings } from '../../../config/read-otlp.ts'
import type { Log } from '../../../core/ports.ts'
import type { Streams } from '../../../gateway.ts'
import type { MetricFamily } from '../../../telemetry/registry.ts'
import { randomId } from '../ports.ts'
import { openCollector } from './collector.ts'
import type { EventStream } from './event-streams.ts'
import { decisionSink, openStreams, teeLog, usageSink } from './event-streams.ts'
import type { PushedMetrics } from './push-metrics.ts'

/** Everything that goes to a collector. */
export type Otlp = {
  readonly isTracing: boolean
  /** The log that was given, told to the collector as well where it is to be. */
  readonly log: Log
  readonly streams: Streams
  /** Begins to push metrics, where they are wanted. */
  measure(read: () => readonly MetricFamily[]): Promise<void>
  /** What was lost so far, by sink. */
  dropped(): Readonly<Record<string, number>>
  /** Sends what waits, in two seconds at most. */
  close(): Promise<void>
}

export type OtlpOptions = {
  readonly settings: OtlpSettings | undefined
  readonly version: string
  readonly log: Log
  /** A program that serves: only then is there more to tell than spans. */
  readonly isServing: boolean
}

const SHUTDOWN_MS = 2_000
const INSTANCE_SIZE = 16

/** Loads of OpenTelemetry what the configuration asks for, and nothing where it asks for nothing. */
export async function startOtlp({ settings, version, log, isServing }: OtlpOptions): Promise<Otlp> {
  const collector = settings === undefined ? undefined : openCollector({ ...settings, log })
  if (settings === undefined || collector === undefined) return silent(log)
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const resource = resourceFromAttributes({
    'service.name': 'thalamus',
    'service.version': version,
    'service.instance.id': randomId(INSTANCE_SIZE),
  })
  const tracing = settings.traces ? await (await import('./tracing.ts')).startTracing(collector, resource) : undefined
  const wants = {
    logs: isServing && settings.logs,
    usage: isServing && settings.usage,
    decisions: isServing && settings.decisions,
  }
  const open = Object.values(wants).includes(true) ? await openStreams(collector, resource) : undefined
  const logs = wants.logs ? open?.('logs') : undefined
  const usage = wants.usage ? open?.('usage') : undefined
  const decisions = wants.decisions ? open?.('decisions') : undefined
  const streams: readonly (readonly [sink: string, stream: EventStream | undefined])[] = [
    ['otlp_logs', logs],
    ['otlp_usage', usage],
    ['otlp_decisions', decisions],
  ]
  let metrics: PushedMetrics | undefined

  return {
    isTracing: tracing !== undefined,
    log: logs === undefined ? log : teeLog(log, logs),
    streams: {
      usage: usage === undefined ? undefined : usageSink(usage),
      decisions: decisions === undefined ? undefined : decisionSink(decisions, settings.prompts),
    },
    async measure(read) {
      if (!isServing || !settings.metrics) return
      const { pushMetrics } = await import('./push-metrics.ts')
      metrics = await pushMetrics(collector, resource, settings.metricsIntervalMs, read)
    },
    dropped: () => ({
      ...(tracing === undefined ? {} : { traces: tracing.dropped() }),
      ...(metrics === undefined ? {} : { otlp_metrics: metrics.missed() }),
      ...Object.fromEntries(streams.flatMap(([sink, one]) => (one === undefined ? [] : [[sink, one.queue.dropped()]]))),
    }),
    async close() {
      // What cannot be sent any more is lost; the program ends all the same.
      const sent = Promise.all([
        tracing?.shutdown(),
        metrics?.shutdown(),
        ...streams.map(([, stream]) => stream?.queue.close()),
      ])
      const before = streams.map(([, stream]) => stream?.queue.dropped() ?? 0)
      await Promise.race([sent, sleep(SHUTDOWN_MS, undefined, { ref: false })])
      streams.forEach(([sink, stream], index) => {
        if (stream === undefined) return
        const records = stream.queue.dropped() - (before[index] ?? 0) + stream.queue.waiting()
        if (records > 0) log('error', 'telemetry_lost', { sink, records })
      })
    },
  }
}

function silent(log: Log): Otlp {
  return {
    isTracing: false,
    log,
    streams: {},
    measure: () => Promise.resolve(),
    dropped: () => ({}),
    close: () => Promise.resolve(),
  }
}
