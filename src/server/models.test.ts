import { expect, test } from 'vitest'
import type { Facts, Target } from '../core/target.ts'
import { snapshot } from '../directives/test-snapshot.ts'
import { createLiveMeasures } from '../usage/live-measures.ts'
import { listModels } from './models.ts'

const target = (facts: Facts): Target => ({
  id: 'p/m',
  provider: 'p',
  model: 'm',
  format: 'openai-chat',
  baseUrl: 'http://p.invalid',
  catalogId: undefined,
  facts,
})

function assumedOf(facts: Facts, live = createLiveMeasures({ monotonic: () => 0 })): unknown {
  const models = listModels(snapshot({ targets: new Map([['p/m', target(facts)]]) }), live)
  return models.find(({ id }) => id === 'p/m')?.['assumed']
}

test('a model says which soft goals would be assumed of it', () => {
  expect(assumedOf({})).toEqual([
    'cost',
    'latency',
    'ttft',
    'size',
    'recency',
    'readability',
    'security',
    'openness',
    'retention',
    'training',
    'energy',
  ])
  const facts: Facts = {
    price_in: 1,
    price_out: 1,
    ttft_ms: 100,
    tokens_per_second: 10,
    params_b: 8,
    released: '2026-01',
    reading_grade: 9,
    security: 1,
    license: 'mit',
    open_weights: true,
    local: true,
  }
  expect(assumedOf(facts)).toEqual([])
})

test('what was seen of it is not assumed any more', () => {
  const live = createLiveMeasures({ monotonic: () => 0 })
  for (let turn = 0; turn < 3; turn += 1) {
    live.record('p/m', { ttftMs: 100, tokensPerSecond: 50, readingGrade: 8 })
  }
  const assumed = assumedOf({}, live)
  for (const goal of ['latency', 'ttft', 'readability']) expect(assumed).not.toContain(goal)
})
