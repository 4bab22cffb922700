import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import { licensesOf } from '../core/license-groups.ts'
import type { Facts, Target } from '../core/target.ts'
import { GOALS } from './goals.ts'
import type { RouteInput, RouteResult } from './route.ts'
import type { Foreseen } from './test-pool.ts'
import { decide, tableRouter, target } from './test-pool.ts'

const RUNS = 300

/** Facts of which each may be unknown. */
const facts = fc.record(
  {
    price_in: fc.constantFrom(0, 0.1, 1, 5),
    price_out: fc.constantFrom(0, 0.4, 4, 25),
    region: fc.constantFrom(['eu'], ['us'], ['eu', 'us'], ['ch']),
    retention: fc.constantFrom('zero', 'limited', 'kept'),
    training: fc.constantFrom('never', 'opt-in', 'opt-out', 'always'),
    license: fc.constantFrom('mit', 'apache-2.0', 'gpl-3.0-only', 'proprietary'),
    open_weights: fc.boolean(),
    local: fc.boolean(),
    security: fc.constantFrom(0, 1, 2, 3),
    tools: fc.boolean(),
    context_tokens: fc.constantFrom(8_000, 128_000),
    params_b: fc.constantFrom(3, 70, 900),
    released: fc.constantFrom('2024-01-01', '2025-06', '2026-11-01'),
    ttft_ms: fc.constantFrom(100, 1_000),
    tokens_per_second: fc.constantFrom(20, 200),
  },
  { requiredKeys: [] },
)

const foreseen = fc.record({
  quality: fc.double({ min: 0, max: 1, noNaN: true }),
  uncertainty: fc.constantFrom(0, 0.01, 0.2),
  outputTokens: fc.constantFrom(undefined, 10, 100, 3_000),
})

type Known = { readonly target: Target; readonly foreseen: Foreseen }

function poolOf(least: number, someFacts: fc.Arbitrary<Facts> = facts): fc.Arbitrary<Known[]> {
  return fc.array(fc.tuple(someFacts, foreseen), { minLength: least, maxLength: 8 }).map((models) =>
    models.map(([given, expected], index) => ({
      target: { ...target(`m${index}`), facts: given },
      foreseen: expected,
    })),
  )
}

/** Facts that no goal has to assume. */
const knownFacts = fc.record({
  price_in: fc.constantFrom(0, 0.1, 1, 5),
  price_out: fc.constantFrom(0, 0.4, 4, 25),
  params_b: fc.constantFrom(3, 70, 900),
  released: fc.constantFrom('2024-01-01', '2025-06', '2026-11-01'),
  ttft_ms: fc.constantFrom(100, 1_000),
  tokens_per_second: fc.constantFrom(20, 200),
  security: fc.constantFrom(0, 1, 2, 3),
  openness: fc.constantFrom(0, 1, 2, 3),
  retention: fc.constantFrom('zero', 'limited', 'kept'),
  training: fc.constantFrom('never', 'opt-in', 'opt-out', 'always'),
  reading_grade: fc.constantFrom(5, 9, 14),
})

