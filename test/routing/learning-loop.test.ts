import { expect, test } from 'vitest'
import { playLoop } from '../../bench/learn/closed-loop.ts'
import {
  CHANGED_KIND,
  calmScene,
  dropScene,
  firstWhere,
  meanOf,
  shareOf,
  unaskedScene,
  WELL_FROM,
  WORSE_FROM,
} from '../../bench/learn/scenes.ts'

// The gateway's own decisions and learning in a loop with a table for the world. Figures over many runs: bench/learn.

test('a model that gets worse at one kind of prompt is left there, not elsewhere, and comes back when it is well again', async () => {
  const { calls } = await playLoop(dropScene({ seed: 1, calls: 45_000 }))
  const changed = calls.filter(({ kind }) => kind === CHANGED_KIND)
  const before = changed.filter(({ call }) => call < WORSE_FROM)
  const during = changed.filter(({ call }) => call >= WORSE_FROM && call < WELL_FROM)
  const after = changed.filter(({ call }) => call >= WELL_FROM)
  expect(shareOf(before, 'large')).toBeGreaterThan(0.9)
  const left = firstWhere(during, 'large', (share) => share < 0.5)
  const rewards = during.filter((one) => one.model === 'large' && one.hasFeedback && one.call < (left?.call ?? 0))
  expect(left).toBeDefined()
  expect(rewards.length).toBeLessThanOrEqual(60)
  // Staying would have meant 0.46 throughout.
  expect(meanOf(during, ({ quality }) => quality)).toBeGreaterThan(0.6)
  expect(firstWhere(after, 'large', (share) => share > 0.8)).toBeDefined()
  const elsewhere = calls.filter((one) => one.kind !== CHANGED_KIND && one.call >= WORSE_FROM && one.call < WELL_FROM)
  const fixed = (await playLoop(dropScene({ seed: 1, calls: WELL_FROM, isLearning: false }))).calls.filter(
    (one) => one.kind !== CHANGED_KIND && one.call >= WORSE_FROM,
  )
  const lost = meanOf(fixed, ({ quality }) => quality) - meanOf(elsewhere, ({ quality }) => quality)
  expect(lost).toBeLessThan(0.02)
})

test('without learning, the same drop raises the alarm that names the model and the remedy', async () => {
  const { calls, alarms } = await playLoop(dropScene({ seed: 2, calls: WELL_FROM, isLearning: false }))
  const during = calls.filter(({ call, kind }) => kind === CHANGED_KIND && call >= WORSE_FROM)
  expect(shareOf(during, 'large')).toBe(1)
  const alarm = alarms.find(({ call, fields }) => call >= WORSE_FROM && fields['of'] === 'cusum')
  expect(alarm?.fields).toMatchObject({ model: 'large', cluster: CHANGED_KIND, by: 'users' })
  expect(alarm?.fields['remedy']).toContain('thalamus profile large')
})

test('exploring two percent costs no more quality and money than its bounds', async () => {
  const options = { seed: 3, calls: 12_000, isLearning: false }
  const [explored, plain] = await Promise.all([
    playLoop(calmScene({ ...options, explore: 0.02 })),
    playLoop(calmScene(options)),
  ])
  const share = meanOf(explored.calls, ({ isExplored }) => Number(isExplored))
  expect(share).toBeGreaterThan(0)
  expect(share).toBeLessThan(0.02)
  // An explored answer is at most band + 3 points below the best, and at most twice as dear.
  const quality = (run: typeof plain) => meanOf(run.calls, (call) => call.quality)
  const cost = (run: typeof plain) => meanOf(run.calls, ({ costUsd }) => costUsd)
  const noise = 0.004
  expect(quality(plain) - quality(explored)).toBeLessThan(0.02 * 0.05 + noise)
  expect(cost(explored) / cost(plain) - 1).toBeLessThan(0.02 + 0.02)
})

test('models that are never the best are tried as often where all answers are shorter than predicted', async () => {
  const tried = async (lengthRatio: number): Promise<number[]> => {
    const { calls } = await playLoop(unaskedScene(lengthRatio, { seed: 4, calls: 6_000 }))
    return ['rival', 'medium'].map((model) => calls.filter((one) => one.model === model && one.call >= 2_000).length)
  }
  const asPredicted = await tried(1)
  for (const count of asPredicted) expect(count).toBeGreaterThan(30)
  expect(await tried(0.2)).toEqual(asPredicted)
})
