import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decision, TradeOff, WeightInterval } from '../core/decision.ts'
import type { Directives } from '../core/directives.ts'
import { decide, tableRouter, target } from './test-pool.ts'

type Model = {
  readonly quality: number
  readonly price: number
  readonly released?: string
  readonly uncertainty?: number
}

async function explained(models: readonly Model[], directives: Directives): Promise<Decision> {
  const targets = models.map(({ price, released }, index) =>
    target(`m${index}`, { price_in: price, price_out: price, ...(released === undefined ? {} : { released }) }),
  )
  const router = tableRouter(
    Object.fromEntries(models.map(({ quality, uncertainty = 0 }, index) => [`m${index}`, { quality, uncertainty }])),
  )
  return (await decide(targets, directives, { router, isExplained: true })).decision
}

const someModels = fc.array(
  fc.record({
    quality: fc.integer({ min: 300, max: 990 }).map((points) => points / 1_000),
    price: fc.integer({ min: 1, max: 5_000 }).map((cents) => cents / 100),
    uncertainty: fc.constantFrom(0, 0.02, 0.1),
    released: fc.constantFrom('2023-01-01', '2024-06-01', '2026-01-01'),
  }),
  { minLength: 1, maxLength: 10 },
)
const someWish = fc.record({
  weights: fc.record({ cost: fc.constantFrom(0, 0.5, 2, 8), recency: fc.constantFrom(0, 1), latency: fc.constant(0) }),
  quality: fc.record({ band: fc.constantFrom(0, 2, 10, 100), floor: fc.constantFrom(0, 0.6, 0.8) }),
})

function costOf(decision: Decision): TradeOff {
  const found = decision.trade_offs?.find(({ goal }) => goal === 'cost')
  if (found === undefined) throw new Error('No trade-off against cost.')
  return found
}

function inside({ from, to }: WeightInterval): number {
  return to === null ? from + 1 : (from + to) / 2
}

