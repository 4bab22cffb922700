import { describe, expect, test } from 'vitest'
import type { Directives, GoalName } from '../core/directives.ts'
import type { Facts } from '../core/target.ts'
import { energyPerToken } from './energy.ts'
import type { LiveMeasure } from './estimate.ts'
import { GOALS } from './goals.ts'
import type { RouteInput } from './route.ts'
import type { Foreseen } from './test-pool.ts'
import { decide, tableRouter, target } from './test-pool.ts'

/** What tells two models apart: a fact, a prediction, or what was seen of late. */
type Side = { readonly facts?: Facts; readonly foreseen?: Partial<Foreseen>; readonly seen?: Partial<LiveMeasure> }

// Known to every goal and alike, so that a goal sees only the difference.
const ALIKE: Facts = {
  params_b: 30,
  active_params_b: 30,
  released: '2026-01-01',
  security: 2,
  openness: 1,
  retention: 'limited',
  training: 'opt-out',
  reading_grade: 12,
}

/** Of each goal: the better model and the worse, alike but for one thing, and the goals that see the same thing. */
const cases: readonly (readonly [GoalName, Side, Side, readonly GoalName[]])[] = [
  ['cost', { facts: { price_out: 1 } }, { facts: { price_out: 9 } }, []],
  ['latency', { facts: { tokens_per_second: 200 } }, { facts: { tokens_per_second: 20 } }, []],
  ['ttft', { facts: { ttft_ms: 100 } }, { facts: { ttft_ms: 2_000 } }, ['latency']],
  ['ttft', { seen: { ttftMs: 100 } }, { seen: { ttftMs: 2_000 } }, ['latency']],
  ['size', { facts: { active_params_b: 3 } }, { facts: { active_params_b: 30 } }, ['energy']],
  ['recency', { facts: { released: '2026-10-01' } }, { facts: { released: '2024-01-01' } }, []],
  ['verbosity', { foreseen: { outputTokens: 50 } }, { foreseen: { outputTokens: 900 } }, ['cost', 'latency', 'energy']],
  ['verbosity', { seen: { lengthFactor: 0.5 } }, { seen: { lengthFactor: 2 } }, ['cost', 'latency', 'energy']],
  ['readability', { facts: { reading_grade: 8 } }, { facts: { reading_grade: 15 } }, []],
  ['readability', { seen: { readingGrade: 10 } }, { seen: { readingGrade: 4 } }, []],
  ['security', { facts: { security: 3 } }, { facts: { security: 1 } }, []],
  ['openness', { facts: { openness: 3 } }, { facts: { openness: 2 } }, []],
  ['retention', { facts: { retention: 'zero' } }, { facts: { retention: 'kept' } }, []],
  ['training', { facts: { training: 'never' } }, { facts: { training: 'opt-in' } }, []],
  ['energy', { facts: { energy_wh_per_1k_tokens: 0.1 } }, { facts: { energy_wh_per_1k_tokens: 3 } }, []],
  ['load', { seen: { remainingShare: 0.9 } }, { seen: { remainingShare: 0.2 } }, []],
]

function choose(better: Side, worse: Side, directives: Directives): ReturnType<typeof decide> {
  // By name the worse one wins a tie.
  const sides: Readonly<Record<string, Side>> = { 'a/worse': worse, 'b/better': better }
  const live: RouteInput['live'] = (id) => {
    const seen = sides[id]?.seen
    return seen === undefined ? undefined : { ttftMs: undefined, tokensPerSecond: undefined, ...seen }
  }
  const router = tableRouter(
    Object.fromEntries(Object.entries(sides).map(([id, { foreseen }]) => [id, { quality: 0.8, ...foreseen }])),
  )
  const pool = Object.entries(sides).map(([id, { facts }]) => target(id, { ...ALIKE, ...facts }))
  return decide(pool, { quality: { band: 2 }, ...directives }, { router, live })
}

describe.each(cases)('the goal %s, case %#', (goal, better, worse, sharing) => {
  test('chooses the model that is better at it', async () => {
    expect((await choose(better, worse, { weights: { [goal]: 1 } })).decision.model).toBe('b/better')
  })

  test('moves no other goal', async () => {
    const others = GOALS.filter((other) => other !== goal && !sharing.includes(other))
    const weights = Object.fromEntries(others.map((other) => [other, 1]))
    const { decision } = await choose(better, worse, { weights })
    const scores = new Map(decision.candidates.map(({ model, score }) => [model, score]))
    expect(scores.get('b/better')).toBeCloseTo(scores.get('a/worse') ?? Number.NaN, 9)
  })
})

test('every goal has a case', () => {
  expect(GOALS.filter((goal) => !cases.some(([name]) => name === goal))).toEqual([])
})

const UNKNOWN: readonly (readonly [GoalName, Facts])[] = [
  ['cost', { price_out: undefined } as unknown as Facts],
  ['latency', { tokens_per_second: undefined } as unknown as Facts],
  ['ttft', { ttft_ms: undefined } as unknown as Facts],
  ['size', { params_b: undefined, active_params_b: undefined } as unknown as Facts],
  ['recency', { released: undefined } as unknown as Facts],
  ['readability', { reading_grade: undefined } as unknown as Facts],
  ['security', { security: undefined } as unknown as Facts],
  ['openness', { openness: undefined } as unknown as Facts],
  ['retention', { retention: undefined } as unknown as Facts],
  ['training', { training: undefined } as unknown as Facts],
  ['energy', { params_b: undefined, active_params_b: undefined } as unknown as Facts],
]

