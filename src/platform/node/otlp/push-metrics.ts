import type { Resource } from '@opentelemetry/resources'
import type { MetricProducer, PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { MetricFamily } from '../../../telemetry/registry.ts'
import type { Collector } from './collector.ts'
import { EXPORT_MS } from './collector.ts'
import { metricData } from './metric-data.ts'

/** Metrics that are pushed now and then. */
export type PushedMetrics = {
  /** Exports that the collector did not take so far. Nothing is lost by one: the next has the same sums and more. */
  missed(): number
  /** Pushes once more, and stops. */
  shutdown(): Promise<void>
}

const SUCCESS = 0

/** Pushes what `read` says every `intervalMs`. */
export async function pushMetrics(
  collector: Collector,
  resource: Resource,
  intervalMs: number,
  read: () => readonly MetricFamily[],
): Promise<PushedMetrics> {
  const [
    { ValueType },
    { hrTime },
    { AggregationTemporality, DataPointType, MeterProvider, PeriodicExportingMetricReader },
    { OTLPMetricExporter },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
  ])
  const words = {
    cumulative: AggregationTemporality.CUMULATIVE,
    sum: DataPointType.SUM,
    gauge: DataPointType.GAUGE,
    histogram: DataPointType.HISTOGRAM,
    double: ValueType.DOUBLE,
  } as const
  const startTime = hrTime()
  const producer: MetricProducer = {
    collect() {
      const endTime = hrTime()
      // A metric without a series is nothing in OTLP.
      const metrics = read()
        .filter(({ series }) => series.length > 0)
        .map((family) => metricData(family, words, startTime, endTime))
      const scopeMetrics = [{ scope: { name: 'thalamus' }, metrics }]
      return Promise.resolve({ resourceMetrics: { resource, scopeMetrics }, errors: [] })
    },
  }
  let missed = 0
  const exporter = new OTLPMetricExporter(collector.exporter('v1/metrics'))
  const counted: PushMetricExporter = {
    export(metrics, over) {
      exporter.export(metrics, (result) => {
        if (result.code !== SUCCESS) {
          missed += 1
          collector.complain('metrics', result.error)
        }
        over({ code: SUCCESS })
      })
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  }
  const reader = new PeriodicExportingMetricReader({
    exporter: counted,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(EXPORT_MS * 2, intervalMs),
    metricProducers: [producer],
  })
  const provider = new MeterProvider({ resource, readers: [reader] })
  return {
    missed: () => missed,
    shutdown: () => provider.shutdown().catch((cause: unknown) => collector.complain('metrics', cause)),
  }
}
