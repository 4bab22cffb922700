import { expect, test } from 'vitest'
import type { Target, TextTools } from '../core/target.ts'
import type { ToolOutcome } from '../core/tool-outcome.ts'
import type { ToolReliability } from './tool-reliability.ts'
import { createToolReliability, HALF_LIFE_CALLS, HALF_LIFE_MS, NATIVE, PRIOR_CALLS, WORTH } from './tool-reliability.ts'

const PRIOR = 0.8
const clock = { time: 0, monotonic: () => clock.time }

function target(id: string, textTools?: TextTools): Target {
  const facts = { id, provider: 'p', model: id, format: 'openai-chat', baseUrl: 'http://p.invalid' } as const
  return { ...facts, catalogId: undefined, facts: {}, toolPrior: PRIOR, textTools }
}

function record(kept: ToolReliability, outcome: ToolOutcome, times = 1, dialect = NATIVE): void {
  for (let call = 0; call < times; call += 1) kept.record('a', dialect, outcome)
}

test('a target of which no call was seen is as good as its prior', () => {
  expect(createToolReliability(clock).share(target('a'))).toEqual({ reliability: PRIOR, calls: 0, prior: PRIOR })
})

test.each(['valid', 'repaired', 'refined', 'broken'] as const)('a %s call moves the prior by its worth', (outcome) => {
  const kept = createToolReliability(clock)
  record(kept, outcome)
  expect(kept.share(target('a')).reliability).toBeCloseTo(
    (PRIOR_CALLS * PRIOR + WORTH[outcome]) / (PRIOR_CALLS + 1),
    10,
  )
  expect(kept.share(target('b')).calls).toBe(0)
})

test('outcomes rank from valid to broken', () => {
  expect(WORTH.valid).toBeGreaterThan(WORTH.repaired)
  expect(WORTH.repaired).toBeGreaterThan(WORTH.refined)
  expect(WORTH.refined).toBeGreaterThan(WORTH.broken)
})

test('what was seen counts half after as many calls as the half-life', () => {
  const kept = createToolReliability(clock)
  record(kept, 'broken')
  record(kept, 'valid', HALF_LIFE_CALLS)
  // Calls behind the last one weigh 1, k, k² …: a geometric series, with the broken one at its far end.
  const valid = (1 - 0.5) / (1 - 0.5 ** (1 / HALF_LIFE_CALLS))
  const { reliability, calls } = kept.share(target('a'))
  expect(calls).toBeCloseTo(valid + 0.5, 8)
  expect(reliability).toBeCloseTo((PRIOR_CALLS * PRIOR + valid) / (PRIOR_CALLS + valid + 0.5), 8)
})

test('a target that is no longer asked goes back to its prior by itself', () => {
  const kept = createToolReliability(clock)
  record(kept, 'broken', 40)
  const before = kept.share(target('a'))
  clock.time += HALF_LIFE_MS
  expect(kept.share(target('a')).calls).toBeCloseTo(before.calls / 2, 8)
  clock.time += 20 * HALF_LIFE_MS
  expect(kept.share(target('a')).reliability).toBeCloseTo(PRIOR, 4)
  record(kept, 'valid')
  expect(kept.share(target('a')).reliability).toBeGreaterThan(PRIOR)
})

test('a target that is asked in another way now is judged by what it did in that way', () => {
  const kept = createToolReliability(clock)
  record(kept, 'broken', 30)
  const emulated = target('a', { dialect: 'hermes', isEmulated: true })
  const written = target('a', { dialect: 'hermes', isEmulated: false })
  expect(kept.share(emulated).calls).toBe(0)
  record(kept, 'valid', 30, 'hermes')
  expect(kept.share(emulated).reliability).toBeGreaterThan(PRIOR)
  expect(kept.share(target('a')).reliability).toBeLessThan(0.5)
  // A server that passes the text on may find some of the calls itself.
  expect(kept.share(written).calls).toBeCloseTo(kept.share(emulated).calls + kept.share(target('a')).calls, 8)
})
