import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../cli/program.ts'
import { startProgram } from '../cli/program.ts'
import { eventually, HELLO } from '../flow/start-gateway.ts'
import type { TestRedis } from './start-redis.ts'
import { lacksRedis, startRedis } from './start-redis.ts'

// Three processes of the gateway, one budget.

const SECRET = 'team-a-secret'
const PRICE_IN = 1
const PRICE_OUT = 2

let redis: TestRedis
let simulator: RunningSimulator
const gateways: Running[] = []

async function start(usd: number, count = 3): Promise<void> {
  const config = `
server: { keys: [{ name: team-a, key: env:TEAM_A, budget: { usd: ${usd.toFixed(9)}, per: month } }] }
providers: { up: { format: openai-chat, base_url: "${simulator.url}/v1" } }
models: [{ id: "up/ok", facts: { price_in: ${PRICE_IN}, price_out: ${PRICE_OUT}, max_output_tokens: 32000 } }]
aliases: { it: "up/ok" }
router: { use: uniform }
store: { url: "${redis.url}", timeout_ms: 2000 }
`
  const environment = { TEAM_A: SECRET }
  // One after the other: each has its own time to start in.
  for (let place = 0; place < count; place += 1)
    gateways.push(await startProgram(['serve', '--port', '0'], { config, environment }))
}

type Answered = { readonly status: number; readonly usd: number; readonly code: string | undefined }

async function ask(gateway: Running | undefined, more: object = {}): Promise<Answered> {
  const response = await fetch(`${gateway?.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` },
    body: JSON.stringify({ model: 'it', messages: HELLO, ...more }),
  })
  const body = (await response.json()) as {
    usage?: { prompt_tokens: number; completion_tokens: number }
    error?: { code: string }
  }
  const { prompt_tokens: input = 0, completion_tokens: output = 0 } = body.usage ?? {}
  return { status: response.status, usd: (input * PRICE_IN + output * PRICE_OUT) / 1e6, code: body.error?.code }
}

async function spentUsd(): Promise<number> {
  const [key] = (await redis.command('KEYS', 'thalamus:*:budget:*')) as string[]
  return Number(key === undefined ? 0 : await redis.command('HGET', key, 's')) / 1e9
}

const sum = (answers: readonly Answered[]): number => answers.reduce((total, { usd }) => total + usd, 0)

/** What one call costs. */
async function costOfOne(): Promise<number> {
  await start(1, 1)
  const { usd } = await ask(gateways[0])
  await eventually('its settlement', async () => Math.abs((await spentUsd()) - usd) < 1e-9)
  await stop()
  await redis.command('FLUSHALL')
  expect(usd).toBeGreaterThan(0)
  return usd
}

async function stop(): Promise<void> {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()))
}

describe.skipIf(lacksRedis())('three gateways and one store', () => {
  beforeEach(async () => {
    redis = await startRedis()
    simulator = await startSimulator({ port: 0 })
  })

  afterEach(async () => {
    await stop()
    await simulator.close()
    await redis.stop()
  })

  test('a thousand parallel calls against a budget for a hundred of them do not overspend it', async () => {
    const one = await costOfOne()
    const budget = 100 * one
    await start(budget)
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, index) => ask(gateways[index % 3])))
    const served = answers.filter(({ status }) => status === 200)
    const codes = new Set(answers.flatMap(({ code }) => (code === undefined ? [] : [code])))
    process.stdout.write(
      `budget ${budget.toFixed(6)} USD, served ${served.length} of 1000 for ${sum(answers).toFixed(6)} USD; refused: ${[...codes]}\n`,
    )
    expect(sum(answers)).toBeLessThanOrEqual(budget + 1e-9)
    expect(served.length).toBeGreaterThan(50)
    await eventually('every settlement', async () => Math.abs((await spentUsd()) - sum(answers)) < 1e-9)
  }, 120_000)

  test('nor do they while the store is killed for five seconds and comes back empty', async () => {
    const one = await costOfOne()
    const budget = 100 * one
    await start(budget)
    const answers: Answered[] = []
    let isOver = false
    const callers = Array.from({ length: 12 }, async (_, caller) => {
      while (!isOver) {
        answers.push(await ask(gateways[caller % 3], { max_tokens: 200 }))
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
    })
    const served = (): number => answers.filter(({ status }) => status === 200).length
    await eventually('some answers', () => served() >= 20)
    await redis.kill()
    const before = answers.length
    const servedBefore = served()
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const during = answers.slice(before)
    const servedDuring = served() - servedBefore
    await redis.start()
    await eventually('the end of the budget', () => answers.some(({ code }) => code === 'budget_exceeded'), 20_000)
    // For a while longer than a gateway could be behind.
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    isOver = true
    await Promise.all(callers)
    process.stdout.write(
      `budget ${budget.toFixed(6)} USD: ${servedBefore} served before the kill, ${servedDuring} as it came, ${served()} in all, for ${sum(answers).toFixed(6)} USD\n`,
    )
    expect(during.some(({ code }) => code === 'store_unavailable')).toBe(true)
    expect(served()).toBeGreaterThan(servedBefore + servedDuring)
    expect(sum(answers)).toBeLessThanOrEqual(budget + 1e-9)
    await eventually('every settlement', async () => (await spentUsd()) >= sum(answers) - 1e-9)
  }, 120_000)

  test('nor do they while it is emptied again and again', async () => {
    const one = await costOfOne()
    const budget = 60 * one
    await start(budget)
    const answers: Answered[] = []
    let isOver = false
    const callers = Array.from({ length: 6 }, async (_, caller) => {
      while (!isOver) {
        answers.push(await ask(gateways[caller % 3], { max_tokens: 200 }))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })
    const served = (): number => answers.filter(({ status }) => status === 200).length
    for (const enough of [12, 24, 36]) {
      await eventually(`${enough} answers`, () => served() >= enough, 20_000)
      await redis.command('FLUSHALL')
    }
    await eventually('the end of the budget', () => answers.some(({ code }) => code === 'budget_exceeded'), 30_000)
    isOver = true
    await Promise.all(callers)
    process.stdout.write(
      `budget ${budget.toFixed(6)} USD, emptied three times: ${served()} served for ${sum(answers).toFixed(6)} USD\n`,
    )
    expect(sum(answers)).toBeLessThanOrEqual(budget + 1e-9)
    await eventually('every settlement', async () => (await spentUsd()) >= sum(answers) - 1e-9)
  }, 120_000)
})
