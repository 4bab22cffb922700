import { expect, test } from 'vitest'
import { createRegistry } from './registry.ts'

test('counters and histograms are written in the Prometheus text format', () => {
  const registry = createRegistry()
  const requests = registry.counter('requests_total', 'Requests.', ['model', 'status'])
  const seconds = registry.histogram('seconds', 'Time.', ['model'], [0.1, 1])
  requests.add(1, 'a/b', '200')
  requests.add(2, 'a/b', '200')
  requests.add(1, 'say "hi"\\\n', '500')
  seconds.observe(0.05, 'a')
  seconds.observe(0.1, 'a')
  seconds.observe(5, 'a')
  expect(registry.render()).toBe(
    [
      '# HELP requests_total Requests.',
      '# TYPE requests_total counter',
      'requests_total{model="a/b",status="200"} 3',
      'requests_total{model="say \\"hi\\"\\\\\\n",status="500"} 1',
      '# HELP seconds Time.',
      '# TYPE seconds histogram',
      'seconds_bucket{model="a",le="0.1"} 2',
      'seconds_bucket{model="a",le="1"} 2',
      'seconds_bucket{model="a",le="+Inf"} 3',
      'seconds_sum{model="a"} 5.15',
      'seconds_count{model="a"} 3',
      '',
    ].join('\n'),
  )
})

test('the number of series is bounded whatever the labels are', () => {
  const registry = createRegistry()
  const counter = registry.counter('many_total', 'Many.', ['label'])
  for (let index = 0; index < 20_000; index += 1) counter.add(1, `value-${index}`)
  expect(registry.render().split('\n').length).toBeLessThan(10_010)
})

test('metrics are read as they stand, each observation in the bucket of its own', () => {
  const registry = createRegistry()
  registry.counter('requests_total', 'Requests.', ['model']).add(2, 'a')
  registry.gauge('up', 'Up.', []).set(1)
  const seconds = registry.histogram('seconds', 'Time.', ['model'], [0.1, 1])
  for (const value of [0.05, 0.1, 0.5, 5]) seconds.observe(value, 'a')
  const read = registry.read()
  expect(read).toMatchObject([
    { type: 'counter', name: 'requests_total', labels: ['model'], series: [{ labels: ['a'], value: 2 }] },
    { type: 'gauge', name: 'up', series: [{ labels: [], value: 1 }] },
    {
      type: 'histogram',
      bounds: [0.1, 1],
      series: [{ labels: ['a'], value: { counts: [2, 1], count: 4, sum: 5.65 } }],
    },
  ])
  seconds.observe(0.1, 'a')
  expect(read[2]?.series[0]?.value).toMatchObject({ counts: [2, 1], count: 4 })
})
