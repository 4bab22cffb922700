import { expect, test } from 'vitest'
import { fitLinear, PENALTY } from './linear.ts'
import { createNeighbours } from './neighbours.ts'
import type { Outcomes } from './outcomes.ts'
import { createTextMethods } from './text-methods.ts'
import { createCounts, createTfidf, type Vector } from './tfidf.ts'

const vectorOf = (...texts: string[]) => createTfidf(texts, createCounts())

const product = (a: Vector, b: Vector): number =>
  a.ids.reduce((sum, id, index) => sum + (a.weights[index] ?? 0) * (b.weights[b.ids.indexOf(id)] ?? 0), 0)

test('a vector has length 1, knows word order, and weighs rare words more', () => {
  const vector = vectorOf('the cat', 'the dog', 'the owl')
  const [cat, dog, turned] = [vector('the cat'), vector('The DOG!'), vector('cat the')]
  expect(product(cat, cat)).toBeCloseTo(1, 12)
  expect(product(cat, vector('the, CAT'))).toBeCloseTo(1, 12)
  expect(product(cat, turned)).toBeGreaterThan(0.3)
  expect(product(cat, turned)).toBeLessThan(0.9)
  expect(product(cat, vector('cat'))).toBeGreaterThan(product(cat, vector('the')))
  expect(product(cat, dog)).toBeGreaterThan(0)
  expect(vector('…').ids).toHaveLength(0)
})

test('each Chinese character is a word', () => {
  expect(vectorOf('数学')('数学').ids).toHaveLength(3)
})

test('neighbours come nearest first, and only those that share a word', () => {
  const texts = ['red green', 'red green blue', 'yellow', 'red']
  const vector = vectorOf(...texts)
  const nearest = createNeighbours(texts.map(vector), 2)
  expect([...nearest(vector('red green blue'))]).toEqual([1, 0])
  expect([...nearest(vector('yellow'))]).toEqual([2])
  expect([...nearest(vector('violet'))]).toEqual([])
})

test('a fitted regression has no slope left: each weight is the sum of the errors it meets', () => {
  const texts = ['red green', 'red blue', 'green blue', 'blue red green', 'red', 'blue']
  const rows = texts.map(vectorOf(...texts))
  const targets = Float64Array.from([1, 0.3, 0, 0.5, 1, 0])
  const ask = fitLinear(rows, targets, 1)
  const logit = (p: number): number => Math.log(p / (1 - p))
  const errors = rows.map((row, index) => (targets[index] ?? 0) - (ask(row)[0] ?? 0))
  const offset = logit((2.8 + 0.5) / 7)
  for (const row of rows) {
    const expected = rows.reduce(
      (sum, other, index) => sum + ((errors[index] ?? 0) * product(row, other)) / PENALTY.logistic,
      offset,
    )
    expect(logit(ask(row)[0] ?? 0)).toBeCloseTo(expected, 2)
  }
})

test('a fitted ridge regression weighs each row by its error', () => {
  const texts = ['red green', 'red blue', 'green blue', 'blue red green', 'red', 'blue']
  const rows = texts.map(vectorOf(...texts))
  const targets = Float64Array.from([1, 0.3, 0, 0.5, 1, 0])
  const ask = fitLinear(rows, targets, 1, 'ridge')
  const errors = rows.map((row, index) => (targets[index] ?? 0) - (ask(row)[0] ?? 0))
  for (const row of rows) {
    const expected = rows.reduce(
      (sum, other, index) => sum + ((errors[index] ?? 0) * product(row, other)) / PENALTY.ridge,
      2.8 / 6,
    )
    expect(ask(row)[0]).toBeCloseTo(expected, 2)
  }
})

test('the methods of the words tell apart what the words tell apart', async () => {
  const part = (count: number): Outcomes => ({
    id: 'set',
    prompts: Array.from({ length: count }, (_, row) => ({
      id: `${row}`,
      key: `${row}`,
      dataset: 'one',
      text: row % 2 ? `prove theorem ${row}` : `write poem ${row}`,
    })),
    models: ['poet', 'prover'],
    scores: Float64Array.from({ length: count * 2 }, (_, cell) => Number((cell >> 1) % 2 === cell % 2)),
    costs: undefined,
    lengths: Float64Array.from({ length: count * 2 }, (_, cell) => ((cell >> 1) % 2 ? 100 : 1000)),
  })
  const methods = createTextMethods()
  expect(methods.map(({ id }) => id)).toEqual(['knn-10', 'knn-50', 'knn-100', 'tfidf-logistic', 'tfidf-ridge'])
  const [nearest, , , regression] = await Promise.all(methods.map(({ estimate }) => estimate(part(40), part(2))))
  expect(nearest?.quality).toEqual(Float64Array.from([1, 0, 0, 1]))
  expect([...(nearest?.logTokens ?? [])].map((log) => Math.round(Math.exp(log)))).toEqual([1000, 1000, 100, 100])
  const [poet = 0, prover = 0] = regression?.quality ?? []
  expect(poet).toBeGreaterThan(0.65)
  expect(prover).toBeLessThan(0.35)
})
