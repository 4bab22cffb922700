import type { HrTime } from '@opentelemetry/api'
import type { AggregationTemporality, DataPointType, MetricData } from '@opentelemetry/sdk-metrics'
import type { MetricDistribution, MetricFamily, MetricSeries } from '../../../telemetry/registry.ts'

/** The words of the SDK, which is loaded only where it is asked for. */
export type MetricWords = {
  readonly cumulative: AggregationTemporality.CUMULATIVE
  readonly sum: DataPointType.SUM
  readonly gauge: DataPointType.GAUGE
  readonly histogram: DataPointType.HISTOGRAM
  readonly double: 1
}

/** A metric as OpenTelemetry has it: cumulative since `startTime`, under the names and labels of `/metrics`. */
export function metricData(family: MetricFamily, words: MetricWords, startTime: HrTime, endTime: HrTime): MetricData {
  const { name, help, labels } = family
  // Names say their units, as those of Prometheus do.
  const descriptor = { name, description: help, unit: '', valueType: words.double }
  const base = { descriptor, aggregationTemporality: words.cumulative }
  const point = <Value>(values: readonly string[], value: Value) => ({
    startTime,
    endTime,
    attributes: Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])),
    value,
  })
  const number = ({ labels: values, value }: MetricSeries<number>) => point(values, value)
  switch (family.type) {
    case 'counter':
      return { ...base, dataPointType: words.sum, isMonotonic: true, dataPoints: family.series.map(number) }
    case 'gauge':
      return { ...base, dataPointType: words.gauge, dataPoints: family.series.map(number) }
    case 'histogram': {
      const { bounds, series } = family
      const dataPoints = series.map((one) => point(one.labels, distribution(bounds, one.value)))
      return { ...base, dataPointType: words.histogram, dataPoints }
    }
    default: {
      const unhandled: never = family
      throw new Error(`A metric of no known type: ${String(unhandled)}`)
    }
  }
}

/** The last bucket has what is above all bounds. */
function distribution(bounds: readonly number[], { counts, sum, count }: MetricDistribution) {
  const below = counts.reduce((total, one) => total + one, 0)
  return { buckets: { boundaries: [...bounds], counts: [...counts, count - below] }, sum, count }
}
