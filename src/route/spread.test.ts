import { describe, expect, test } from 'vitest'
import type { Directives } from '../core/directives.ts'
import { fraction } from '../core/short-hash.ts'
import type { Spread } from './spread.ts'
import { decide, tableRouter, target } from './test-pool.ts'

const pool = [target('a/gpt'), target('b/gpt', { price_in: 1.1 }), target('c/new'), target('d/weak')]
const router = tableRouter({
  'a/gpt': { quality: 0.9 },
  'b/gpt': { quality: 0.9 },
  'c/new': { quality: 0.7 },
  'd/weak': { quality: 0.4 },
})

async function won(spread: Partial<Spread>, wish: Directives = {}) {
  const draw = { canary: 0, weights: 0 }
  const whole: Spread = { weights: undefined, canary: undefined, draw, ...spread }
  const { decision, ranked } = await decide(
    pool,
    { weights: { cost: 1 }, quality: { band: 2 }, ...wish },
    { router, spread: whole },
  )
  expect(decision.model).toBe(ranked[0]?.id)
  expect(decision.candidates[0]?.model).toBe(decision.model)
  return decision
}

const at = (share: number) => ({ canary: share, weights: share })

describe('a canary', () => {
  const canary = { model: 'c/new', share: 0.1, inPlaceOf: '*' }

  test('gets its share of what another model would have won, and the rest goes where it went', async () => {
    expect(await won({ canary, draw: at(0.05) })).toMatchObject({ model: 'c/new', reason: 'canary', propensity: 0.1 })
    const rest = await won({ canary, draw: at(0.1) })
    expect(rest).toMatchObject({ model: 'a/gpt', propensity: 0.9 })
    expect(rest.reason).not.toBe('canary')
  })

  test('the model that would have won is tried next', async () => {
    const { candidates } = await won({ canary, draw: at(0) })
    expect(candidates.map(({ model }) => model).slice(0, 2)).toEqual(['c/new', 'a/gpt'])
  })

  test('never in place of a model that is not its own', async () => {
    expect(await won({ canary: { ...canary, inPlaceOf: 'b/*' }, draw: at(0) })).toMatchObject({ model: 'a/gpt' })
  })

  test('no request that a limit keeps from it', async () => {
    const kept = await won({ canary, draw: at(0) }, { models: [['!c/*']] })
    expect(kept.model).toBe('a/gpt')
    expect(kept).not.toHaveProperty('propensity')
  })
})

test('a model on trial that has a weight too wins in either way, and its propensity says so', async () => {
  const canary = { model: 'b/gpt', share: 0.2, inPlaceOf: '*' }
  const weights = new Map([
    ['a/gpt', 3],
    ['b/gpt', 1],
  ])
  const onTrial = await won({ canary, weights, draw: { canary: 0.1, weights: 0 } })
  expect(onTrial).toMatchObject({ model: 'b/gpt', reason: 'canary' })
  const byWeight = await won({ canary, weights, draw: { canary: 0.5, weights: 0.9 } })
  expect(byWeight).toMatchObject({ model: 'b/gpt', reason: 'shared by weight' })
  expect([onTrial.propensity, byWeight.propensity]).toEqual([0.4, 0.4])
  expect((await won({ canary, weights, draw: at(0.5) })).propensity).toBeCloseTo(0.6)
})

describe('models that share by weight', () => {
  const weights = new Map([
    ['a/gpt', 3],
    ['b/gpt', 1],
    ['d/weak', 100],
  ])

  test('what one of them wins goes to each of those in the band in proportion', async () => {
    const counts = new Map<string, number>()
    for (let call = 0; call < 2_000; call += 1) {
      const { model } = await won({ weights, draw: at(fraction(`call ${call}`)) })
      counts.set(model, (counts.get(model) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual(['a/gpt', 'b/gpt'])
    expect((counts.get('a/gpt') ?? 0) / 2_000).toBeCloseTo(0.75, 1)
    expect(await won({ weights, draw: at(0.8) })).toMatchObject({
      model: 'b/gpt',
      reason: 'shared by weight',
      propensity: 0.25,
    })
  })

  test('a winner that is none of them keeps its request', async () => {
    const decision = await won({ weights: new Map([['d/weak', 1]]), draw: at(0) })
    expect(decision.model).toBe('a/gpt')
    expect(decision).not.toHaveProperty('propensity')
  })

  test('one that a limit excludes gets nothing', async () => {
    expect(await won({ weights, draw: at(0.99) }, { models: [['!b/*']] })).toMatchObject({ model: 'a/gpt' })
  })
})

test('fractions of texts are spread evenly', () => {
  const bins = new Array<number>(10).fill(0)
  for (let call = 0; call < 10_000; call += 1) {
    const bin = Math.floor(fraction(`rt_${call}`) * 10)
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  for (const count of bins) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})
