import { expect, test } from 'vitest'
import type { Candidate, Decision } from '../../../core/decision.ts'
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
const shown = (change: Partial<Decision>, width = 100): string =>
  describeDecision({ ...decision, ...change }, (_, text) => text, width)

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

test('a winner whose name leaves no room for the reason has a line of its own', () => {
  const model = `a/${'long'.repeat(17)}`
  expect(shown({ model }, 80)).toMatch(new RegExp(`^${model}\nbest quality, router busy\npolicy`))
  const endless = shown({ model: `a/${'long'.repeat(50)}` }, 80)
  for (const line of endless.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  expect(endless).toMatch(/^a\/long\S*…\S*long\nbest quality/)
})

test('what could not be heeded is told, and who is tried in an order that was asked for', () => {
  const warnings = [{ path: 'messages[0].content', reason: '"x\u001b" is no flag of prompts' }]
  const text = shown({ warnings, plan: ['a/one', 'b/two'] })
  expect(text).toMatch(/not heeded {2}messages\[0\]\.content: "x.* is no flag of prompts\n/)
  expect(text).not.toContain('\u001b')
  expect(text).toContain('· then b/two')
})

test('no quality is shown as one that could be above 100 or below 0', () => {
  const candidate = (quality: number, uncertainty: number): Candidate => ({
    model: 'a/one',
    quality,
    uncertainty,
    cost_usd: undefined,
    latency_ms: undefined,
    ttft_ms: undefined,
    output_tokens: undefined,
    score: undefined,
    in_band: false,
    on_front: false,
  })
  const text = shown({ candidates: [candidate(0.963, 0.077), candidate(0.02, 0.05), candidate(0.9, 0.1)] })
  expect(text).toMatch(/96\.3 \+3\.7 −7\.7\n.* 2\.0 \+5\.0 −2\.0\n.* 90\.0 ±10\.0\n/)
})

test('how reliable calls of tools are is a column where the request has tools', () => {
  const candidate = { model: 'a/one', quality: 0.5, in_band: false, on_front: false }
  const unknown = { uncertainty: 0, cost_usd: undefined, latency_ms: undefined, ttft_ms: undefined }
  const rest = { output_tokens: undefined, score: undefined }
  const plain = { ...candidate, ...unknown, ...rest }
  expect(shown({ candidates: [{ ...plain, tool_reliability: 0.954 }] })).toMatch(/quality +tools\n.* 95\.4\n/)
  expect(shown({ candidates: [plain] })).not.toContain('tools')
})

test('the front is a table of the weights at which each model is chosen, then who is beaten by whom', () => {
  const member = { figure: 0.001, quality: 0.7, wins: null, wins_at_any_band: null, band_needed: 12.34 }
  const front = [
    { ...member, model: 'a/tiny', wins_at_any_band: { from: 8.4, to: null } },
    { ...member, model: 'a/bent', quality: 0.75 },
    { ...member, model: 'a/one', quality: 0.8, wins: { from: 0.5, to: 8.4 } },
    { ...member, model: 'a/big', quality: 0.9, wins: { from: 0, to: 0.5 } },
  ]
  const trade_offs = [{ goal: 'cost', parameter: 'weights.cost', value: 1, front, knee: 'a/one' }]
  const beaten = {
    model: 'a/odd',
    quality: 0.5,
    uncertainty: 0,
    in_band: false,
    on_front: false,
    dominated_by: 'a/tiny',
  }
  const unknown = { cost_usd: undefined, latency_ms: undefined, ttft_ms: undefined, output_tokens: undefined }
  const text = shown({ trade_offs, candidates: [{ ...beaten, ...unknown, score: undefined }] })
  expect(text).toContain(`front: quality against cost (weights.cost is 1)
   model   quality     cost  chosen where weights.cost is
   a/tiny     70.0  $0.0010  over 8.4, with band 12.4
   a/bent     75.0  $0.0010  never
▸  a/one      80.0  $0.0010  0.5 to 8.4                    knee
   a/big      90.0  $0.0010  up to 0.5
beaten  by a/tiny: a/odd
`)
})

test('goals of which figures were unknown are named with how many models that concerns', () => {
  const candidate = (model: string, assumed?: readonly string[]): Candidate => ({
    model,
    quality: 0.5,
    uncertainty: 0,
    cost_usd: undefined,
    latency_ms: undefined,
    ttft_ms: undefined,
    output_tokens: undefined,
    score: undefined,
    in_band: false,
    on_front: false,
    ...(assumed && { assumed }),
  })
  const text = shown({ candidates: [candidate('a', ['size', 'energy']), candidate('b', ['energy'])] })
  expect(text).toContain('assumed size of 1, energy of all\n')
  expect(shown({ candidates: [candidate('a')] })).not.toContain('assumed')
})
