import { expect, test } from 'vitest'
import { generator } from '../eval/generator.ts'
import type { Graded } from './estimates.ts'
import { estimate } from './estimates.ts'

const graded = (row: Partial<Graded>): Graded => ({
  reward: 1,
  propensity: 0.5,
  isSame: true,
  loggedQuality: 0.5,
  quality: 0.5,
  ...row,
})

/** `rows` as often as makes the effective sample size enough. */
function repeated(rows: readonly Graded[], times = 50): Graded[] {
  return Array.from({ length: times }, () => rows).flat()
}

test('the estimates are those of their formulas, by hand', () => {
  const found = estimate(
    repeated([
      graded({ reward: 1, propensity: 0.5, isSame: true, quality: 0.9, loggedQuality: 0.9 }),
      graded({ reward: 0, propensity: 0.25, isSame: true, quality: 0.4, loggedQuality: 0.4 }),
      graded({ reward: 1, propensity: 0.8, isSame: false, quality: 0.6, loggedQuality: 0.7 }),
      graded({ reward: 0, propensity: 0.2, isSame: false, quality: 0.5, loggedQuality: 0.1 }),
    ]),
  )
  // Weights 2, 4, 0, 0.
  expect(found.ips?.value).toBeCloseTo((2 * 1 + 4 * 0) / 4, 12)
  expect(found.snips?.value).toBeCloseTo(2 / 6, 12)
  expect(found.dr?.value).toBeCloseTo((0.9 + 2 * 0.1 + (0.4 + 4 * -0.4) + 0.6 + 0.5) / 4, 12)
  expect(found.logged?.value).toBe(0.5)
  expect(found.ips?.difference.value).toBeCloseTo(0, 12)
  expect(found.effective).toBeCloseTo((50 * 6) ** 2 / (50 * (4 + 16)), 9)
  expect(found.meanWeight?.value).toBeCloseTo(6 / 4, 12)
  expect(found).toMatchObject({ graded: 200, supported: 200, matching: 100, clipped: 0 })
})

test('a weight above the bound counts as the bound, and that is said', () => {
  const rows = repeated([graded({ propensity: 0.01 }), graded({ propensity: 0.5, reward: 0 })])
  const found = estimate(rows, 0, 10)
  expect(found.ips?.value).toBeCloseTo((10 * 1 + 2 * 0) / 2, 12)
  expect(found.clipped).toBe(50)
  expect(found.notes.join(' ')).toContain('50 weights were above 10 and count as 10.')
})

test('a log without exploration supports no estimate where the policy moves: only what matches counts, and it is said', () => {
  const found = estimate(
    repeated([graded({ propensity: 1, isSame: true }), graded({ propensity: 1, isSame: false, reward: 0 })]),
  )
  expect([found.ips, found.snips, found.dr]).toEqual([undefined, undefined, undefined])
  expect(found.onMatching?.value).toBe(1)
  expect(found.logged?.value).toBe(0.5)
  expect(found.notes).toHaveLength(1)
  expect(found.notes[0]).toContain('only the 50 of 100 graded decisions count')
})

test('a policy that changes nothing earns what was earned', () => {
  const found = estimate(repeated([graded({ propensity: 1, reward: 1 }), graded({ propensity: 1, reward: 0 })]))
  expect(found.ips?.value).toBe(0.5)
  expect(found.snips?.difference).toEqual({ value: 0, low: 0, high: 0 })
  expect(found.notes).toEqual([])
})

test('decisions that nothing was drawn for and that would move are left out, and that is said', () => {
  const found = estimate(
    repeated([graded({ propensity: 0.5, reward: 1 }), graded({ propensity: 1, isSame: false, reward: 0 })]),
  )
  expect(found).toMatchObject({ graded: 100, supported: 50 })
  expect(found.snips?.value).toBe(1)
  expect(found.notes[0]).toContain('Left out: 50 of 100')
})

test('too few decisions give no estimate but a sentence', () => {
  const found = estimate(repeated([graded({})], 5))
  expect(found.ips).toBeUndefined()
  expect(found.notes[0]).toContain('worth only 5.0')
  expect(estimate(repeated([graded({})], 5)).logged).toBeUndefined()
  expect(estimate([]).notes[0]).toContain('No decision in this log has a reward')
  expect(estimate([], 3).notes[0]).toContain('becomes infeasible')
})

test('without predictions there is no doubly robust estimate', () => {
  const found = estimate(repeated([graded({ quality: undefined })]))
  expect(found.dr).toBeUndefined()
  expect(found.ips?.value).toBe(2)
})

