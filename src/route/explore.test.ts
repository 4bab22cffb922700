import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Directives } from '../core/directives.ts'
import type { LiveMeasure } from './estimate.ts'
import type { Foreseen } from './test-pool.ts'
import { decide, tableRouter, target } from './test-pool.ts'

// Exploration is bounded whatever the pool, the flags and the dice.

const hundredths = (min: number, max: number) => fc.integer({ min, max }).map((step) => step / 100)

const model = fc.record({
  price: fc.constantFrom(undefined, 0, 0.1, 1, 2, 5, 25),
  // Often so near to one another that there is something to try.
  quality: fc.oneof(hundredths(0, 100), hundredths(70, 80)),
  uncertainty: fc.constantFrom(0, 0.01, 0.2),
})

const scene = fc.record({
  pool: fc.array(model, { minLength: 1, maxLength: 8 }),
  band: fc.constantFrom(0, 2, 10, 100),
  floor: fc.constantFrom(undefined, 0.3, 0.7, 0.95),
  cost: fc.constantFrom(undefined, 0.0001, 0.001),
  weight: fc.constantFrom(0, 1, 20),
  share: fc.constantFrom(0, 0.02, 0.05, 0.5, 1),
  drawn: fc.oneof(
    fc.integer({ min: 0, max: 599 }).map((step) => step / 10_000),
    hundredths(0, 99),
  ),
})

type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never

async function run({ pool, band, floor, cost, weight, share }: Scene, drawn: number) {
  const targets = pool.map(({ price }, index) =>
    target(`m${index}`, price === undefined ? {} : { price_in: price, price_out: price }),
  )
  const candidates = targets.map((one, index) => {
    if (pool[index]?.price !== undefined) return one
    const { price_in: _in, price_out: _out, ...facts } = one.facts
    return { ...one, facts }
  })
  const table: Record<string, Foreseen> = {}
  for (const [index, { quality, uncertainty }] of pool.entries()) table[`m${index}`] = { quality, uncertainty }
  const directives: Directives = {
    quality: { band, ...(floor === undefined ? {} : { floor }) },
    weights: { cost: weight },
    ...(cost === undefined ? {} : { max: { cost_usd: cost } }),
  }
  const router = tableRouter(table)
  const exploration = { share, random: () => drawn }
  const [plain, explored] = await Promise.all([
    decide(candidates, directives, { router, isExplained: true }).catch(() => undefined),
    decide(candidates, directives, { router, isExplained: true, exploration }).catch(() => undefined),
  ])
  return { plain: plain?.decision, explored: explored?.decision, ranked: explored?.ranked }
}

test('an explored model passes every limit, reaches the floor at its worst and is at most twice as dear; the plan keeps the rest', async () => {
  let explorations = 0
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const { plain, explored, ranked } = await run(given, given.drawn)
      expect(explored === undefined).toBe(plain === undefined)
      if (plain === undefined || explored === undefined) return
      expect(ranked?.map(({ id }) => id)).toEqual(explored.candidates.map(({ model: id }) => id))
      expect(new Set(explored.candidates.map(({ model: id }) => id))).toEqual(
        new Set(plain.candidates.map(({ model: id }) => id)),
      )
      expect(explored.dropped).toEqual(plain.dropped)
      expect(plain).not.toHaveProperty('propensity')
      if (explored.reason !== 'explored') {
        expect(explored.model).toBe(plain.model)
        expect(explored.propensity ?? 1).toBeGreaterThanOrEqual(0.95)
        return
      }
      explorations += 1
      expect(explored.model).not.toBe(plain.model)
      const [tried, best] = explored.candidates
      expect(best?.model).toBe(plain.model)
      const atWorst = (tried?.quality ?? 0) - 0.5 * (tried?.uncertainty ?? 0)
      expect(atWorst).toBeGreaterThanOrEqual(given.floor ?? 0)
      expect(tried?.cost_usd).toBeLessThanOrEqual(2 * (best?.cost_usd ?? 0))
      if (given.cost !== undefined) expect(tried?.cost_usd).toBeLessThanOrEqual(given.cost)
      const bestAtWorst = (best?.quality ?? 0) - 0.5 * (best?.uncertainty ?? 0)
      expect(atWorst).toBeGreaterThanOrEqual(bestAtWorst - (given.band + 3) / 100 - 1e-9)
      // One draw below the share, which is 0.05 at most.
      expect(given.drawn).toBeLessThan(Math.min(given.share, 0.05))
      expect(explored.propensity).toBeLessThanOrEqual(0.05 / 2)
    }),
    { numRuns: 3_000 },
  )
  // Some seventy on average: none of what is said above would be tried without them.
  expect(explorations).toBeGreaterThan(20)
})

test('the chances of all models sum to one, and are those with which the dice choose them', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const steps = 400
      const counts = new Map<string, number>()
      const propensities = new Map<string, number>()
      for (let step = 0; step < steps; step += 1) {
        // Half of the steps lie below 0.1, where the exploring is.
        const drawn = step < 200 ? (step + 0.5) / 2_000 : 0.1 + (0.9 * (step - 199.5)) / 200
        const { explored } = await run(given, drawn)
        if (explored === undefined) return
        counts.set(explored.model, (counts.get(explored.model) ?? 0) + (step < 200 ? 1 / 2_000 : 0.9 / 200))
        propensities.set(explored.model, explored.propensity ?? 1)
      }
      let total = 0
      for (const [id, propensity] of propensities) {
        total += propensity
        expect(Math.abs((counts.get(id) ?? 0) - propensity)).toBeLessThanOrEqual(0.0011)
      }
      expect(total).toBeCloseTo(1, 9)
    }),
    { numRuns: 15 },
  )
})

test('without predictions nothing is explored', async () => {
  const { decision } = await decide(
    [target('a'), target('b')],
    {},
    {
      router: undefined,
      exploration: { share: 0.05, random: () => 0 },
    },
  )
  expect(decision).toMatchObject({ reason: 'router failed' })
  expect(decision).not.toHaveProperty('propensity')
})

describe('a model whose answers are hardly known', () => {
  const pool = [target('best', { price_out: 10 }), target('other', { price_out: 10 })]
  const router = tableRouter({ best: { quality: 0.8 }, other: { quality: 0.79 } })
  const exploration = { share: 0.05, random: () => 0.03 }
  const chosen = async (other: LiveMeasure | undefined, bestFactor: number): Promise<string> => {
    const best = { ttftMs: undefined, tokensPerSecond: undefined, lengthFactor: bestFactor, lengthBelief: 0.1 }
    const live = (id: string) => (id === 'best' ? best : other)
    return (await decide(pool, { quality: { band: 0 } }, { router, exploration, live })).decision.model
  }
  const known = (lengthFactor: number, lengthBelief: number): LiveMeasure => {
    return { ttftMs: undefined, tokensPerSecond: undefined, lengthFactor, lengthBelief }
  }

  test('is thought to write as short as the best one, and tried', async () => {
    expect(await chosen(undefined, 0.25)).toBe('other')
    expect(await chosen(known(1, 1), 0.25)).toBe('other')
    expect(await chosen(known(0.9, 0.8), 0.25)).toBe('other')
  })

  test('is not tried where it is known to write more than twice as long', async () => {
    expect(await chosen(known(1, 0.1), 0.25)).toBe('best')
    expect(await chosen(known(0.4, 0.1), 0.25)).toBe('other')
  })
})
