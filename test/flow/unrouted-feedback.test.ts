import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'
import { metric, sendFeedback, twoKinds } from './two-kinds.ts'

let upstream: CaptureUpstream
let gateway: TestGateway

beforeEach(async () => {
  upstream = await startCaptureUpstream((response, { path }) => {
    response.setHeader('content-type', 'application/json')
    const embedding = { object: 'embedding', index: 0, embedding: [0.1, 0.2] }
    const usage = { prompt_tokens: 2, total_tokens: 2 }
    const body = path.includes('embeddings') ? { object: 'list', model: 'a', data: [embedding], usage } : { ok: true }
    response.end(JSON.stringify(body))
  })
  gateway = await startGateway({ models: ['a', 'b'], upstream: upstream.url, uniform: twoKinds })
})

afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

const messages = [{ role: 'user', content: 'Some SQL' }]

test.each([
  ['a call that was passed on', '/v1/things', { model: 'up/a', input: 'x' }],
  ['counted tokens', '/v1/messages/count_tokens', { model: 'up/a', messages }],
] as const)('feedback on %s is a 404 and teaches nothing', async (_, path, body) => {
  const answered = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answered.status, await answered.text()).toBe(200)
  const id = answered.headers.get('x-route-id')
  expect(id).toMatch(/^rt_/)
  const response = await sendFeedback(gateway.url, { id, reward: 0 })
  expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'decision_not_found' } }])
  expect(await metric(gateway.url, 'thalamus_outcomes_total{model="up/a",source="user",verdict="bad"}')).toBe(0)
})

test('feedback on embeddings is counted for their model and teaches nothing about kinds of prompts', async () => {
  const answered = await fetch(`${gateway.url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/a', input: 'Some SQL' }),
  })
  expect(answered.status, await answered.text()).toBe(200)
  const response = await sendFeedback(gateway.url, { id: answered.headers.get('x-route-id'), reward: 0 })
  expect([response.status, await response.json()]).toMatchObject([200, { status: 'counted' }])
  const { candidates } = await gateway.gateway.decide({ body: { model: 'auto', messages } })
  expect(candidates.filter(({ learned }) => learned !== undefined)).toEqual([])
})
