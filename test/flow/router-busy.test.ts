import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { queueFull } from '../../src/core/queue-full.ts'
import { defineRouter } from '../../src/core/router.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { HELLO, post, startGateway, type TestGateway } from './start-gateway.ts'

/** A router whose inference queue is full from the start. */
const full = defineRouter({
  id: 'full',
  settings: z.strictObject({ device: z.string().optional() }),
  runtimes: ['node'],
  open: () =>
    Promise.resolve({
      name: 'full@1',
      device: 'cpu',
      predict: () => Promise.reject(queueFull(64)),
      close: () => Promise.resolve(),
    }),
})

let simulator: RunningSimulator
let gateway: TestGateway
beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({ models: ['ok', 'dribble'], upstream: `${simulator.url}/v1`, uniform: full })
})
afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

test('with a full queue a call is answered from the fixed order, says so, and is counted', async () => {
  const response = await post(gateway.url, { model: 'auto', messages: HELLO })
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-reason')).toBe('router busy')
  await response.text()
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(metrics).toMatch(/thalamus_decisions_total\{model="up\/ok",policy="balanced",reason="router busy"\} 1/)
  expect(gateway.log.filter(({ event }) => event === 'router_failed')).toEqual([])
})
