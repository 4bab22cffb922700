import { expect, test } from 'vitest'
import { onboard } from './onboard.ts'
import { abilityOn, predict } from './predict.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

const CLUSTERS = 80
const PRIOR: Profile = {
  id: 'new/model',
  theta: 0,
  sd: 1,
  u: Array.from({ length: CLUSTERS }, () => 0),
  sd_u: 0.5,
  thinking: 0,
  verbosity: 0,
  evidence: ['facts'],
}

/** A prompt that is all of one cluster. */
const reading = (cluster: number, difficulty = 0): Reading => ({
  clusters: Array.from({ length: CLUSTERS }, (_, index) => (index === cluster ? 1 : 0)),
  difficulty,
  difficultyShare: 0.5,
  logTokens: 5,
  strangeness: 0,
  embedding: new Float32Array(384),
  numbers: [],
})

const graded = (cluster: number, good: number, bad: number, difficulty = 0) =>
  Array.from({ length: good + bad }, (_, index) => ({
    reading: reading(cluster, difficulty),
    score: index < good ? 1 : 0,
  }))

test('with many grades the prediction is the share that was good, cluster by cluster', () => {
  const profile = onboard(PRIOR, [...graded(3, 900, 100), ...graded(7, 600, 400)])
  expect(predict(reading(3), profile).quality).toBeCloseTo(0.9, 1)
  expect(predict(reading(7), profile).quality).toBeCloseTo(0.6, 1)
  expect(profile.evidence).toEqual(['probes', 'facts'])
})

test('few grades move what was believed a little, many a lot, and narrow it', () => {
  const few = onboard(PRIOR, graded(3, 3, 0))
  const many = onboard(PRIOR, graded(3, 300, 0))
  const before = predict(reading(3), PRIOR).quality
  expect(predict(reading(3), few).quality).toBeGreaterThan(before)
  expect(predict(reading(3), many).quality).toBeGreaterThan(predict(reading(3), few).quality)
  expect(many.sd).toBeLessThan(few.sd)
})

test('good answers to hard prompts say more of a model than good answers to easy ones', () => {
  const easy = onboard(PRIOR, graded(3, 20, 0, -3))
  const hard = onboard(PRIOR, graded(3, 20, 0, 3))
  expect(hard.theta).toBeGreaterThan(easy.theta + 1)
})

test('no grades change nothing', () => {
  expect(onboard(PRIOR, [])).toEqual(PRIOR)
})

/** Numbers as from a die: the same ones every time. */
function createDraws(seed: number): { uniform(): number; normal(): number } {
  let state = seed
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()) }
}

/** A prompt that is a little of many clusters, as real ones are. */
function mixed(draws: ReturnType<typeof createDraws>): Reading {
  const weights = Array.from({ length: CLUSTERS }, () => Math.exp(3 * draws.normal()))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return { ...reading(0), clusters: weights.map((weight) => weight / total), difficulty: 1.5 * draws.normal() }
}

/** Models drawn from the prior, each onboarded from answers drawn from its true ability. */
function simulate(models: number, probes: number) {
  const draws = createDraws(7 + probes)
  return Array.from({ length: models }, () => {
    const truth: Profile = {
      ...PRIOR,
      theta: PRIOR.theta + PRIOR.sd * draws.normal(),
      u: PRIOR.u.map((offset) => offset + PRIOR.sd_u * draws.normal()),
    }
    const graded = Array.from({ length: probes }, () => {
      const one = mixed(draws)
      return { reading: one, score: Number(draws.uniform() < predict(one, truth).quality) }
    })
    return { truth, fitted: onboard(PRIOR, graded), prompts: Array.from({ length: 20 }, () => mixed(draws)) }
  })
}

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

test('the uncertainty is right: errors of ability are as large as it says, of θ and on prompts', () => {
  const runs = simulate(60, 120)
  const ofTheta = runs.map(({ truth, fitted }) => (fitted.theta - truth.theta) / fitted.sd)
  // 1 within three standard errors of a standard deviation from 60 models.
  expect(Math.abs(rootMeanSquare(ofTheta) - 1)).toBeLessThan(3 / Math.sqrt(2 * 60))
  const onPrompts = runs.flatMap(({ truth, fitted, prompts }) =>
    prompts.map((one) => {
      const { quality, uncertainty } = predict(one, fitted)
      return (abilityOn(one, fitted) - abilityOn(one, truth)) / (uncertainty / (quality * (1 - quality)))
    }),
  )
  expect(Math.abs(rootMeanSquare(onPrompts) - 1)).toBeLessThan(0.2)
})

test('more probes: closer to the truth, and narrower on every kind of prompt', () => {
  const figures = [0, 30, 120, 480].map((probes) => {
    const runs = simulate(20, probes)
    const errors = runs.flatMap(({ truth, fitted, prompts }) =>
      prompts.map((one) => predict(one, fitted).quality - predict(one, truth).quality),
    )
    const widths = runs.flatMap(({ fitted, prompts }) => prompts.map((one) => predict(one, fitted).uncertainty))
    return { error: rootMeanSquare(errors), width: rootMeanSquare(widths) }
  })
  for (const [index, { error, width }] of figures.entries()) {
    expect(error).toBeLessThan(figures[index - 1]?.error ?? Number.POSITIVE_INFINITY)
    expect(width).toBeLessThan(figures[index - 1]?.width ?? Number.POSITIVE_INFINITY)
  }
})

test('what is known and what is seen count by their precision: a sure prior gives way less', () => {
  const grades = graded(3, 5, 35)
  const unsure = onboard({ ...PRIOR, theta: 2, sd: 2 }, grades)
  const sure = onboard({ ...PRIOR, theta: 2, sd: 0.8 }, grades)
  expect(sure.theta).toBeGreaterThan(unsure.theta)
  expect(unsure.theta).toBeLessThan(2)
})

test('a model is known best on the kinds of prompts it was probed on', () => {
  const profile = onboard(PRIOR, graded(3, 150, 150))
  // 300 answers of one kind: about the standard error of their share, though ability and offset alone stay vague.
  expect(predict(reading(3), profile).uncertainty).toBeLessThan(0.035)
  expect(predict(reading(7), profile).uncertainty).toBeGreaterThan(0.12)
})
