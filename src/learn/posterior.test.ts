import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS } from './account.ts'
import { createPosterior } from './posterior.ts'
import { kindOf } from './prompt-kind.ts'
import { DEFAULT_LEARNING } from './settings.ts'
import { readState, writeState } from './state.ts'

const kind = (...shares: number[]) => kindOf({ shares: Float32Array.from(shares), clusters: 'c' })
const CODE = kind(1, 0, 0)
const LAW = kind(0, 1, 0)
const START = 1_700_000_000_000

function created(more: object = {}) {
  return createPosterior(() => ({ ...DEFAULT_LEARNING, ...more }))
}

describe('a person’s word', () => {
  test('gives (n0·q + Σ reward) / (n0 + n) for prompts that are predicted alike', () => {
    const reward = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(reward, { minLength: 1, maxLength: 200 }),
        reward,
        fc.constantFrom(1, 50, 300),
        (rewards, q, n0) => {
          const posterior = created({ priorCount: n0 })
          for (const one of rewards) posterior.tell(CODE, 'a/m', { weight: 1, surprise: one - q }, START)
          const lesson = posterior.lessons(CODE, START).get('a/m')
          const sum = rewards.reduce((total, one) => total + one, 0)
          expect(q + (lesson?.shift ?? 0)).toBeCloseTo((n0 * q + sum) / (n0 + rewards.length), 9)
          expect(lesson?.outcomes).toBeCloseTo(rewards.length, 9)
          expect(lesson?.narrowing).toBeCloseTo(Math.sqrt(n0 / (n0 + rewards.length)), 9)
        },
      ),
    )
  })

  test('does not hold it against a model that it was given the hard prompts', () => {
    const posterior = created()
    // Half of its prompts were hard, and it did on all as well as was predicted.
    for (let call = 0; call < 100; call += 1)
      posterior.tell(CODE, 'a/m', { weight: 1, surprise: call % 2 === 0 ? 0.3 - 0.3 : 0.9 - 0.9 }, START)
    expect(posterior.lessons(CODE, START).get('a/m')?.shift).toBe(0)
  })

  test('says nothing of prompts of another kind, and of one between two kinds says a part', () => {
    const posterior = created()
    for (let call = 0; call < 50; call += 1) posterior.tell(CODE, 'a/m', { weight: 1, surprise: -0.5 }, START)
    expect(posterior.lessons(CODE, START).get('a/m')?.shift).toBeCloseTo(-0.25, 6)
    expect(posterior.lessons(LAW, START).size).toBe(0)
    const between = posterior.lessons(kind(0.5, 0.5, 0), START).get('a/m')?.shift ?? 0
    expect(between).toBeLessThan(-0.15)
    expect(between).toBeGreaterThan(-0.25)
    // A prompt that lies between clusters counts for one on prompts like itself, as any other does.
    const other = created()
    for (let call = 0; call < 50; call += 1)
      other.tell(kind(0.4, 0.3, 0.3), 'a/m', { weight: 1, surprise: -0.5 }, START)
    expect(other.lessons(kind(0.4, 0.3, 0.3), START).get('a/m')?.shift).toBeCloseTo(-0.25, 5)
  })

  test('counts for less every day', () => {
    const posterior = created()
    for (let call = 0; call < 100; call += 1) posterior.tell(CODE, 'a/m', { weight: 1, surprise: 0.2 }, START)
    const later = posterior.lessons(CODE, START + 30 * DAY_MS).get('a/m')
    expect(later?.outcomes).toBeCloseTo(100 * 0.99 ** 30, 6)
    // New ones are added to what is left of the old ones.
    posterior.tell(CODE, 'a/m', { weight: 1, surprise: 0 }, START + 30 * DAY_MS)
    expect(posterior.lessons(CODE, START + 30 * DAY_MS).get('a/m')?.outcomes).toBeCloseTo(100 * 0.99 ** 30 + 1, 6)
    expect(posterior.lessons(CODE, START + 3_000 * DAY_MS).size).toBe(0)
  })
})

test('distrust of a model that is no longer asked is halved in a week, and of one that goes on failing is not', () => {
  const posterior = created({ forgettingPerDay: 1 })
  for (const model of ['a/left', 'a/asked', 'a/good']) {
    const surprise = model === 'a/good' ? 0.2 : -0.5
    for (let call = 0; call < 100; call += 1) posterior.tell(CODE, model, { weight: 1, surprise }, START)
  }
  for (let day = 1; day <= 7; day += 1)
    posterior.tell(CODE, 'a/asked', { weight: 0.001, surprise: -0.0005 }, START + day * DAY_MS)
  const lessons = posterior.lessons(CODE, START + 9 * DAY_MS)
  expect(lessons.get('a/left')?.outcomes).toBeCloseTo(50, 6)
  expect(lessons.get('a/left')?.shift).toBeCloseTo(-25 / 100, 6)
  expect(lessons.get('a/asked')?.outcomes).toBeCloseTo(100, 1)
  expect(lessons.get('a/good')?.outcomes).toBeCloseTo(100, 6)
})

