import { expect, test } from 'vitest'
import type { Decision } from '../../../core/decision.ts'
import { describeDecision } from './describe-decision.ts'

const decision: Decision = {
  id: 'rt_1',
  model: 'a/one',
  policy: 'balanced',
  router: 'table@1',
  reason: 'best quality, router busy',
  candidates: [],
  dropped: [],
  front: [],
  knee: null,
  truncated: false,
  router_timed_out: true,
  elapsed_ms: 1,
}
const shown = (change: Partial<Decision>): string =>
  describeDecision({ ...decision, ...change }, (_, text) => text, 100)

test('a fallback is shown with the router it spoke for, and no other reason than the decision’s', () => {
  const text = shown({ router_problem: { router: 'encoder@1', problem: 'router busy' } })
  expect(text).toContain(
    'a/one  best quality, router busy\npolicy balanced · router table@1 instead of encoder@1 · 1.0 ms\n',
  )
})

test('a router that said nothing is no fallback of itself', () => {
  const text = shown({ reason: 'router busy', router_problem: { router: 'table@1', problem: 'router busy' } })
  expect(text).toContain('a/one  router busy\npolicy balanced · router table@1 · 1.0 ms\n')
})
