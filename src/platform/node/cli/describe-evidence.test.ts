import { expect, test } from 'vitest'
import type { Candidate, Decision } from '../../../core/decision.ts'
import { evidenceLines } from './describe-evidence.ts'
import { shortNames } from './short-names.ts'

const candidate = (model: string): Candidate => ({
  model,
  quality: 0.5,
  uncertainty: 0.1,
  cost_usd: undefined,
  latency_ms: undefined,
  ttft_ms: undefined,
  output_tokens: undefined,
  score: 50,
  in_band: true,
  on_front: true,
})

function linesOf(profiles: unknown, models: readonly string[], width = 80): string[] {
  const decision: Decision = {
    id: 'rt_1',
    model: models[0] ?? '',
    policy: 'balanced',
    router: 'clusters@1',
    reason: 'best in band',
    candidates: models.map(candidate),
    dropped: [],
    front: [],
    knee: null,
    truncated: false,
    router_timed_out: false,
    elapsed_ms: 1,
    evidence: { profiles },
  }
  return evidenceLines(decision, shortNames(models), width)
}

test('each candidate with its sources, their dates and their counts', () => {
  const profiles = {
    'a/one': [{ kind: 'probes', date: '2026-11-26', graded: 118, asked: 120 }, { kind: 'facts' }],
    'a/two': [
      {
        kind: 'scores',
        date: '2026-06',
        sources: [
          { benchmark: 'LiveBench', date: '2026-06' },
          { benchmark: 'BFCL v4', date: '2026-05' },
        ],
      },
      { kind: 'outcomes' },
    ],
    'a/three': [
      { kind: 'scores', date: '2026-01-08' },
      { kind: 'family', of: 'a/two' },
    ],
  }
  expect(linesOf(profiles, ['a/one', 'a/two', 'a/three'])).toEqual([
    '',
    'rests on',
    'one    probes 2026-11-26 (118 of 120) · facts',
    'two    scores: LiveBench 2026-06, BFCL v4 2026-05 · outcomes',
    'three  scores 2026-01-08 · family a/two',
  ])
})

test('many benchmarks take several lines, none wider than the terminal', () => {
  const sources = Array.from({ length: 12 }, (_, index) => ({ benchmark: `Benchmark ${index}`, date: '2026-06' }))
  const lines = linesOf({ 'a/one': [{ kind: 'scores', sources }] }, ['a/one'], 60)
  expect(lines.length).toBeGreaterThan(4)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('Benchmark 10 2026-06, Benchmark 11 2026-06')
})

test('a router that says nothing of profiles, or something else, adds no lines', () => {
  for (const profiles of [undefined, 'scores', { 'a/one': 'scores' }, { 'b/other': [{ kind: 'facts' }] }])
    expect(linesOf(profiles, ['a/one'])).toEqual([])
})
