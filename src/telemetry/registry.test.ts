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
