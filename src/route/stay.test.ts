import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Directives } from '../core/directives.ts'
import type { Previous, SessionLock } from '../core/session.ts'
import type { Facts } from '../core/target.ts'
import { decide, signals, tableRouter, target } from './test-pool.ts'

const PROMPT = 20_000

function previously(given: Partial<Previous> & { readonly margin?: number } = {}): Previous {
  const { margin = 0, ...rest } = given
  return { targetId: 'dear', lock: undefined, cachedTokens: PROMPT, marginPoints: () => margin, ...rest }
}

const POOL = [
  target('dear', { price_in: 5, price_cached_in: 0.5, price_out: 10 }),
  target('cheap', { price_in: 2, price_cached_in: 0.2, price_out: 10 }),
]
const EQUAL = tableRouter({ dear: { quality: 0.8 }, cheap: { quality: 0.8 } })

async function winner(directives: Directives, previous: Previous | undefined, table = EQUAL): Promise<string> {
  const { decision } = await decide(POOL, directives, {
    router: table,
    previous,
    signals: signals({ promptTokens: PROMPT }),
  })
  return decision.model
}

test.each<Directives>([
  { weights: { cost: 1 }, quality: { band: 2 } },
  { willingness_to_pay: 0.01, quality: { band: 2 } },
])('the cache of the previous model is part of what it costs: %j', async (directives) => {
  expect(await winner(directives, undefined)).toBe('cheap')
  expect(await winner(directives, previously())).toBe('dear')
  expect(await winner(directives, previously({ cachedTokens: 0 }))).toBe('cheap')
  // A tenth of the context in the cache does not pay for the rest.
  expect(await winner(directives, previously({ cachedTokens: PROMPT / 10 }))).toBe('cheap')
})

test('without a weight of cost the margin alone decides, in the band as in the score', async () => {
  const table = tableRouter({ dear: { quality: 0.8 }, cheap: { quality: 0.81 } })
  const best: Directives = { quality: { band: 0 } }
  expect(await winner(best, previously({ margin: 0 }), table)).toBe('cheap')
  expect(await winner(best, previously({ margin: 1.5 }), table)).toBe('dear')
})

test('the cost of the previous model is told as it is expected, and held to limits at its full price', async () => {
  const given = { router: EQUAL, previous: previously(), signals: signals({ promptTokens: PROMPT }) }
  const { decision, staying } = await decide(POOL, { weights: { cost: 1 }, quality: { band: 2 } }, given)
  expect(decision.candidates.find(({ model }) => model === 'dear')?.cost_usd).toBeCloseTo((0.5 * PROMPT + 1_000) / 1e6)
  expect(staying).toMatchObject({ passes: true, isDecisive: true })
  expect(staying?.switchCostUsd).toBeCloseTo((4.5 * PROMPT) / 1e6)
  const limited = await decide(POOL, { max: { cost_usd: 0.05 } }, given)
  expect(limited.decision.model).toBe('cheap')
  expect(limited.staying).toMatchObject({ passes: false, isCandidate: true })
})

test('a locked model is first, and the others follow as they would have', async () => {
  const pool = ['a', 'b', 'c'].map((id) => target(id))
  const router = tableRouter({ a: { quality: 0.9 }, b: { quality: 0.8 }, c: { quality: 0.3 } })
  const { ranked, decision } = await decide(
    pool,
    {},
    { router, previous: previously({ targetId: 'c', lock: 'tool loop' }) },
  )
  expect(ranked.map(({ id }) => id)).toEqual(['c', 'a', 'b'])
  expect(decision).toMatchObject({ model: 'c', reason: 'tool loop kept' })
})

const facts: fc.Arbitrary<Facts> = fc.record(
  {
    price_in: fc.constantFrom(0, 1, 5),
    price_cached_in: fc.constantFrom(0, 0.1, 6),
    region: fc.constantFrom(['eu'], ['us']),
    tools: fc.boolean(),
    context_tokens: fc.constantFrom(8_000, 128_000),
  },
  { requiredKeys: [] },
)
const pools = fc
  .array(fc.tuple(facts, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 2, maxLength: 6 })
  .map((models) => ({
    targets: models.map(([given, _], index) => ({ ...target(`m${index}`), facts: { price_out: 4, ...given } })),
    router: tableRouter(Object.fromEntries(models.map(([_, quality], index) => [`m${index}`, { quality }]))),
  }))
const previous = fc
  .record({
    targetId: fc.constantFrom('m0', 'm1', 'm5', 'gone'),
    lock: fc.constantFrom<SessionLock | undefined>('tool loop', 'bound state', 'follow-up', undefined),
    cachedTokens: fc.constantFrom(0, 500, 1_000_000),
    margin: fc.constantFrom(0, 1, 200),
  })
  .map(previously)
const limits = fc.record(
  {
    max: fc.constantFrom<NonNullable<Directives['max']>>({ cost_usd: 0.002 }, { cost_usd: 0.01 }),
    require: fc.constantFrom<NonNullable<Directives['require']>>({ region: ['eu'] }, { tools: true }),
    weights: fc.constantFrom<NonNullable<Directives['weights']>>({ cost: 0 }, { cost: 2 }),
  },
  { requiredKeys: [] },
)

test('no lock, no cache and no margin carries a model past a hard limit, and a locked one that passes is first', async () => {
  await fc.assert(
    fc.asyncProperty(pools, previous, limits, async ({ targets, router }, given, directives) => {
      const bound = { router, signals: signals({ promptTokens: 1_000 }) }
      const fresh = await decide(targets, directives, bound).catch(() => undefined)
      const kept = await decide(targets, directives, { ...bound, previous: given }).catch(() => undefined)
      if (fresh === undefined || kept === undefined) {
        expect(kept).toEqual(fresh)
        return
      }
      const passing = fresh.ranked.map(({ id }) => id)
      expect(kept.ranked.map(({ id }) => id).sort()).toEqual([...passing].sort())
      const isIn = passing.includes(given.targetId)
      if (given.lock !== undefined && isIn) expect(kept.decision.model).toBe(given.targetId)
      const others = (ids: readonly string[]): string[] => ids.filter((id) => id !== given.targetId)
      expect(others(kept.ranked.map(({ id }) => id))).toEqual(others(passing))
      if (fresh.decision.model === given.targetId) expect(kept.decision.model).toBe(given.targetId)
    }),
    { numRuns: 500 },
  )
})
