import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Counters, KeyLimits } from '../../src/core/counters.ts'
import { createMemoryCounters } from '../../src/limits/memory-counters.ts'
import { nodeClock } from '../../src/platform/node/ports.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import { BEARER, keyOf } from './key-of.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, startGateway } from './start-gateway.ts'

// What a key may use, at every door.

let simulator: RunningSimulator
let gateway: TestGateway | undefined
let upstream: CaptureUpstream | undefined

beforeEach(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  await simulator.close()
  gateway = undefined
  upstream = undefined
})

const CHAT = { messages: HELLO, max_tokens: 500 }
const GEMINI = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }

type Door = readonly [name: string, path: string, body: object]
const doors: readonly Door[] = [
  ['chat completions', '/v1/chat/completions', { model: 'up/ok', ...CHAT }],
  ['chat completions, streamed', '/v1/chat/completions', { model: 'up/ok', ...CHAT, stream: true }],
  ['chat completions, routed', '/v1/chat/completions', { model: 'auto', ...CHAT }],
  ['responses', '/v1/responses', { model: 'up/ok', input: 'Hello' }],
  ['messages', '/v1/messages', { model: 'up/ok', ...CHAT }],
  ['messages, streamed', '/v1/messages', { model: 'up/ok', ...CHAT, stream: true }],
  ['gemini', '/v1beta/models/up%2Fok:generateContent', GEMINI],
  ['legacy completions', '/v1/completions', { model: 'up/ok', prompt: 'Hello', max_tokens: 50 }],
  ['embeddings', '/v1/embeddings', { model: 'up/ok', input: 'Hello' }],
  ['a count of tokens', '/v1/messages/count_tokens', { model: 'auto', messages: HELLO }],
  ['Gemini’s count of tokens', '/v1beta/models/auto:countTokens', GEMINI],
  ['what is passed through', '/v1/moderations', { model: 'up/ok', input: 'Hello' }],
]

function ask(path: string, body: object): Promise<Response> {
  return fetch(`${gateway?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...BEARER },
    body: JSON.stringify(body),
  })
}

async function start(limits: KeyLimits, models: readonly string[] = ['ok'], counters?: Counters): Promise<void> {
  gateway = await startGateway({
    models,
    upstream: `${simulator.url}/v1`,
    keys: [keyOf(limits)],
    timeouts: { totalMs: 5_000 },
    ...(counters === undefined ? {} : { counters }),
  })
}

test.each(doors)('%s: the second request of two a minute that may be one is refused', async (_name, path, body) => {
  await start({ requestsPerMinute: 1 })
  const first = await ask(path, body)
  await first.text()
  expect(first.status).not.toBe(429)
  const second = await ask(path, body)
  expect(second.status).toBe(429)
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(50)
  expect(second.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  expect(JSON.stringify(await second.json())).toContain('requests a minute')
})

const paid = doors.filter(([name]) => !name.includes('count'))

test.each(paid)('%s: a budget that is used up refuses, and says when it begins anew', async (_name, path, body) => {
  const limits = { budget: { nanoUsd: 10_000, per: 'month' as const } }
  const counters = createMemoryCounters(nodeClock)
  const cost = { full: 10_000, least: 10_000 }
  const all = counters.take({ key: 'team-a', call: 'c', limits, tokens: 0, cost, leaseMs: 1_000 })
  if (all.type === 'granted') all.hold.settle({ tokens: 0, nanoUsd: 10_000 })
  await start(limits, ['ok'], counters)
  const response = await ask(path, body)
  expect(response.status).toBe(429)
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(await response.text()).toMatch(/a month, .* begins anew on \d{4}-\d\d-01 at 00:00 UTC/)
})

test('requests under way at once are bounded, and one that its client gave up is not under way', async () => {
  await start({ concurrent: 1 }, ['never-ends'])
  const body = { model: 'up/never-ends', ...CHAT, stream: true }
  const leaving = new AbortController()
  const first = await fetch(`${gateway?.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...BEARER },
    body: JSON.stringify(body),
    signal: leaving.signal,
  })
  expect(first.status).toBe(200)
  const second = await ask('/v1/chat/completions', body)
  expect(second.status).toBe(429)
  expect(await second.json()).toMatchObject({ error: { code: 'concurrency_limited', type: 'rate_limit_error' } })
  leaving.abort()
  await first.text().catch(() => undefined)
  await eventually(
    'the place of the first',
    async () => (await ask('/v1/embeddings', { model: 'up/ok', input: 'a' })).status === 200,
  )
})

