import { expect, test } from 'vitest'
import type { Counters, StoreHealth } from './core/counters.ts'
import { storeCheck } from './health-checks.ts'

const counters = (health: StoreHealth | undefined): Counters => ({ health: () => health }) as unknown as Counters
const down = (isNeeded: boolean): StoreHealth => ({
  isUp: false,
  problem: 'connect ECONNREFUSED 10.0.0.7:6379',
  isNeeded,
})

test('T-77 a store that is down is told to anyone, its address is not, and it is needed by its policy', () => {
  expect(storeCheck(counters(down(true))).problem()).toBe('it does not answer; the log says why')
  expect(storeCheck(counters(down(true))).isNeeded()).toBe(true)
  expect(storeCheck(counters(down(false))).isNeeded()).toBe(false)
})

test('a store that is up is no problem, and where there is none, none is named', () => {
  expect(storeCheck(counters({ isUp: true, problem: undefined, isNeeded: true })).problem()).toBeUndefined()
  expect(storeCheck(counters(undefined)).isUsed?.()).toBe(false)
})