test.each(UNKNOWN)('an unknown figure of %s is the 75th percentile of the others, and said', async (goal, missing) => {
  const [, better = {}, worse = {}] = cases.find(([name]) => name === goal) ?? []
  const pool = [
    target('m1', { ...ALIKE, ...better.facts }),
    target('m2', { ...ALIKE, ...better.facts }),
    target('m3', { ...ALIKE, ...worse.facts }),
    target('m4', { ...ALIKE, ...missing }),
  ]
  const { decision } = await decide(pool, { quality: { band: 100 }, weights: { [goal]: 1 } })
  const of = new Map(decision.candidates.map((candidate) => [candidate.model, candidate]))
  // Of three known figures the 75th percentile is the worst.
  expect(of.get('m4')?.score).toBeCloseTo(of.get('m3')?.score ?? Number.NaN, 9)
  expect(of.get('m1')?.score).toBeGreaterThan(of.get('m3')?.score ?? Number.NaN)
  expect(decision.candidates.filter(({ assumed }) => assumed !== undefined).map(({ model }) => model)).toEqual(['m4'])
  expect(of.get('m4')?.assumed).toEqual([goal])
})

test('the reading grade that is aimed at can be said', async () => {
  const plain = { facts: { reading_grade: 6 } }
  const scholarly = { facts: { reading_grade: 15 } }
  const at = async (grade: number | undefined): Promise<string> => {
    const quality = { band: 2, ...(grade === undefined ? {} : { reading_grade: grade }) }
    return (await choose(plain, scholarly, { weights: { readability: 1 }, quality })).decision.model
  }
  expect([await at(undefined), await at(5), await at(14)]).toEqual(['b/better', 'b/better', 'a/worse'])
})

describe('openness', () => {
  test.each([
    [{ open_weights: false, license: 'proprietary' }, 0],
    [{ open_weights: false }, 0],
    [{ open_weights: true, license: 'llama3.1' }, 1],
    [{ open_weights: true, license: 'modified-mit' }, 1],
    [{ open_weights: true, license: 'Apache-2.0' }, 2],
    [{ open_weights: true, license: 'mit', openness: 3 }, 3],
    [{ open_weights: true }, undefined],
    [{}, undefined],
  ] as const)('of %o is %s', async (facts, openness) => {
    const { decision } = await decide([target('m', facts), target('closed', { openness: 0 })], {
      quality: { band: 100 },
      weights: { openness: 1 },
    })
    const one = decision.candidates.find(({ model }) => model === 'm')
    expect(one?.assumed).toEqual(openness === undefined ? ['openness'] : undefined)
    expect(one?.score).toBeCloseTo(50 - Math.log2(1 + 3 - (openness ?? 0)), 9)
  })
})

describe('energy', () => {
  // Computed with the package itself, ecologits 0.11.3 on PyPI, `compute_llm_impacts_dag` with `datacenter_pue=1.2`.
  test.each([
    [440, 132, 10_000, 38.33790589818617],
    [8, 8, 100, 0.008915258455308873],
    [109, 17, 400, 0.1601168313597184],
    [70, 70, 400, 0.26301159713340183],
  ])('of %d billion parameters, %d active, for %d tokens is that of EcoLogits', (all, active, tokens, wattHours) => {
    const perToken = energyPerToken({ params_b: all, active_params_b: active }) ?? Number.NaN
    expect(perToken * tokens).toBeCloseTo(wattHours, 10)
  })

  test('is shown with the candidate, for every choice that was asked for, and unknown without a size', async () => {
    const pool = [target('known', { params_b: 8 }), target('unknown')]
    const { decision } = await decide(pool)
    const energies = Object.fromEntries(decision.candidates.map(({ model, energy_wh }) => [model, energy_wh]))
    expect(energies).toEqual({ known: expect.closeTo(0.008915, 6), unknown: undefined })
  })

  test('as measured goes before the estimate', () => {
    expect(energyPerToken({ params_b: 70, energy_wh_per_1k_tokens: 2 })).toBe(0.002)
  })
})

describe('a group of licences', () => {
  test.each([
    ['permissive', ['apache', 'mit']],
    ['open-source', ['apache', 'gpl', 'mit']],
    ['Open_Source', ['apache', 'gpl', 'mit']],
    ['gpl-3.0-only', ['gpl']],
  ])('%s admits its licences alone', async (name, admitted) => {
    const pool = [
      target('mit', { license: 'mit' }),
      target('apache', { license: 'apache-2.0' }),
      target('gpl', { license: 'gpl-3.0-only' }),
      target('llama', { license: 'llama3.1' }),
      target('silent'),
    ]
    const { ranked, decision } = await decide(pool, { require: { license: [name] } })
    expect(ranked.map(({ id }) => id).sort()).toEqual(admitted)
    expect(decision.dropped.find(({ model }) => model === 'llama')).toMatchObject({
      required: [name],
      actual: 'llama3.1',
    })
  })
})