// Two kinds of prompts, three models; the policy to judge always chooses the best of each kind.
const REWARDS = [
  [0.9, 0.5, 0.3],
  [0.2, 0.7, 0.8],
] as const
const CHOSEN = [0, 2] as const
const PROPENSITIES = [
  [0.2, 0.5, 0.3],
  [0.6, 0.2, 0.2],
] as const
const KIND_SHARE = 0.4
const TRUTH = KIND_SHARE * REWARDS[0][CHOSEN[0]] + (1 - KIND_SHARE) * REWARDS[1][CHOSEN[1]]

/** A log of a policy whose propensities are known, by a predictor that is wrong everywhere. */
function simulated(seed: number, decisions: number): Graded[] {
  const random = generator(seed)
  return Array.from({ length: decisions }, () => {
    const kind = random() < KIND_SHARE ? 0 : 1
    const draw = random()
    const [first, second] = PROPENSITIES[kind]
    const model = draw < first ? 0 : draw < first + second ? 1 : 2
    const reward = random() < REWARDS[kind][model] ? 1 : 0
    const predict = (of: 0 | 1 | 2): number => 0.8 * REWARDS[kind][of] + 0.15
    return {
      reward,
      propensity: PROPENSITIES[kind][model],
      isSame: model === CHOSEN[kind],
      loggedQuality: predict(model),
      quality: predict(CHOSEN[kind]),
    }
  })
}

test('intervals cover the truth in about 95 of 100 logs', { timeout: 60_000 }, () => {
  const logs = 150
  const covered = { ips: 0, snips: 0, dr: 0 }
  const sums = { ips: 0, snips: 0, dr: 0 }
  for (let seed = 1; seed <= logs; seed += 1) {
    const found = estimate(simulated(seed, 300))
    for (const name of ['ips', 'snips', 'dr'] as const) {
      const { low = Number.NaN, high = Number.NaN, value = Number.NaN } = found[name] ?? {}
      if (low <= TRUTH && TRUTH <= high) covered[name] += 1
      sums[name] += value
    }
  }
  for (const name of ['ips', 'snips', 'dr'] as const) {
    expect(covered[name] / logs, name).toBeGreaterThan(0.91)
    expect(covered[name] / logs, name).toBeLessThan(0.985)
    expect(sums[name] / logs, name).toBeCloseTo(TRUTH, 2)
  }
})

/**
 * A log as a gateway writes it that explores `share` among `models`: the best of them but for that. The policy moves every
 * second prompt to a model that is better than is predicted.
 */
function exploredLog(seed: number, share: number, models: number, decisions: number): Graded[] {
  const random = generator(seed)
  const each = share / models
  return Array.from({ length: decisions }, () => {
    const choice = random() < 0.5 ? 1 : 0
    const draw = random()
    const model = draw < share ? Math.min(models - 1, Math.floor(draw / each)) : 0
    return {
      reward: random() < ([0.7, 0.9][model] ?? 0.6) ? 1 : 0,
      propensity: model === 0 ? 1 - share + each : each,
      isSame: model === choice,
      loggedQuality: [0.7, 0.75][model] ?? 0.6,
      quality: [0.7, 0.75][choice],
    }
  })
}

test('a log of two explored in a hundred is not pulled towards what was logged or predicted', {
  timeout: 60_000,
}, () => {
  const truth = 0.5 * 0.7 + 0.5 * 0.9
  const logs = 12
  const covered = { ips: 0, snips: 0, dr: 0 }
  const sums = { ips: 0, snips: 0, dr: 0 }
  for (let seed = 1; seed <= logs; seed += 1) {
    const found = estimate(exploredLog(seed, 0.02, 2, 10_000))
    for (const name of ['ips', 'snips', 'dr'] as const) {
      const { low = Number.NaN, high = Number.NaN, value = Number.NaN } = found[name] ?? {}
      if (low <= truth && truth <= high) covered[name] += 1
      sums[name] += value
    }
  }
  for (const name of ['ips', 'snips', 'dr'] as const) {
    expect(covered[name] / logs, name).toBeGreaterThan(0.8)
    expect(Math.abs(sums[name] / logs - truth), name).toBeLessThan(0.03)
  }
})

test('where the policy moves, a handful of tried answers is no estimate but a sentence', () => {
  const found = estimate(exploredLog(1, 0.02, 2, 2_000))
  expect(found.effective).toBeGreaterThan(30)
  expect(found.dr).toBeUndefined()
  expect(found.notes[0]).toMatch(/^Of the models to which the policy would move, \d+ tried answers are graded/)
})
