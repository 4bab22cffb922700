import { afterEach, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { CACHE, question, send } from './ask-twice.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'
import { keyOf } from './two-kinds.ts'

// A hit is a request like any other, and costs nothing.

let simulator: RunningSimulator | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await simulator?.close()
})

const NONE = { requestsPerMinute: undefined, tokensPerMinute: undefined, concurrent: undefined, budget: undefined }
const ASKING = question('openai-chat', 'up/ok')
const AS_A = { authorization: 'Bearer a' }

async function start(limits: object): Promise<string> {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({
    models: ['ok'],
    upstream: `${simulator.url}/v1`,
    keys: [keyOf('a', { limits: { ...NONE, ...limits } })],
    cache: CACHE,
  })
  return gateway.url
}

test('hits count as requests of their key', async () => {
  const url = await start({ requestsPerMinute: 2 })
  expect((await send(url, ASKING, AS_A)).cache).toBe('miss')
  expect((await send(url, ASKING, AS_A)).cache).toBe('hit')
  expect((await send(url, ASKING, AS_A)).status).toBe(429)
})

test('a key whose money and tokens are used up gets answers of before, and no others', async () => {
  const url = await start({ tokensPerMinute: 100, budget: { nanoUsd: 300_000, per: 'day' } })
  const asking = { ...ASKING, body: { ...ASKING.body, max_tokens: 80 } }
  expect((await send(url, asking, AS_A)).cache).toBe('miss')
  const other = { ...asking, body: { ...asking.body, seed: 1 } }
  expect((await send(url, other, AS_A)).status).toBe(429)
  const again = await Promise.all(Array.from({ length: 8 }, () => send(url, asking, AS_A)))
  expect(again.map(({ cache }) => cache)).toEqual(again.map(() => 'hit'))
})

test('hits take no tokens, and give back their place among the requests under way', async () => {
  const url = await start({ tokensPerMinute: 200, concurrent: 1 })
  const asking = { ...ASKING, body: { ...ASKING.body, max_tokens: 80 } }
  const answers = []
  for (let index = 0; index < 8; index += 1) answers.push((await send(url, asking, AS_A)).cache)
  expect(answers).toEqual(['miss', 'hit', 'hit', 'hit', 'hit', 'hit', 'hit', 'hit'])
})
