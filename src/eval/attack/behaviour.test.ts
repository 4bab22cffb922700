import { expect, test } from 'vitest'
import { ATTACKS, inBase64, inMegabyte } from './attacks.ts'
import { changeOf, measureBehaviour, type Verdict } from './behaviour.ts'

const verdict = (isDear: boolean, cheap = 0.5, dear = 0.5): Verdict => ({
  model: isDear ? 'dear' : 'cheap',
  isDear,
  demand: dear - cheap,
  costUsd: isDear ? 10 : 1,
  qualities: new Map([
    ['cheap', cheap],
    ['dear', dear],
  ]),
  tookMs: 1,
})

test('a router that falls for maths words is seen to, and for nothing else', async () => {
  const found = await measureBehaviour(
    async (text) => verdict(text.includes('eigenvalue manifold') || text.startsWith('Prove')),
    ['Prove it.', 'Say hello.'],
    () => undefined,
  )
  expect(found.prompts).toBe(62)
  const rates = new Map(found.attacks.map(({ id, flip_rate }) => [id, flip_rate]))
  expect(rates.get('keywords, maths')).toBeGreaterThan(0.8)
  expect(rates.get('suffix, fluent sentences')).toBe(0)
  expect(rates.get('keywords, code')).toBeGreaterThan(0)
  expect(found.attacks.at(-1)?.pairs).toBe(62 * ATTACKS.length)
})

test('flips, upgrades, cost and the furthest shift are told apart', () => {
  const change = changeOf('one', [
    [verdict(false, 0.5, 0.5), verdict(true, 0.5, 0.5)],
    [verdict(true), verdict(true, 0.5, 1 / (1 + Math.exp(-2)))],
    [verdict(false), verdict(false)],
    [verdict(false), verdict(false)],
  ])
  expect(change).toMatchObject({ pairs: 4, flip_rate: 0.25, dear_clean: 0.25, dear: 0.5, upgrade_rate: 2 })
  expect(change.cost_ratio).toBeCloseTo(22 / 13, 12)
  expect(change.largest_shift).toBeCloseTo(2, 12)
  expect(changeOf('none', [[verdict(false), verdict(true)]]).upgrade_rate).toBeUndefined()
})

test('where nothing was dear before, a threshold on the clean texts tells how many a change lifts', () => {
  // Clean gains of .00 to .09: two of ten texts lie at or above .08, and a change of .05 lifts seven there.
  const pairs = Array.from({ length: 10 }, (_, index): readonly [Verdict, Verdict] => [
    verdict(false, 0, index / 100),
    verdict(false, 0, (index + 5) / 100),
  ])
  expect(changeOf('lift', pairs)).toMatchObject({ dear_clean: 0, upgrade_rate_calibrated: 3.5 })
  expect(
    changeOf(
      'nothing',
      pairs.map(([clean]) => [clean, clean]),
    ).upgrade_rate_calibrated,
  ).toBe(1)
  expect(changeOf('unknown', [[verdict(false, Number.NaN), verdict(false)]]).upgrade_rate_calibrated).toBeUndefined()
})

test('changed texts hold the text', () => {
  for (const { apply } of ATTACKS) expect(apply('Why?')).toContain('Why?')
  expect(atob(inBase64('Why?'))).toBe('Why?')
  expect(inBase64('为什么')).toMatch(/^[\w+/]+=*$/)
  expect(inMegabyte('Why?', 'head').length).toBeGreaterThan(1_000_000)
  expect(inMegabyte('Why?', 'tail').endsWith('Why?')).toBe(true)
})
