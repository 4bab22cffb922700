import { expect, test } from 'vitest'
import type { Attempt, Decision } from './core/decision.ts'
import type { Target } from './core/target.ts'
import { formatAttempts, setRouteHeaders } from './route-headers.ts'

const target = (id: string): Target => ({
  id,
  provider: 'up',
  model: id,
  format: 'openai-chat',
  baseUrl: '',
  catalogId: undefined,
  facts: {},
})

function headersOf(of: Target, decision: Decision, attempts: readonly Attempt[], overheadMs: number) {
  const headers: Record<string, string> = {}
  setRouteHeaders(headers, 'rt_1', of, decision, attempts, overheadMs)
  return headers
}

const candidate = (model: string, cost: number) => ({
  model,
  quality: 0.91234,
  uncertainty: 0.1,
  cost_usd: cost,
  latency_ms: undefined,
  ttft_ms: undefined,
  output_tokens: 10,
  score: 1,
  in_band: true,
  on_front: true,
})

const DECISION: Decision = {
  id: 'rt_1',
  model: 'up/a',
  policy: 'balanced',
  router: 'clusters@1',
  reason: 'best in band',
  candidates: [candidate('up/a', 0.00001234), candidate('up/b', 1.5)],
  dropped: [],
  front: [],
  knee: null,
  truncated: false,
  router_timed_out: false,
  elapsed_ms: 1,
}

test('a routed answer tells who answered, why, and what was expected of it', () => {
  const attempts = [{ target: 'up/a', outcome: 'ok', status: 200, elapsedMs: 12.4 }]
  expect(headersOf(target('up/a'), DECISION, attempts, 1.234)).toEqual({
    'x-route-id': 'rt_1',
    'x-route-model': 'up/a',
    'x-route-attempts': 'up/a;outcome=ok;ms=12',
    'x-route-overhead-ms': '1.23',
    'x-route-policy': 'balanced',
    'x-route-router': 'clusters@1',
    'x-route-reason': 'best in band',
    'x-route-quality': '0.9123',
    'x-route-cost-usd': '0.0000123400',
  })
})

test('another model than the winner is a fallback with its own estimates', () => {
  const headers = headersOf(target('up/b'), DECISION, [], 0)
  expect(headers).toMatchObject({ 'x-route-reason': 'fallback', 'x-route-cost-usd': '1.50000' })
})

test('a name that no header can hold is encoded', () => {
  expect(formatAttempts([{ target: 'up/modèle é', outcome: 'ok', status: 200, elapsedMs: 1 }])).toBe(
    'up/mod%C3%A8le%20%C3%A9;outcome=ok;ms=1',
  )
})
