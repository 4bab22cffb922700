import { expect, test } from 'vitest'
import { fitLength } from './fit-length.ts'
import { outputTokens } from './predict.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

const PRIOR: Profile = { id: 'm', theta: 0, sd: 1, u: [], sd_u: 1, thinking: 1, verbosity: 0, evidence: ['facts'] }

const readings = Array.from(
  { length: 120 },
  (_, index): Reading => ({
    clusters: [],
    difficulty: 0,
    difficultyShare: (index % 12) / 11,
    logTokens: 3 + (index % 7) / 2,
    strangeness: 0,
    embedding: new Float32Array(384),
    numbers: [],
  }),
)
/** Answers that scatter by a factor of two about what a model of this manner writes. */
const answersOf = (manner: Pick<Profile, 'thinking' | 'verbosity'>) =>
  readings.map((reading, index) => ({
    reading,
    tokens: outputTokens(reading, { ...PRIOR, ...manner }) * (index % 2 === 0 ? 4 / 3 : 2 / 3),
  }))

test.each([
  { thinking: 0, verbosity: 0.5 },
  { thinking: 0, verbosity: -1 },
  { thinking: 3, verbosity: 0 },
  { thinking: 0.3, verbosity: -0.5 },
])('the lengths of 120 answers show how a model answers: %j', (manner) => {
  const fitted = fitLength(PRIOR, answersOf(manner))
  const total = (profile: Profile) => readings.reduce((sum, reading) => sum + outputTokens(reading, profile), 0)
  expect(total(fitted) / total({ ...PRIOR, ...manner })).toBeGreaterThan(0.9)
  expect(total(fitted) / total({ ...PRIOR, ...manner })).toBeLessThan(1.1)
  if (manner.thinking === 0) expect(fitted.thinking).toBeLessThan(0.1)
})

test('few lengths move what was believed a little, none nothing', () => {
  const manner = { thinking: 1, verbosity: 1.5 }
  const few = fitLength(PRIOR, answersOf(manner).slice(0, 1))
  expect(few.verbosity).toBeLessThan(fitLength(PRIOR, answersOf(manner)).verbosity)
  expect(fitLength(PRIOR, [])).toBe(PRIOR)
})
