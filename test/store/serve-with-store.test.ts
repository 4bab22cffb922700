import { expect, test } from 'vitest'
import { runProgram, startProgram } from '../cli/program.ts'

// How the program takes a store that is away, or an address that is a secret.

const ENVIRONMENT = { TEAM_A: 'team-a-secret', STORE: 'redis://:store-password@127.0.0.1:1' }

const config = (store: string): string => `
server: { keys: [{ name: team-a, key: env:TEAM_A, limits: { concurrent: 1 }, budget: { usd: 1, per: day } }, { name: b, key: env:STORE }] }
providers: { up: { base_url: "http://127.0.0.1:9/v1" } }
models: [{ id: up/m, facts: { price_in: 1, price_out: 1 } }]
router: { use: uniform }
store: ${store}
`

test('a store that is away is said, and keeps nothing from starting; budgets are refused meanwhile', async () => {
  const program = await startProgram(['serve', '--port', '0'], {
    config: config('{ url: env:STORE }'),
    environment: ENVIRONMENT,
  })
  await program.until(/"event":"store_down"/)
  const response = await fetch(`${program.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ENVIRONMENT.TEAM_A}` },
    body: JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ error: { code: 'store_unavailable' } })
  const headers = { authorization: `Bearer ${ENVIRONMENT.TEAM_A}` }
  const metrics = await (await fetch(`${program.url}/metrics`, { headers })).text()
  expect(metrics).toMatch(/^thalamus_store_up 0$/m)
  const ready = await fetch(`${program.url}/readyz`)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({ checks: { store: expect.not.stringMatching(/^ok$/) } })
  const { status, stdout } = await program.stop()
  expect(status).toBe(0)
  expect(stdout).not.toContain('store-password')
})

test('T-77 a gateway that lets nobody in without its store is not ready without it', async () => {
  const program = await startProgram(['serve', '--port', '0'], {
    config: config('{ url: env:STORE, on_failure: closed }'),
    environment: ENVIRONMENT,
  })
  await program.until(/"event":"store_down"/)
  const ready = await fetch(`${program.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({ ready: false, checks: { store: expect.not.stringMatching(/^ok$/) } })
  await program.stop()
})

test.each([
  ['{ url: "redis://:store-password@127.0.0.1:1" }', /store\.url: neither the address of a Redis or Valkey/],
  ['{ url: env:NOWHERE }', /store\.url: env:NOWHERE is not set/],
  ['{ url: env:TEAM_A }', /store\.url: what is kept there is no address/],
])('an address that cannot be used is said at the start, and no password: %s', async (store, problem) => {
  const { status, stdout, stderr } = await runProgram(['check'], { config: config(store), environment: ENVIRONMENT })
  expect(status).toBe(1)
  expect(stderr).toMatch(problem)
  expect(stdout + stderr).not.toContain('store-password')
  expect(stdout + stderr).not.toContain('team-a-secret')
})
