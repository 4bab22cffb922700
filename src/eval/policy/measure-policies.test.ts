import { expect, test } from 'vitest'
import type { Policy } from '../../core/policy.ts'
import type { Signals } from '../../core/router.ts'
import type { Target } from '../../core/target.ts'
import { signals } from '../../route/test-pool.ts'
import { resultsOf } from '../evaluate.ts'
import { subsetTable } from '../methods.ts'
import type { Outcomes } from '../outcomes.ts'
import { splitInThree } from '../split.ts'
import { pricedAsIn } from './decide.ts'
import { measurePolicies } from './measure-policies.ts'

const MODELS = ['cheap', 'dear']

/** 200 questions, half of them hard: both models know the easy ones, only the dear one, at a hundred times the price, the hard ones. */
const outcomes: Outcomes = (() => {
  const prompts = Array.from({ length: 200 }, (_, row) => ({
    id: `p${row}`,
    key: `k${row}`,
    dataset: row % 2 === 0 ? 'easy' : 'hard',
    text: `question ${row}`,
  }))
  return {
    id: 'two',
    prompts,
    models: MODELS,
    scores: Float64Array.from(prompts.flatMap(({ dataset }) => (dataset === 'easy' ? [1, 1] : [0, 1]))),
    costs: Float64Array.from(prompts.flatMap(() => [0.001, 0.1])),
    lengths: undefined,
  }
})()

const targets = MODELS.map(
  (model): Target => ({
    id: model,
    provider: 'data',
    model,
    format: 'openai-chat',
    baseUrl: '',
    catalogId: undefined,
    facts: {},
  }),
)

const signalsOf = (text: string): Signals => signals({ routingText: text })

const policy = (name: string, band: number, cost: number): Policy => ({
  name,
  description: '',
  fixedOrder: 'listed',
  directives: { quality: { band }, weights: { cost } },
})

const measured = async (policies: readonly Policy[]) => {
  const split = splitInThree(outcomes, 42)
  const trial = {
    split,
    seed: 42,
    method: subsetTable,
    policies,
    targets,
    signalsOf,
    today: '2026-11-28',
    usualTokens: 256,
  }
  return new Map(resultsOf([await measurePolicies(trial)]).map((result) => [result.id, result]))
}

test('seven parts to learn from, one to calibrate on, two to test, no question in two of them', () => {
  const { train, calibration, test: held } = splitInThree(outcomes, 42)
  expect([train, calibration, held].map(({ prompts }) => prompts.length)).toEqual([140, 20, 40])
  const keys = [train, calibration, held].flatMap(({ prompts }) => prompts.map(({ key }) => key))
  expect(new Set(keys).size).toBe(200)
})

test('what a policy keeps and saves is measured beside the best single model, on either part', async () => {
  const results = await measured([policy('thrifty', 10, 2), policy('best', 0, 0), policy('floor', 100, 1000)])
  // Of two models that know easy questions alike the cheap one answers: (0.001 + 0.1) / 2 a call.
  for (const part of ['', 'calibration_']) {
    const figures: Readonly<Record<string, number>> = results.get('thrifty')?.figures ?? {}
    expect(figures[`${part}kept`]).toBe(1)
    expect(figures[`${part}saved`]).toBeCloseTo(1 - 0.0505 / 0.1, 9)
    expect(results.get('floor')?.figures[`${part}kept`]).toBe(0.5)
    expect(results.get('floor')?.figures[`${part}saved`]).toBeCloseTo(0.99, 9)
  }
  expect(results.get('best')?.figures['kept']).toBe(1)
  const [low = 1, high = 0] = results.get('thrifty')?.ci['saved'] ?? []
  expect(low).toBeLessThan(0.495)
  expect(high).toBeGreaterThan(0.495)
})

test('the sweep runs from the best prediction to the lowest price, and a higher weight never costs more', async () => {
  const results = await measured([])
  const curve = results.get('sweep')?.curve ?? []
  expect(curve[0]).toMatchObject({ quality: 1 })
  expect(curve.at(-1)?.cost).toBeCloseTo(0.001, 12)
  expect(curve.every(({ cost }, place) => place === 0 || cost <= (curve[place - 1]?.cost ?? 0))).toBe(true)
  // Over the chord from (0.001, 0.5) to (0.1, 1) it reaches quality 1 half-way.
  expect(results.get('sweep')?.figures['dominates']).toBe(1)
  expect(results.get('sweep')?.figures['aiq_gain']).toBeCloseTo(0.875 - 0.75, 9)
  expect(results.get('oracle')?.curve[0]?.cost).toBeCloseTo(0.0505, 12)
})

test('a model without a price is expected to cost what its calls did, one with prices by its prompt and answer', () => {
  const [first, second] = targets
  if (first === undefined || second === undefined) throw new Error('two targets')
  const { targets: priced, tokens } = pricedAsIn(
    outcomes,
    [first, { ...second, facts: { price_in: 1, price_out: 2 } }],
    256,
  )
  expect(tokens).toEqual([256, 256])
  expect(priced[0]?.facts.price_in).toBe(0)
  expect(((priced[0]?.facts.price_out ?? 0) * 256) / 1e6).toBeCloseTo(0.001, 12)
  expect(priced[1]?.facts).toEqual({ price_in: 1, price_out: 2 })
})
