import { expect, test } from 'vitest'
import type { HealthCheck } from './readiness.ts'
import { createReadiness } from './readiness.ts'

/** A clock whose timers fire when they are told to. */
function createClock() {
  const timers: (() => void)[] = []
  return {
    timer(_milliseconds: number, fire: () => void) {
      timers.push(fire)
      return { cancel: () => undefined, refresh: () => undefined }
    },
    fireAll: () => timers.splice(0).forEach((fire) => void fire()),
  }
}

const check = (name: string, problem: HealthCheck['problem'], isNeeded = true): HealthCheck => ({
  name,
  problem,
  isNeeded: () => isNeeded,
})

test('T-77 what is needed and down is not ready, what is not needed is said; both mend themselves', async () => {
  let store: string | undefined = 'down'
  let router: string | undefined = 'slow'
  const readiness = createReadiness(
    [check('store', () => Promise.resolve(store)), check('router', () => router, false)],
    createClock(),
  )
  expect(await readiness()).toEqual({ ready: false, checks: { store: 'down', router: 'slow' } })
  store = undefined
  expect(await readiness()).toEqual({ ready: true, checks: { store: 'ok', router: 'slow' } })
  router = undefined
  expect(await readiness()).toEqual({ ready: true, checks: { store: 'ok', router: 'ok' } })
})

test('a check that never answers, and one that throws, are problems and no wait', async () => {
  const clock = createClock()
  const hanging = check('store', () => new Promise(() => undefined))
  const broken = check('disk', () => {
    throw new Error('/var/secret/place')
  })
  const answer = createReadiness([hanging, broken], clock)()
  await new Promise(setImmediate)
  clock.fireAll()
  expect(await answer).toEqual({
    ready: false,
    checks: { store: 'no answer within 1000 ms', disk: 'it cannot be asked' },
  })
})

test('many who ask at once are one round of questions', async () => {
  let asked = 0
  const readiness = createReadiness(
    [
      check('store', () => {
        asked += 1
        return Promise.resolve(undefined)
      }),
    ],
    createClock(),
  )
  await Promise.all(Array.from({ length: 100 }, () => readiness()))
  expect(asked).toBe(1)
})