test('tokens a minute are those that were used, and a prompt that no minute has room for is refused as such', async () => {
  await start({ tokensPerMinute: 1_000 })
  const first = await ask('/v1/chat/completions', { model: 'up/ok', ...CHAT })
  const { usage } = (await first.json()) as { usage: { total_tokens: number } }
  expect(first.headers.get('x-ratelimit-limit-tokens')).toBe('1000')
  const second = await ask('/v1/chat/completions', { model: 'up/ok', messages: HELLO, max_tokens: 1 })
  const left = Number(second.headers.get('x-ratelimit-remaining-tokens'))
  // Of the first only what it took; of the second its prompt and one token.
  expect(1_000 - usage.total_tokens - left).toBeGreaterThan(0)
  expect(1_000 - usage.total_tokens - left).toBeLessThan(30)
  const long = await ask('/v1/chat/completions', {
    model: 'up/ok',
    messages: [{ role: 'user', content: 'word '.repeat(2_000) }],
  })
  expect(long.status).toBe(429)
  expect(long.headers.get('retry-after')).toBeNull()
  expect(await long.text()).toContain('the prompt alone')
})

test('a thousand parallel calls against a budget for a hundred of them do not overspend', async () => {
  await start({ budget: { nanoUsd: 1e9, per: 'day' } })
  await (await ask('/v1/chat/completions', { model: 'up/ok', ...CHAT })).text()
  const cost = (): number =>
    (gateway?.log ?? [])
      .filter(({ event }) => event === 'request')
      .reduce((sum, { cost_usd: usd }) => sum + (typeof usd === 'number' ? usd : 0), 0)
  await eventually('its cost', () => cost() > 0)
  const one = cost()
  await gateway?.close()

  const budget = 100 * one
  await start({ budget: { nanoUsd: Math.round(budget * 1e9), per: 'day' } })
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      // Every other one has no limit of its own.
      const limit = index % 2 === 0 ? {} : { max_tokens: 100 }
      const response = await ask('/v1/chat/completions', { model: 'up/ok', messages: HELLO, ...limit })
      const body = await response.text()
      if (response.status !== 200) expect(JSON.parse(body)).toMatchObject({ error: { code: 'budget_exceeded' } })
      return response.status
    }),
  )
  const served = answers.filter((status) => status === 200).length
  await eventually('every record', () => gateway?.log.filter(({ event }) => event === 'request').length === 1_000)
  expect(cost()).toBeLessThanOrEqual(budget * (1 + 1e-9))
  // Waiting lets the budget be used: what cannot pay for another call is all that is left.
  expect(served).toBeGreaterThan(70)
  expect(served).toBeLessThanOrEqual(100)
}, 60_000)

test.each([
  ['Chat Completions', '/v1/chat/completions', { model: 'up/m', messages: HELLO }, 'max_completion_tokens'],
  [
    'Chat Completions, by the old name',
    '/v1/chat/completions',
    { model: 'up/m', messages: HELLO, max_tokens: 9_000 },
    'max_tokens',
  ],
  ['Messages', '/v1/messages', { model: 'up/m', messages: HELLO, max_tokens: 9_000 }, 'max_completion_tokens'],
  ['legacy completions', '/v1/completions', { model: 'up/m', prompt: 'Hello', max_tokens: 9_000 }, 'max_tokens'],
] as const)('a budget that does not pay for the longest answer bounds it: %s', async (_name, path, body, member) => {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"no"}}')
  })
  // At 2 dollars a million: a thousand tokens and the prompt.
  gateway = await startGateway({
    models: ['m'],
    upstream: upstream.url,
    provider: path === '/v1/completions' ? 'vllm' : 'openai',
    keys: [keyOf({ budget: { nanoUsd: 2_000_000, per: 'day' } })],
  })
  const response = await ask(path, body)
  expect(response.status).toBe(502)
  const sent = JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')
  expect(sent[member]).toBeGreaterThanOrEqual(256)
  expect(sent[member]).toBeLessThanOrEqual(1_000)
  expect('max_tokens' in sent && 'max_completion_tokens' in sent).toBe(false)
  // A call that failed costs nothing: as much can be had again.
  await ask(path, body)
  expect(JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')[member]).toBe(sent[member])
})

test('a bounded answer leaves room beyond its thoughts, where the model is one that budgets them', async () => {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"no"}}')
  })
  gateway = await startGateway({
    models: ['claude-sonnet-4-5'],
    upstream: upstream.url,
    provider: 'anthropic',
    keys: [keyOf({ budget: { nanoUsd: 8_000_000, per: 'day' } })],
  })
  const thinking = { type: 'enabled', budget_tokens: 16_000 }
  await ask('/v1/messages', { model: 'up/claude-sonnet-4-5', messages: HELLO, max_tokens: 20_000, thinking })
  const sent = JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')
  expect(sent.max_tokens).toBeLessThan(4_000)
  expect(sent.thinking?.budget_tokens ?? 0).toBeLessThan(sent.max_tokens)
})

test('a call that no model can be asked gives back what it held', async () => {
  await start({ concurrent: 1 })
  for (let call = 0; call < 3; call += 1) {
    const response = await ask('/v1/responses', { model: 'up/ok', input: 'Hello', previous_response_id: 'resp_1' })
    expect(response.status).toBe(400)
    await response.text()
  }
})
