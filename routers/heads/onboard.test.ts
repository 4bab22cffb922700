import { expect, test } from 'vitest'
import { onboard } from './onboard.ts'
import { predict } from './predict.ts'
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
  expect(profile.evidence).toEqual(['probes'])
})

test('few grades move what was believed a little, many a lot, and narrow it', () => {
  const few = onboard(PRIOR, graded(3, 3, 0))
  const many = onboard(PRIOR, graded(3, 300, 0))
  const before = predict(reading(3), PRIOR).quality
  expect(predict(reading(3), few).quality).toBeGreaterThan(before)
  expect(predict(reading(3), many).quality).toBeGreaterThan(predict(reading(3), few).quality)
  expect(many.sd).toBeLessThan(few.sd)
  expect(onboard(PRIOR, []).theta).toBe(0)
})

test('good answers to hard prompts say more of a model than good answers to easy ones', () => {
  const easy = onboard(PRIOR, graded(3, 20, 0, -3))
  const hard = onboard(PRIOR, graded(3, 20, 0, 3))
  expect(hard.theta).toBeGreaterThan(easy.theta + 1)
})