test('what is usual is no news: a kind of prompt on which all answers are cut moves nobody for long', () => {
  const posterior = created()
  const see = (model: string, reward: number): void => {
    const usual = posterior.usual(LAW, 'finish', START)
    posterior.see(LAW, model, { weight: 0.1, surprise: 0.1 * (reward - usual) }, START)
    posterior.notice(LAW, 'finish', { weight: 0.1, surprise: 0.1 * (reward - 0.97) }, START)
  }
  for (let call = 0; call < 4_000; call += 1) see(call % 2 === 0 ? 'a/m' : 'b/m', call % 4 < 2 ? 0 : 1)
  expect(posterior.usual(LAW, 'finish', START)).toBeCloseTo(0.5, 1)
  for (const { shift } of posterior.lessons(LAW, START).values()) expect(Math.abs(shift)).toBeLessThan(0.03)
  // And one that does worse than that is found.
  for (let call = 0; call < 2_000; call += 1) see('a/m', 0)
  expect(posterior.lessons(LAW, START).get('a/m')?.shift).toBeLessThan(-0.1)
})

test('a thousand quiet answers do not drown ten complaints', () => {
  const posterior = created()
  for (let call = 0; call < 1_000; call += 1) posterior.see(CODE, 'a/m', { weight: 0.4, surprise: 0 }, START)
  for (let call = 0; call < 10; call += 1) posterior.tell(CODE, 'a/m', { weight: 1, surprise: -0.8 }, START)
  expect(posterior.lessons(CODE, START).get('a/m')?.shift).toBeCloseTo(-8 / 60, 6)
})

test('memory is bounded, whatever models come', () => {
  const posterior = created()
  for (let model = 0; model < 3_000; model += 1)
    posterior.tell(CODE, `a/m${model}`, { weight: 1, surprise: 0.1 }, START)
  expect(posterior.lessons(CODE, START).size).toBe(1_000)
  expect(posterior.lessons(CODE, START).has('a/m2999')).toBe(true)
})

test('written and read again it says the same, and nothing under other clusters', () => {
  const posterior = created()
  posterior.tell(kind(0.2, 0.5, 0.3), 'a/m', { weight: 1, surprise: -0.4 }, START)
  posterior.see(LAW, 'b/m', { weight: 0.2, surprise: 0.1 }, START)
  const read = created()
  const { books } = readState(writeState({ books: posterior.books, prompts: undefined }, START), START)
  for (const [clusters, book] of books) read.books.set(clusters, book)
  for (const [model, lesson] of posterior.lessons(LAW, START)) {
    const again = read.lessons(LAW, START).get(model)
    expect(again?.shift).toBeCloseTo(lesson.shift, 5)
    expect(again?.outcomes).toBeCloseTo(lesson.outcomes, 5)
  }
  const trainedAnew = kindOf({ shares: Float32Array.of(0, 1, 0), clusters: 'd' })
  expect(read.lessons(trainedAnew, START).size).toBe(0)
})

test('text that is no state is refused with its place', () => {
  const cases = [
    ['{}', 'not a state of version 1'],
    [
      '{"version":1,"books":{"c":{"told":{"m":{"at":1,"weights":[1],"surprises":[1,2],"touched":[1]}},"seen":{},"usual":{}}}}',
      'lists of two lengths',
    ],
    [
      '{"version":1,"books":{"c":{"told":{"m":{"at":1,"weights":["x"],"surprises":[1],"touched":[1]}},"seen":{},"usual":{}}}}',
      'books.c.told.m.weights',
    ],
    [
      '{"version":1,"books":{"c":{"told":{"m":{"at":1,"weights":[1],"surprises":[1e999],"touched":[1]}},"seen":{},"usual":{}}}}',
      'books.c.told.m.surprises',
    ],
    [
      '{"version":1,"books":{"c":{"told":{"m":{"at":1,"weights":[-50],"surprises":[1],"touched":[1]}},"seen":{},"usual":{}}}}',
      'books.c.told.m.weights has one below 0',
    ],
    ['{"version":1,"books":{"c":{"told":{}}}}', 'books.c.seen is no object'],
    ['nonsense', 'JSON'],
  ] as const
  for (const [text, problem] of cases) expect(() => readState(text, START), text).toThrow(problem)
})

test('what was learned under a clock that ran ahead fades from the start on', () => {
  const ahead = START + 3_650 * DAY_MS
  const posterior = created()
  for (let call = 0; call < 50; call += 1) posterior.tell(CODE, 'a/m', { weight: 1, surprise: 0.2 }, ahead)
  const read = created()
  const { books } = readState(writeState({ books: posterior.books, prompts: undefined }, ahead), START)
  for (const [clusters, book] of books) read.books.set(clusters, book)
  expect(read.lessons(CODE, START + 100 * DAY_MS).get('a/m')?.outcomes).toBeCloseTo(50 * 0.99 ** 100, 6)
})
