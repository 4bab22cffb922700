import { expect, test } from 'vitest'
import { exp } from '#core/portable-maths.ts'
import { target } from '../../test/contract/describe-router.ts'
import { metadataProfile } from './metadata-prior.ts'
import { onboard } from './onboard.ts'
import { predict } from './predict.ts'
import { createProfiles, type Profile } from './profile.ts'
import type { Reading } from './reading.ts'
import { storedProfiles } from './stored-profiles.ts'

const CLUSTERS = 80
/** A prompt of one cluster, as far from the training data as nothing. */
const reading = (difficulty: number): Reading => ({
  clusters: Array.from({ length: CLUSTERS }, (_, index) => Number(index === 0)),
  difficulty,
  difficultyShare: 0.5,
  logTokens: 5,
  strangeness: 0,
  embedding: new Float32Array(384),
  numbers: [],
})
const EASIEST = -4.379

const profileOf = createProfiles()
const guess = profileOf(target('up/dribble'))

test('a guess from facts is a wide one even where a prompt is as easy as can be', () => {
  const { quality, uncertainty } = predict(reading(EASIEST), guess)
  expect(quality).toBeLessThan(0.99)
  expect(uncertainty).toBeGreaterThan(0.05)
  expect(predict(reading(0), guess).uncertainty).toBeGreaterThan(0.15)
})

test('so is a guess that is shipped, but not one that rests on a relative that was measured', () => {
  const shipped = storedProfiles().find(({ evidence }) => evidence.join() === 'facts')
  expect(predict(reading(EASIEST), profileOf(target(shipped?.id ?? ''))).uncertainty).toBeGreaterThan(0.03)
  const related = storedProfiles().find(({ evidence }) => evidence.join() === 'facts,family')
  expect(profileOf(target(related?.id ?? '')).sd_slope).toBe(undefined)
})

test('a measured model’s prediction is the curve at its mean, to the last bit', () => {
  const measured: Profile = { ...guess, sd_slope: undefined, u: [], sd: 0.25, sd_u: 0.35, theta: 1.7 }
  const quality = 1 / (1 + exp(-3 - 1.7))
  expect(predict(reading(-3), measured)).toMatchObject({
    quality,
    uncertainty: Math.sqrt(0.25 * 0.25 + 0.35 * 0.35) * quality * (1 - quality),
  })
})

test('mean and deviation of a guess are those over every logit it may have', () => {
  for (const difficulty of [EASIEST, -1, 1, 3]) {
    const { quality, uncertainty } = predict(reading(difficulty), guess)
    const logit = guess.theta + 1.5 * Math.tanh((guess.u[0] ?? 0) / 1.5) - difficulty
    const sd = Math.sqrt(guess.sd ** 2 + guess.sd_u ** 2 + ((guess.sd_slope ?? 0) * logit) ** 2)
    let [weights, sum, squares] = [0, 0, 0]
    for (let z = -8; z <= 8; z += 0.001) {
      const weight = Math.exp((-z * z) / 2)
      const there = 1 / (1 + Math.exp(-(logit + z * sd)))
      weights += weight
      sum += weight * there
      squares += weight * there * there
    }
    const mean = sum / weights
    expect(Math.abs(quality - mean)).toBeLessThan(0.01)
    expect(Math.abs(uncertainty - Math.sqrt(squares / weights - mean * mean))).toBeLessThan(0.02)
  }
})

test('graded answers end the guessing: fewer and fewer doubts about easy prompts', () => {
  const answers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ reading: reading((index % 5) - 3), score: Number(index % 5 < 4) }))
  const after = [0, 5, 30, 140].map((count) => predict(reading(EASIEST), onboard(guess, answers(count))).uncertainty)
  expect(after).toEqual(after.toSorted((left, right) => right - left))
  expect(after[3]).toBeLessThan((after[0] ?? 0) / 3)
})

test('what a guess says of its own error is what it misses models of outcome data by', () => {
  const misses = storedProfiles()
    .filter(({ evidence, kind }) => kind === 'model' && evidence.join() === 'outcomes')
    .map(({ id, theta }) => {
      const guessed = metadataProfile(target(`x/${id.split('/').at(-1)}`))
      return { missed: (guessed.theta - theta) ** 2, stated: guessed.sd ** 2 }
    })
  const mean = (values: readonly number[]) => Math.sqrt(values.reduce((sum, one) => sum + one, 0) / values.length)
  const ratio = mean(misses.map(({ missed }) => missed)) / mean(misses.map(({ stated }) => stated))
  expect(misses.length).toBeGreaterThan(150)
  expect(ratio).toBeGreaterThan(0.8)
  expect(ratio).toBeLessThan(1.2)
})

test('every fact that is known narrows the guess', () => {
  const known = { released: '2025-06', price_out: 1, reasoning: false, params_b: 30 }
  const sds = Object.keys(known).map((_, count) => {
    const facts = Object.fromEntries(Object.entries(known).slice(0, count + 1))
    return metadataProfile(target('up/dribble', facts)).sd
  })
  for (const [index, sd] of sds.entries()) expect(sd).toBeLessThan([guess.sd, ...sds][index] ?? 0)
})
