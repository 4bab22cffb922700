import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createMemoryCounters } from '../../src/limits/memory-counters.ts'
import { nodeClock } from '../../src/platform/node/ports.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import { BEARER, keyOf } from './key-of.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// A budget pays for the target that is asked, not for the dearest that might be.

const running: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

type Asked = { readonly model: string; readonly maxTokens: number | undefined }
type Answer = (response: ServerResponse, asked: Asked) => void
type Running = TestGateway & { readonly upstream: CaptureUpstream; readonly asked: () => Asked[] }

/** `up/a` at 1 and 2 dollars a million tokens, `dear/b` at a thousand. */
async function start(usd: number, answer: Answer, more: object = {}): Promise<Running> {
  const read = (body: Buffer): Asked => {
    const { model, max_tokens: old, max_completion_tokens: now } = JSON.parse(body.toString())
    return { model, maxTokens: now ?? old }
  }
  const upstream = await startCaptureUpstream((response, { body }) => answer(response, read(body)))
  const gateway = await startGateway({
    models: ['a'],
    upstream: upstream.url,
    more: { dear: { upstream: upstream.url, models: ['b'], facts: { price_in: 1_000, price_out: 1_000 } } },
    keys: [keyOf({ budget: { nanoUsd: Math.round(usd * 1e9), per: 'day' } })],
    ...more,
  })
  running.push(upstream, gateway)
  return { ...gateway, upstream, asked: () => upstream.requests.map(({ body }) => read(body)) }
}

function complete(response: ServerResponse, tokens: number, content = 'hi'): void {
  const [choice] = COMPLETION.choices
  response.writeHead(200, { 'content-type': 'application/json' })
  const usage = { prompt_tokens: 8, completion_tokens: tokens, total_tokens: 8 + tokens }
  response.end(
    JSON.stringify({ ...COMPLETION, choices: [{ ...choice, message: { role: 'assistant', content } }], usage }),
  )
}

function fail(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'application/json' })
  response.end('{"error":{"message":"no"}}')
}

function ask({ url }: Running, body: object): Promise<Response> {
  return post(url, { messages: HELLO, ...body }, BEARER)
}

test('a call is served whose first target the budget pays for, whatever stands behind it', async () => {
  const gateway = await start(0.1, (response) => complete(response, 5))
  const response = await ask(gateway, { model: 'auto' })
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-model')).toBe('up/a')
  expect(gateway.asked()).toEqual([{ model: 'a', maxTokens: undefined }])
})

test('where the budget does not pay for the first, the next that it pays for is asked, and the caller is told', async () => {
  const gateway = await start(0.1, (response) => complete(response, 5))
  const response = await ask(gateway, { model: 'dear/b', models: ['up/a'] })
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-model')).toBe('up/a')
  expect(response.headers.get('x-route-losses')).toContain('budget')
  expect(gateway.asked().map(({ model }) => model)).toEqual(['a'])
  expect((await ask(gateway, { model: 'dear/b' })).status).toBe(429)
})

test('a target that the budget does not pay for as well is not asked after one that failed, whose error is the call’s', async () => {
  const gateway = await start(0.1, fail)
  const response = await ask(gateway, { model: 'auto' })
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_error' } })
  expect(response.headers.get('x-route-attempts')).toContain('dear/b;outcome=budget_exceeded')
  expect(new Set(gateway.asked().map(({ model }) => model))).toEqual(new Set(['a']))
})

test('more is set aside for a dearer target before it is asked, and given back', async () => {
  const counters = createMemoryCounters(nodeClock)
  const waiting: ServerResponse[] = []
  const gateway = await start(
    1.5,
    (response, { model }) => (model === 'a' ? fail(response) : void waiting.push(response)),
    { counters },
  )
  const answered = ask(gateway, { model: 'auto', max_tokens: 1_000 })
  await eventually('the dear one', () => waiting.length === 1)
  const dollar = () =>
    counters.take({
      key: 'team-a',
      call: 'other',
      limits: { budget: { nanoUsd: 1.5e9, per: 'day' } },
      tokens: 0,
      cost: { full: 1e9, least: 1e9 },
      leaseMs: 60_000,
    })
  expect(dollar()).toMatchObject({ type: 'refused', by: 'budget', isHeld: true })
  for (const response of waiting) complete(response, 5)
  expect((await answered).headers.get('x-route-model')).toBe('dear/b')
  await eventually('its settlement', () => dollar().type === 'granted')
})

test('attempts that failed and were paid for leave no more than the rest to the next: nothing is overspent', async () => {
  let paid = 0
  const budget = 0.02
  const gateway = await start(
    budget,
    (response, { model, maxTokens = 32_000 }) => {
      // The first says nothing and charges for it; the next says as much as it may.
      const tokens = model === 'a' ? 400 : maxTokens
      paid += (8 * 1 + tokens * 2) / 1e6
      complete(response, tokens, model === 'a' ? '' : 'hi')
    },
    { models: ['a', 'c'], more: {} },
  )
  const statuses: number[] = []
  for (let call = 0; call < 40; call += 1) {
    const response = await ask(gateway, { model: 'auto', max_tokens: 600 })
    await response.text()
    statuses.push(response.status)
  }
  expect(statuses).toContain(200)
  expect(statuses.at(-1)).toBe(429)
  expect(paid).toBeGreaterThan(budget / 2)
  expect(paid).toBeLessThanOrEqual(budget)
})
