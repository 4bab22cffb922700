import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../cli/program.ts'
import { chat, startProgram } from '../cli/program.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

// 0.0008 to 0.001 dollars a call.
const config = (per: string) => `
server: { keys: [{ name: team-a, key: env:TEAM_A, budget: { usd: 0.01, per: ${per} } }] }
ledger: { sqlite: usage.sqlite }
providers: { up: { base_url: "${simulator.url}/v1" } }
models: [{ id: "up/tokens=40", facts: { price_in: 0, price_out: 20 } }]
`

const environment = { TEAM_A: 'team-a-secret' }

async function ask(program: Running): Promise<number> {
  const headers = { authorization: 'Bearer team-a-secret' }
  const response = await chat(program.url, { model: 'up/tokens=40', max_tokens: 50 }, headers)
  await response.text()
  return response.status
}

async function askUntilRefused(program: Running): Promise<number> {
  for (let served = 0; served < 100; served += 1) if ((await ask(program)) !== 200) return served
  throw new Error('never refused')
}

test('after kill -9 a budget goes on from what the ledger has of its period, also when it is edited to another', async () => {
  const start = (folder?: string) =>
    startProgram(['serve', '--port', '0'], {
      config: config('month'),
      environment,
      ...(folder === undefined ? {} : { folder }),
    })
  const first = await start()
  for (let turn = 0; turn < 5; turn += 1) expect(await ask(first)).toBe(200)
  first.signal('SIGKILL')
  await first.finished
  const second = await start(first.folder)
  const served = await askUntilRefused(second)
  expect(served).toBeGreaterThan(3)
  expect(served).toBeLessThan(8)
  second.edit(config('day'))
  await second.until(/config_reloaded/)
  expect(await ask(second)).toBe(429)
  second.signal('SIGKILL')
  await second.finished
  const third = await start(first.folder)
  expect(await ask(third)).toBe(429)
  await third.stop()
}, 60_000)