describe('the weights at which a model of the front wins', () => {
  test('a model is chosen at every weight inside its interval and at none outside', async () => {
    await fc.assert(
      fc.asyncProperty(someModels, someWish, fc.boolean(), async (models, wish, isBandLifted) => {
        const { front } = costOf(await explained(models, wish))
        for (const { model, ...member } of front) {
          const wins = isBandLifted ? member.wins_at_any_band : member.wins
          const weights = wins === null ? [0, 0.7, 5, 900] : [inside(wins)]
          for (const cost of weights) {
            const { model: chosen } = await explained(models, {
              weights: { ...wish.weights, cost },
              quality: isBandLifted ? { ...wish.quality, band: 100 } : wish.quality,
            })
            if (wins === null) expect(chosen).not.toBe(model)
            else if (wins.to === null || wins.to - wins.from > 1e-9) expect(chosen).toBe(model)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  test('below the floor no weight and no band chooses a model', async () => {
    const models = [
      { quality: 0.9, price: 8 },
      { quality: 0.5, price: 1 },
    ]
    const { trade_offs } = await explained(models, { weights: { cost: 1 }, quality: { band: 2, floor: 0.7 } })
    expect(trade_offs?.[0]?.front[0]).toMatchObject({ model: 'm1', wins_at_any_band: null, band_needed: null })
  })

  test('of two that are alike in the goal, the one that is chosen has the interval', async () => {
    const models = [
      { quality: 0.9, price: 8, released: '2026-01-01' },
      { quality: 0.9, price: 2, released: '2026-01-01' },
    ]
    const { model, trade_offs } = await explained(models, { weights: { recency: 1 } })
    const [, recency] = trade_offs ?? []
    expect(model).toBe('m1')
    expect(recency?.front.map((member) => [member.model, member.wins])).toEqual([
      ['m0', null],
      ['m1', { from: 0, to: null }],
    ])
  })

  test('a willingness to pay has its interval in dollars a point', async () => {
    const models = [
      { quality: 0.9, price: 40 },
      { quality: 0.6, price: 1 },
    ]
    const decision = await explained(models, { willingness_to_pay: 0.001, quality: { band: 100 } })
    const { parameter, value, front } = costOf(decision)
    expect({ parameter, value }).toEqual({ parameter: 'willingness_to_pay', value: 0.001 })
    // 30 points for (40 − 1) · 200 tokens / a million dollars: 0.00026 a point.
    expect(front.map(({ model, wins }) => [model, wins])).toEqual([
      ['m1', { from: 0, to: expect.closeTo(0.00026, 8) }],
      ['m0', { from: expect.closeTo(0.00026, 8), to: null }],
    ])
    const below = await explained(models, { willingness_to_pay: 0.0002, quality: { band: 100 } })
    expect([decision.model, below.model]).toEqual(['m0', 'm1'])
  })

  test('a member below the line between two others wins at no weight, and says which band lets it in', async () => {
    const { trade_offs } = await explained(
      [
        { quality: 0.9, price: 8 },
        { quality: 0.61, price: 2 },
        { quality: 0.6, price: 0.5 },
      ],
      { weights: { cost: 1 }, quality: { band: 2 } },
    )
    const [cost] = trade_offs ?? []
    expect(cost?.front).toMatchObject([
      { model: 'm2', wins: null, wins_at_any_band: { to: null }, band_needed: expect.closeTo(30, 6) },
      { model: 'm1', wins: null, wins_at_any_band: null, band_needed: expect.closeTo(29, 6) },
      { model: 'm0', wins: { from: 0, to: null }, wins_at_any_band: { from: 0 }, band_needed: 0 },
    ])
  })
})

test('each model off the front is named with one that beats it, and only those are', async () => {
  await fc.assert(
    fc.asyncProperty(someModels, async (models) => {
      const { candidates, front } = await explained(models, {})
      for (const candidate of candidates) {
        expect(candidate.dominated_by === undefined).toBe(front.includes(candidate.model))
        if (candidate.dominated_by === undefined) continue
        const other = candidates.find(({ model }) => model === candidate.dominated_by)
        expect(front).toContain(other?.model)
        expect(other?.quality).toBeGreaterThanOrEqual(candidate.quality ?? 1)
        expect(other?.cost_usd).toBeLessThanOrEqual(candidate.cost_usd ?? 0)
      }
    }),
    { numRuns: 200 },
  )
})

test('each goal with a weight has its own front, cost always, and nobody who did not ask pays for them', async () => {
  const models = [
    { quality: 0.9, price: 8, released: '2024-01-01' },
    { quality: 0.8, price: 2, released: '2026-01-01' },
  ]
  const { trade_offs } = await explained(models, { weights: { recency: 2 } })
  expect(trade_offs?.map(({ goal, parameter, value }) => [goal, parameter, value])).toEqual([
    ['cost', 'weights.cost', 0],
    ['recency', 'weights.recency', 2],
  ])
  const { decision } = await decide([target('m0')], {})
  expect(decision).not.toHaveProperty('trade_offs')
})

test('a large pool is listed in part, and in full for who asks', async () => {
  const pool = Array.from({ length: 260 }, (_, index) =>
    target(`m${index}`, { price_in: 1 + index, region: [index % 2 === 0 ? 'eu' : 'us'] }),
  )
  const wish: Directives = { require: { region: ['eu'] }, weights: { cost: 1 } }
  const { decision: short, ranked } = await decide(pool, wish)
  const { decision: whole } = await decide(pool, wish, { isExplained: true })
  expect([short.candidates.length, new Set(short.dropped.map(({ model }) => model)).size, short.unlisted]).toEqual([
    100, 100, 60,
  ])
  expect([whole.candidates.length, whole.dropped.length, whole.unlisted]).toEqual([130, 130, undefined])
  expect(short.candidates.map(({ model }) => model)).toEqual(ranked.map(({ id }) => id))
  expect(whole.candidates.slice(0, 100).map(({ model }) => model)).toEqual(short.candidates.map(({ model }) => model))
})
