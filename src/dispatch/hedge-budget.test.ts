import { expect, test } from 'vitest'
import { createHedgeBudget } from './hedge-budget.ts'

test('at most the share of all calls asks twice, and quiet hours save up no flood', () => {
  const budget = createHedgeBudget()
  let taken = 0
  for (let call = 0; call < 1_000; call += 1) {
    budget.earn(0.05)
    if (budget.take()) taken += 1
  }
  expect(taken).toBe(50)
  for (let call = 0; call < 10_000; call += 1) budget.earn(0.05)
  let flood = 0
  while (budget.take()) flood += 1
  expect(flood).toBe(10)
})

test('what was not sent is given back', () => {
  const budget = createHedgeBudget()
  budget.earn(1)
  expect(budget.take()).toBe(true)
  budget.giveBack()
  expect(budget.take()).toBe(true)
  expect(budget.take()).toBe(false)
})