const weight = fc.constantFrom(0, 0.25, 1, 4, 1_000)
const soft = fc.record(
  {
    weights: fc.record(Object.fromEntries(GOALS.map((goal) => [goal, weight])), { requiredKeys: [] }),
    quality: fc.record(
      {
        band: fc.constantFrom(0, 2, 10, 100),
        floor: fc.constantFrom(0, 0.5, 0.9),
        risk: fc.constantFrom('low', 'normal'),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

const hard = fc.record(
  {
    max: fc.record(
      {
        cost_usd: fc.constantFrom(0, 0.001, 0.1),
        latency_ms: fc.constantFrom(500, 5_000),
        ttft_ms: fc.constantFrom(100, 500),
        params_b: fc.constantFrom(3, 100),
        age_days: fc.constantFrom(30, 700),
        output_tokens: fc.constantFrom(10, 500),
      },
      { requiredKeys: [] },
    ),
    require: fc.record(
      {
        region: fc.constantFrom(['eu'], ['eu', 'us'], ['ch']),
        retention: fc.constantFrom('zero', 'limited', 'kept'),
        training: fc.constantFrom('never', 'opt-in', 'always'),
        license: fc.constantFrom(['mit'], ['mit', 'apache-2.0'], ['permissive'], ['open-source']),
        open_weights: fc.boolean(),
        local: fc.boolean(),
        security: fc.constantFrom(0, 2, 3),
        tools: fc.boolean(),
        context_tokens: fc.constantFrom(4_000, 100_000),
      },
      { requiredKeys: [] },
    ),
    models: fc.constantFrom([['m*']], [['!m1']], [['m0', 'm2', 'm3']]),
  },
  { requiredKeys: [] },
)

test('adding limits never admits a model, and never changes the order of those that stay', async () => {
  await fc.assert(
    fc.asyncProperty(poolOf(1), soft, hard, hard, async (pool, wish, few, more) => {
      const admitted = await idsOf(pool, { ...wish, ...few })
      const both: Directives = {
        ...wish,
        max: { ...few.max, ...more.max },
        require: { ...few.require, ...more.require },
        models: [...(few.models ?? []), ...(more.models ?? [])],
      }
      // Only where the second is at least as strict on what both say.
      fc.pre(isTightening(few, more))
      for (const id of await idsOf(pool, both)) expect(admitted).toContain(id)
    }),
    { numRuns: RUNS },
  )
})

test('a model that does not raise the best quality never changes the order of the others', async () => {
  await fc.assert(
    fc.asyncProperty(poolOf(2, knownFacts), soft, async (pool, wish) => {
      const [added, ...others] = pool
      fc.pre(added !== undefined)
      const kappa = wish.quality?.risk === 'low' ? 1 : 0.5
      const bound = ({ foreseen: f }: Known): number => f.quality - kappa * (f.uncertainty ?? 0)
      const floor = wish.quality?.floor ?? 0
      fc.pre(bound(added) <= Math.max(...others.map(bound)))
      // Nor one that alone reaches a floor: that is a limit, not a taste.
      fc.pre(others.some((one) => one.foreseen.quality >= floor) || added.foreseen.quality < floor)
      const with_ = await idsOf(pool, wish)
      expect(with_.filter((id) => id !== added.target.id)).toEqual(await idsOf(others, wish))
    }),
    { numRuns: RUNS },
  )
})

test('the score of a model does not depend on the others', async () => {
  await fc.assert(
    fc.asyncProperty(poolOf(2, knownFacts), soft, async (pool, wish) => {
      const scores = async (models: readonly Known[]): Promise<Map<string, number | undefined>> =>
        new Map((await run(models, wish)).decision.candidates.map(({ model, score }) => [model, score]))
      const together = await scores(pool)
      for (const [id, score] of await scores(pool.slice(1))) expect(together.get(id)).toBe(score)
    }),
    { numRuns: RUNS },
  )
})

test('a higher weight of cost never chooses a dearer model for the same predictions', async () => {
  await fc.assert(
    fc.asyncProperty(poolOf(1, knownFacts), soft, weight, weight, async (pool, wish, one, other) => {
      const priceAt = async (cost: number): Promise<number> =>
        (await run(pool, { ...wish, weights: { ...wish.weights, cost } })).decision.candidates[0]?.cost_usd ??
        Number.NaN
      const low = await priceAt(Math.min(one, other))
      const high = await priceAt(Math.max(one, other))
      expect(high).toBeLessThanOrEqual(low)
    }),
    { numRuns: RUNS },
  )
})

test('the order in which models are listed decides nothing', async () => {
  await fc.assert(
    fc.asyncProperty(poolOf(1), soft, async (pool, wish) => {
      expect(await idsOf(pool.toReversed(), wish)).toEqual(await idsOf(pool, wish))
    }),
    { numRuns: RUNS },
  )
})

test('the front holds exactly the models that no other one beats', async () => {
  await fc.assert(
    fc.asyncProperty(poolOf(1), async (pool) => {
      const { decision } = await run(pool, {})
      const known = decision.candidates.filter(({ cost_usd }) => cost_usd !== undefined)
      const beaten = (one: (typeof known)[number]): boolean =>
        known.some(
          (other) =>
            (other.quality ?? 0) >= (one.quality ?? 0) &&
            (other.cost_usd ?? 0) <= (one.cost_usd ?? 0) &&
            (other.quality !== one.quality || other.cost_usd !== one.cost_usd),
        )
      const expected = known.filter((one) => !beaten(one)).map(({ model }) => model)
      expect([...decision.front].sort()).toEqual(expected.sort())
    }),
    { numRuns: RUNS },
  )
})

function run(pool: readonly Known[], directives: Directives, given: Partial<RouteInput> = {}): Promise<RouteResult> {
  const router = tableRouter(Object.fromEntries(pool.map((one) => [one.target.id, one.foreseen])))
  return decide(
    pool.map((one) => one.target),
    directives,
    { router, ...given },
  )
}

async function idsOf(pool: readonly Known[], directives: Directives): Promise<string[]> {
  try {
    return (await run(pool, directives)).ranked.map(({ id }) => id)
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'no_feasible_model') return []
    throw thrown
  }
}

const ORDERS: Readonly<Record<string, readonly string[]>> = {
  retention: ['zero', 'limited', 'kept'],
  training: ['never', 'opt-in', 'opt-out', 'always'],
}

/** Whether `more` is nowhere laxer than `few` where both speak. */
function isTightening(few: Directives, more: Directives): boolean {
  const bounds: Readonly<Record<string, number>> = few.max ?? {}
  if (Object.entries(more.max ?? {}).some(([name, bound]) => bound > (bounds[name] ?? bound))) return false
  const required: Readonly<Record<string, unknown>> = few.require ?? {}
  return Object.entries(more.require ?? {}).every(([name, value]) => {
    const before = required[name]
    if (before === undefined) return true
    if (typeof value === 'number') return value >= Number(before)
    if (typeof value === 'boolean') return value || before === false
    if (typeof value === 'string') {
      const order = ORDERS[name] ?? []
      return order.indexOf(value) <= order.indexOf(String(before))
    }
    if (!Array.isArray(before)) return false
    if (name === 'license') return isWithin(licensesOf(value), licensesOf(before))
    return isWithin(value, before)
  })
}

function isWithin(texts: readonly string[], allowed: readonly string[]): boolean {
  return texts.every((text) => allowed.includes(text))
}
