import { expect, test } from 'vitest'
import { EFFORT_SHARES, nearestEffort, USUAL_ANSWER_TOKENS } from './nearest-effort.ts'

test('the budget that a level stands for is that level again, and one token more is the next', () => {
  const budgetOf = (level: string): number => Math.floor((EFFORT_SHARES[level] ?? 0) * USUAL_ANSWER_TOKENS)
  for (const level of ['low', 'medium', 'high']) expect(nearestEffort(budgetOf(level))).toBe(level)
  expect(nearestEffort(budgetOf('low') + 1)).toBe('medium')
  expect(nearestEffort(budgetOf('medium') + 1)).toBe('high')
})

test('no thinking and as much as the model likes are no levels', () => {
  expect(nearestEffort(0)).toBe('none')
  expect(nearestEffort(-1)).toBeUndefined()
})
