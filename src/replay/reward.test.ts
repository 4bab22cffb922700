import { expect, test } from 'vitest'
import type { OutcomeRecord } from '../decision-log/record.ts'
import { gradesOf, rewardOf } from './reward.ts'

const outcome = (id: string, source: OutcomeRecord['source'], reward: number, time = 1): OutcomeRecord => ({
  type: 'outcome',
  id,
  model: 'a/one',
  source,
  reward,
  time,
})

function byId(outcomes: readonly OutcomeRecord[]): Map<string, OutcomeRecord[]> {
  return Map.groupBy(outcomes, ({ id }) => id)
}

test('the last word of a user counts, else the worst that was seen', () => {
  const seen = outcome('1', 'finish', 0)
  expect(rewardOf([])).toBeUndefined()
  expect(rewardOf([seen, outcome('1', 'tool_call', 0.5)])).toBe(0)
  expect(rewardOf([outcome('1', 'user', 0.25, 3), outcome('1', 'user', 1, 2), seen])).toBe(0.25)
})

test('where users rate, what only the gateway saw is left out: it is written down where it was bad alone', () => {
  const outcomes = byId([outcome('1', 'user', 1), outcome('2', 'retry', 0), outcome('3', 'finish', 0)])
  const { rewards, note } = gradesOf(outcomes, new Set(['1', '2', '3', '4']))
  expect(Object.fromEntries(rewards)).toEqual({ 1: 1 })
  expect(note).toContain('2 decisions')
})

test('where nobody rates, an answer that came and of which nothing was amiss is good', () => {
  const { rewards, note } = gradesOf(byId([outcome('2', 'retry', 0), outcome('3', 'failure', 0)]), new Set(['1', '2']))
  expect(Object.fromEntries(rewards)).toEqual({ 1: 1, 2: 0, 3: 0 })
  expect(note).toContain('Nobody rated')
  expect(gradesOf(new Map(), new Set(['1']))).toEqual({ rewards: new Map(), note: undefined })
})
