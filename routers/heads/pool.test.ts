import { expect, test } from 'vitest'
import { classShares, fitLogistic, fitSoftmax } from './logistic.ts'
import { learnPool } from './pool.ts'
import { stack } from './pool-features.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

const CLUSTERS = 80
const WIDTH = 384

const prior = (id: string): Profile => ({
  id,
  theta: 0.5,
  sd: 1,
  u: Array.from({ length: CLUSTERS }, () => 0),
  sd_u: 0.5,
  thinking: 0,
  verbosity: 0,
  evidence: ['facts'],
})

/** The same numbers between −1 and 1 every time (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2_147_483_648 - 1
  }
}

/** A prompt whose text lies around one of two places, `kind` 0 or 1. */
function reading(kind: number, next: () => number): Reading {
  const embedding = Float32Array.from({ length: WIDTH }, (_, index) => next() * 0.2 + (index === kind ? 3 : 0))
  const length = Math.hypot(...embedding)
  return {
    clusters: Array.from({ length: CLUSTERS }, () => 1 / CLUSTERS),
    difficulty: 0,
    difficultyShare: 0.5,
    logTokens: 5,
    strangeness: 0,
    embedding: embedding.map((value) => value / length),
    numbers: [0, 0, 0, 0, 0, 0, 0],
  }
}

const PROMPTS = 300

/** `PROMPTS` prompts of two kinds and the scores of two models on each. */
function answers(scoreOf: (kind: number, model: number, chance: number) => number, isNamed: boolean) {
  const next = numbersFrom(7)
  const kinds = Array.from({ length: PROMPTS }, (_, row) => row % 2)
  return {
    readings: kinds.map((kind) => reading(kind, next)),
    groups: kinds.map((kind) => (isNamed ? `kind ${kind}` : undefined)),
    scores: Float64Array.from(kinds.flatMap((kind) => [0, 1].map((model) => scoreOf(kind, model, (next() + 1) / 2)))),
    models: 2,
  }
}

const priors = [prior('unnamed-0'), prior('unnamed-1')]
const specialists = (kind: number, model: number, chance: number): number =>
  Number(chance < (kind === model ? 0.85 : 0.4))

test.each([
  ['named', true],
  ['unnamed', false],
])('each of two specialists is chosen for prompts of its own kind, the kinds being %s in training', (_, isNamed) => {
  const learned = learnPool(answers(specialists, isNamed), priors)
  const next = numbersFrom(99)
  for (let turn = 0; turn < 20; turn += 1) {
    const kind = turn % 2
    const fresh = reading(kind, next)
    expect(learned(fresh, kind).quality).toBeGreaterThan(learned(fresh, 1 - kind).quality + 0.1)
  }
})

test('predictions are near the share of good answers', () => {
  const learned = learnPool(answers(specialists, true), priors)
  const fresh = reading(0, numbersFrom(5))
  expect(learned(fresh, 0).quality).toBeCloseTo(0.85, 0)
  expect(learned(fresh, 1).quality).toBeCloseTo(0.4, 0)
  expect(learned(fresh, 0).uncertainty).toBeGreaterThan(0)
})

test('an advantage that left-out prompts do not bear out is not believed', () => {
  const equals = (_: number, model: number, chance: number): number => Number(chance < (model === 0 ? 0.62 : 0.58))
  const learned = learnPool(answers(equals, true), priors)
  const next = numbersFrom(3)
  const leaders = new Set<number>()
  for (let turn = 0; turn < 40; turn += 1) {
    const fresh = reading(turn % 2, next)
    leaders.add(learned(fresh, 0).quality > learned(fresh, 1).quality ? 0 : 1)
  }
  expect(leaders.size).toBe(1)
})

test('a model that was not asked of some prompts is learned from the others', () => {
  const full = answers(specialists, true)
  const scores = full.scores.map((score, cell) => (cell % 2 === 1 && cell % 8 < 4 ? Number.NaN : score))
  const learned = learnPool({ ...full, scores }, priors)
  const fresh = reading(1, numbersFrom(5))
  expect(learned(fresh, 1).quality).toBeGreaterThan(learned(fresh, 0).quality)
})

test('a logistic regression finds the share of good answers where its prior is weak', () => {
  const scores = Float64Array.from({ length: 400 }, (_, row) => Number(row % 4 !== 0))
  const weights = fitLogistic({
    inputs: stack(Array.from(scores, () => Float64Array.from([5]))),
    scores,
    offsets: new Float64Array(400),
    weight: 1,
  })
  expect(1 / (1 + Math.exp(-(weights[0] ?? 0) * 5))).toBeCloseTo(0.75, 2)
})

test('every class of a softmax regression counts alike, however few its members', () => {
  const rows = Array.from({ length: 220 }, () => Float64Array.from([10]))
  const classes = rows.map((_, row) => (row < 200 ? 0 : 1))
  const [first = 0, second = 0] = classShares(fitSoftmax(stack(rows), classes, 2), Float64Array.from([10]), 2)
  expect(first).toBeCloseTo(0.5, 2)
  expect(second).toBeCloseTo(0.5, 2)
})
