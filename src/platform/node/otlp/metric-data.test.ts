import { ValueType } from '@opentelemetry/api'
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { createRegistry } from '../../../telemetry/registry.ts'
import { metricData } from './metric-data.ts'

const WORDS = {
  cumulative: AggregationTemporality.CUMULATIVE,
  sum: DataPointType.SUM,
  gauge: DataPointType.GAUGE,
  histogram: DataPointType.HISTOGRAM,
  double: ValueType.DOUBLE,
} as const

test('a histogram has a bucket more than bounds, and its counts add up', () => {
  const registry = createRegistry()
  const seconds = registry.histogram('seconds', 'Time.', ['model'], [0.1, 1])
  for (const value of [0.05, 0.1, 0.5, 5]) seconds.observe(value, 'a')
  const [family] = registry.read()
  if (family === undefined) throw new Error('no family')
  expect(metricData(family, WORDS, [1, 0], [2, 0])).toMatchObject({
    descriptor: { name: 'seconds', description: 'Time.', unit: '' },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [
      {
        startTime: [1, 0],
        endTime: [2, 0],
        attributes: { model: 'a' },
        value: { buckets: { boundaries: [0.1, 1], counts: [2, 1, 1] }, sum: 5.65, count: 4 },
      },
    ],
  })
})
