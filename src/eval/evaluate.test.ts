import { expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import type { Method } from './methods.ts'
import { promptLength, subsetTable } from './methods.ts'
import type { EvalPrompt, Outcomes } from './outcomes.ts'
import { commonPart } from './outcomes.ts'
import { pickProbes, splitByKey } from './split.ts'

const MODELS = ['cheap', 'dear']

/** 200 questions of two kinds: both models know the easy ones, only the dear one the hard ones. Each is asked twice. */
function createOutcomes(): Outcomes {
  const prompts: EvalPrompt[] = Array.from({ length: 400 }, (_, row) => {
    const dataset = row % 4 < 2 ? 'easy' : 'hard'
    return { id: `p${row}`, key: `k${row >> 1}`, dataset, text: dataset === 'easy' ? 'short' : 'a much longer one' }
  })
  const cells = prompts.flatMap(({ dataset }) => (dataset === 'easy' ? [1, 1] : [0, 1]))
  const costs = prompts.flatMap(() => [1, 10])
  return {
    id: 'two',
    prompts,
    models: MODELS,
    scores: Float64Array.from(cells),
    costs: Float64Array.from(costs),
    lengths: Float64Array.from(prompts.flatMap(({ dataset }) => (dataset === 'easy' ? [10, 100] : [20, Number.NaN]))),
  }
}

const result = async (id: string, methods: readonly Method[] = [subsetTable, promptLength]) =>
  (await evaluate(createOutcomes(), methods, [1, 2])).find((one) => one.id === id)

test('a split holds a fifth of each data set, by key, and the same seed gives the same one', () => {
  const outcomes = createOutcomes()
  const { train, test: held } = splitByKey(outcomes, 7)
  expect([train.prompts.length, held.prompts.length]).toEqual([320, 80])
  const keys = new Set(train.prompts.map(({ key }) => key))
  expect(held.prompts.some(({ key }) => keys.has(key))).toBe(false)
  expect(held.prompts.filter(({ dataset }) => dataset === 'hard')).toHaveLength(40)
  expect(splitByKey(outcomes, 7).test.prompts).toEqual(held.prompts)
  expect(splitByKey(outcomes, 8).test.prompts).not.toEqual(held.prompts)
})

test('probes are spread evenly over the data sets', () => {
  const probes = pickProbes(createOutcomes(), 21)
  expect(probes.prompts).toHaveLength(21)
  expect(probes.prompts.filter(({ dataset }) => dataset === 'easy')).toHaveLength(11)
  expect(new Set(probes.prompts.map(({ id }) => id)).size).toBe(21)
})

test('what knows the kind of a question reaches the best model’s quality for half the calls', async () => {
  for (const id of ['subset-table', 'prompt-length', 'oracle']) {
    expect((await result(id))?.figures).toMatchObject({ quality: 1, gain: 0, regret: 0, selection_accuracy_tie: 1 })
    expect((await result(id))?.figures['qnc']).toBeCloseTo(0.55, 12)
    expect((await result(id))?.figures['cost_save']).toBeCloseTo(0.45, 12)
  }
  expect((await result('subset-table'))?.figures['apgr']).toBeCloseTo(0.75, 12)
  expect((await result('subset-table'))?.figures['cpt50']).toBeCloseTo(0.25, 12)
  expect((await result('subset-table'))?.figures['selection_accuracy_cost']).toBeLessThan(1)
})

test('the two sides of a publisher’s split are one data set to the subset table', () => {
  const outcomes = createOutcomes()
  const side = (name: string): Outcomes => ({
    ...outcomes,
    prompts: outcomes.prompts.map((prompt) => ({ ...prompt, dataset: `${prompt.dataset}${name}` })),
  })
  const { quality } = subsetTable.estimate(side('_train'), side('-test'))
  // Row 0 is easy and row 2 is hard: only the dear model answers that.
  expect(quality[4]).toBeLessThan(0.1)
  expect(quality[0]).toBeGreaterThan(0.9)
})

test('fixed choices cost and reach what their models do', async () => {
  expect((await result('cheapest'))?.figures).toMatchObject({ quality: 0.5, gain: -0.5, regret: 0.5, cost: 1, qnc: 1 })
  expect((await result('priciest'))?.figures).toMatchObject({ quality: 1, cost: 10, qnc: 1 })
  expect((await result('best-single'))?.ci['gain']).toEqual([0, 0])
  expect((await result('random'))?.figures).toMatchObject({ quality: 0.75, cost: 5.5 })
  // From (1, .5) to (10, 1): the mean height of a straight line.
  expect((await result('zero-router'))?.figures['aiq']).toBeCloseTo(0.75, 12)
  expect((await result('cheapest'))?.figures['aiq']).toBeUndefined()
})

test('the interval of a difference to the best single model is paired, and holds the difference', async () => {
  const [low, high] = (await result('cheapest'))?.ci['gain'] ?? [0, 0]
  expect(low).toBeLessThan(-0.5)
  expect(high).toBeGreaterThan(-0.5)
  expect(high).toBeLessThan(0)
})

test('a router that has it backwards loses quality and is said to be uncalibrated', async () => {
  const backwards: Method = {
    id: 'backwards',
    isCalibrated: true,
    estimate: (_, held) => ({
      quality: Float64Array.from(held.prompts.flatMap(({ dataset }) => (dataset === 'hard' ? [1, 0] : [0.9, 1]))),
    }),
  }
  const found = await result('backwards', [backwards])
  expect(found?.figures['quality']).toBe(0.5)
  expect(found?.figures['auroc']).toBe(0)
  expect(found?.figures['ece']).toBeGreaterThan(0.4)
})

test('only prompts that every model answered are compared, and models that hardly ran are left out', () => {
  const full = createOutcomes()
  const scores = Float64Array.from(full.scores)
  scores[0] = Number.NaN
  expect(commonPart({ ...full, scores }).prompts).toHaveLength(399)
  for (let row = 0; row < 100; row += 1) scores[row * 2] = Number.NaN
  const part = commonPart({ ...full, scores })
  expect(part.models).toEqual(['dear'])
  expect(part.prompts).toHaveLength(400)
  expect([...part.scores].every((score) => score === 1)).toBe(true)
})

test('lengths are scored where they are known, in logs', async () => {
  expect((await result('subset-table'))?.figures['length_mae_log']).toBeLessThan(0.05)
  // Wrong by half on one of the three kinds of cell whose length is known.
  const constant: Method = {
    id: 'constant',
    isCalibrated: false,
    estimate: (_, { scores }) => ({
      quality: scores.map(() => 0.5),
      logTokens: scores.map((_cell, cell) => Math.log(cell % 2 === 0 ? 20 : 100)),
    }),
  }
  expect((await result('constant', [constant]))?.figures['length_mae_log']).toBeCloseTo(Math.log(2) / 3, 12)
  expect((await result('constant', [constant]))?.figures['ece']).toBeUndefined()
})

test('curves and bins come with the figures', async () => {
  const table = await result('subset-table')
  expect(table?.curve[0]).toEqual({ cost: table?.figures['cost'], quality: 1 })
  expect(table?.curve.at(-1)).toEqual({ cost: 1, quality: 0.5 })
  expect(table?.bins.map(({ share }) => share).reduce((sum, share) => sum + share)).toBeCloseTo(1, 12)
  expect(table?.figures['area']).toBeCloseTo(table?.figures['aiq'] ?? 0, 12)
  // Up to a cost of 5: a straight rise from (1, .5) towards (5.5, 1).
  expect(table?.figures['area_50']).toBeCloseTo((0.5 + 0.5 + (0.5 * 4) / 4.5) / 2, 12)
  expect((await result('cheapest'))?.bins).toEqual([])
})
