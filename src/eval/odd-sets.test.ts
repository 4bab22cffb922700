import { expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import { type Method, rawLength, subsetTable } from './methods.ts'
import { leftOutOf, type Outcomes } from './outcomes.ts'
import type { MethodResult } from './over-seeds.ts'

type Cell = (row: number, model: number) => number

/** A set of `rows` questions; by default both models are always right and free. */
function createSet(rows: number, { score = () => 1, cost = () => 0 }: { score?: Cell; cost?: Cell } = {}): Outcomes {
  const cells = (of: Cell) => Float64Array.from({ length: rows * 2 }, (_, cell) => of(Math.floor(cell / 2), cell % 2))
  return {
    id: 'odd',
    prompts: Array.from({ length: rows }, (_, row) => ({
      id: `p${row}`,
      key: `k${row}`,
      dataset: row % 2 ? 'odd' : 'even',
      text: 'x'.repeat(row),
    })),
    models: ['first', 'second'],
    scores: cells(score),
    costs: cells(cost),
    lengths: undefined,
  }
}

async function scored(set: Outcomes, methods: readonly Method[] = [subsetTable, rawLength]) {
  return new Map((await evaluate(set, methods, [1, 2, 3, 4, 5, 6])).map((result) => [result.id, result]))
}

const numbersOf = ({ figures, ci }: MethodResult): number[] => [...Object.values(figures), ...Object.values(ci).flat()]

/** Says that each model is as good as the other. */
const shrug: Method = {
  id: 'shrug',
  isCalibrated: true,
  isFixed: true,
  estimate: (_, { scores }) => ({ quality: scores.map(() => 0.5) }),
}

test('where every call is free, what is learned still counts, and no figure is a share of nothing', async () => {
  const found = await scored(createSet(200, { score: (row, model) => Number(model === row % 2) }))
  expect(found.get('subset-table')?.figures).toMatchObject({ quality: 1, cost: 0 })
  for (const name of ['qnc', 'aiq', 'area', 'cost_save']) {
    expect(found.get('subset-table')?.figures[name]).toBeUndefined()
  }
  for (const result of found.values()) expect(numbersOf(result).every(Number.isFinite)).toBe(true)
})

test('where no answer is right, or all are, every figure there is is a number', async () => {
  for (const right of [0, 1]) {
    const found = await scored(createSet(100, { score: () => right, cost: (_, model) => model + 1 }))
    for (const result of found.values()) expect(numbersOf(result).every(Number.isFinite)).toBe(true)
    expect(found.get('subset-table')?.figures['perf_gain']).toBe(right === 1 ? 0 : undefined)
  }
})

test('ties of a method that learned nothing are not decided by the order of the models', async () => {
  const found = await scored(createSet(400, { score: (_, model) => model }), [shrug])
  const quality = found.get('shrug')?.figures['quality'] ?? 0
  expect(quality).toBeGreaterThan(0.35)
  expect(quality).toBeLessThan(0.65)
})

test('ties of a method that learned go to the model that was better in training, or to either where none was', async () => {
  const learned = { ...shrug, isFixed: false }
  const qualityOf = async (score: Cell) =>
    (await scored(createSet(400, { score }), [learned])).get('shrug')?.figures['quality'] ?? 0
  // The second model is right on three prompts of four, the first on the fourth.
  const better = await qualityOf((row, model) => Number(model === Number(row % 4 > 0)))
  expect(better).toBeGreaterThan(0.7)
  // Both are right on half of each training part, whichever it is: on rows of one question, turn about.
  const score: Cell = (row, model) => Number(model === Math.floor(row / 2) % 2)
  const halves = createSet(400, { score, cost: (_, model) => model })
  const pairs = { ...halves, prompts: halves.prompts.map((one, row) => ({ ...one, key: `k${Math.floor(row / 4)}` })) }
  // Only the second model costs: the mean cost is the share of prompts that it gets.
  const even = (await scored(pairs, [learned])).get('shrug')?.figures['cost'] ?? 0
  expect(even).toBeGreaterThan(0.35)
  expect(even).toBeLessThan(0.65)
})

test('test parts of fewer than ten questions have figures without intervals', async () => {
  const few = (await scored(createSet(40))).get('subset-table')
  expect(few?.ci).toEqual({})
  expect(few?.withoutCi).toContain('gain')
  expect((await scored(createSet(60))).get('subset-table')?.ci['gain']).toEqual([0, 0])
})

test('resamples in which the better model is not better have no APGR; where these are many, there is no interval', async () => {
  // Of 30 questions two tell the models apart: one resample in seven lacks both.
  const rare = (await scored(createSet(30, { score: (row, model) => Number(row > 1 || model === 1) }))).get(
    rawLength.id,
  )
  expect(rare?.figures['apgr']).toBeDefined()
  expect(rare?.ci['apgr']).toBeUndefined()
  // Once: of all prompts, and not of the splits besides.
  expect(rare?.withoutCi.filter((name) => name === 'apgr')).toHaveLength(1)
})

test('what is left out of a comparison is counted', () => {
  const whole = createSet(10)
  whole.scores.fill(Number.NaN, 0, 3)
  const part = { ...createSet(8), models: ['first'] }
  expect(leftOutOf(whole, part)).toEqual({ models: new Map([['second', 9]]), prompts: 2 })
})
