import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UsageRecord } from '../../src/core/ledger.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { LedgerTotals } from '../../src/simulator/ledger.ts'
import { eventually, HELLO, startGateway } from './start-gateway.ts'

// Whoever keeps a ledger has the model count the tokens of streams also for clients who did not ask for that.

let simulator: Awaited<ReturnType<typeof startSimulator>>

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const ASKED: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', { messages: HELLO }],
  ['/v1/chat/completions', { messages: HELLO, stream_options: { include_usage: false } }],
  ['/v1/completions', { prompt: 'Hello' }],
]

test.each(ASKED)('%s %j: counted to the token, and the client sees no count', async (path, body) => {
  const records: UsageRecord[] = []
  const gateway = await startGateway({
    models: ['tokens=37;think=5'],
    upstream: `${simulator.url}/v1`,
    ledger: { append: (more) => void records.push(...more), spentSince: () => 0, close: () => undefined },
  })
  await fetch(`${simulator.url}/simulator/usage`, { method: 'DELETE' })
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/tokens=37;think=5', stream: true, ...body }),
  })
  const text = await response.text()
  expect(text).not.toMatch(/"usage":\s*\{/)
  expect(text).not.toMatch(/"choices":\s*\[\s*\]/)
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  await eventually('the record', () => records.length === 1)
  const { models } = (await (await fetch(`${simulator.url}/simulator/usage`)).json()) as LedgerTotals
  const [sent] = Object.values(models)
  expect(records[0]).toMatchObject({
    inputTokens: sent?.prompt_tokens,
    outputTokens: sent?.completion_tokens,
    isEstimated: false,
  })
  await gateway.close()
})

test('whoever asks for the count gets it', async () => {
  const gateway = await startGateway({
    models: ['ok'],
    upstream: `${simulator.url}/v1`,
    ledger: { append: () => undefined, spentSince: () => 0, close: () => undefined },
  })
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/ok', stream: true, messages: HELLO, stream_options: { include_usage: true } }),
  })
  expect(await response.text()).toMatch(/"choices":\s*\[\s*\]/)
  await gateway.close()
})
