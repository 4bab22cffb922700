import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { Directives } from '../../src/core/directives.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { MESSAGE, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, startGateway } from './start-gateway.ts'

// Counting sends the whole prompt: no limit that keeps it from a model may be passed by.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

function counting(response: ServerResponse, path: string): void {
  response.end(path.endsWith('/count_tokens') ? '{"input_tokens": 2095}' : JSON.stringify(MESSAGE))
}

async function start(routing: Directives, answer = counting): Promise<void> {
  upstream = await startCaptureUpstream((response, { path }) => answer(response, path))
  const sha256 = new Uint8Array(createHash('sha256').update('team').digest())
  gateway = await startGateway({
    models: ['m'],
    upstream: upstream.url,
    provider: 'anthropic',
    keys: [{ name: 'team', sha256, routing, promptFlags: 'off' }],
    defaultPolicy: 'balanced',
  })
}

function post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'team', ...headers },
    body: JSON.stringify({ model: 'up/m', messages: HELLO, ...body }),
  })
}

const COUNT = '/v1/messages/count_tokens'

async function logged() {
  await eventually('the log line', () => gateway?.log.some(({ event }) => event === 'request') === true)
  return gateway?.log.find(({ event }) => event === 'request')
}

test.each<[string, Directives, object?, Record<string, string>?]>([
  ['its key wants a place', { require: { region: ['eu'] } }],
  ['its key allows other models', { models: [['work/*']] }],
  ['its header wants local models', {}, {}, { 'x-route': 'require.local=true' }],
  ['its body wants no retention', {}, { routing: { require: { retention: 'zero' } } }],
  ['its header names a preset with limits', {}, {}, { 'x-route': 'private' }],
])('a prompt is counted by no model that may not answer it: %s', async (_name, routing, body, headers) => {
  await start(routing)
  const counted = await post(COUNT, body, headers)
  const answered = await post('/v1/messages', { max_tokens: 10, ...body }, headers)
  expect([counted.status, answered.status]).toEqual([422, 422])
  expect(await counted.json()).toEqual(await answered.json())
  expect(upstream?.requests).toHaveLength(0)
})

test('a model that passes the limits is asked, and the answer says why', async () => {
  await start({ models: [['up/*']] })
  const counted = await post(COUNT)
  expect(await counted.json()).toEqual({ input_tokens: 2095 })
  expect(counted.headers.get('x-route-model')).toBe('up/m')
  expect(counted.headers.get('x-route-policy')).toBe('balanced')
  const receipt = await fetch(`${gateway?.url}/v1/decisions/${counted.headers.get('x-route-id')}`, {
    headers: { 'x-api-key': 'team' },
  })
  expect(await receipt.json()).toMatchObject({ model: 'up/m' })
})

test('a count of a model that was named has a receipt too', async () => {
  await start({})
  const counted = await post(COUNT)
  const receipt = await fetch(`${gateway?.url}/v1/decisions/${counted.headers.get('x-route-id')}`, {
    headers: { 'x-api-key': 'team' },
  })
  expect(await receipt.json()).toMatchObject({ model: 'up/m', reason: 'named by the caller' })
})

test('a count is a call like any other: an id, a log line, a metric', async () => {
  await start({})
  const counted = await post(COUNT)
  const id = counted.headers.get('x-route-id')
  expect(id).toMatch(/^rt_/)
  expect(await logged()).toMatchObject({ id, endpoint: 'count_tokens', asked: 'up/m', target: 'up/m', key: 'team' })
  const metrics = await (await fetch(`${gateway?.url}/metrics`, { headers: { 'x-api-key': 'team' } })).text()
  expect(metrics).toContain('thalamus_requests_total{endpoint="count_tokens",model="up/m",status="200"} 1')
})

test('an estimate has an id and no model', async () => {
  await start({})
  const counted = await post(COUNT, { model: 'auto' })
  expect(counted.headers.get('x-route-id')).toMatch(/^rt_/)
  expect(counted.headers.get('x-route-model')).toBeNull()
  expect(await logged()).toMatchObject({ endpoint: 'count_tokens', status: 200, attempts: 0 })
  expect(upstream?.requests).toHaveLength(0)
})

test('a provider that is asked too often says when to come back', async () => {
  await start({}, (response) => {
    response.writeHead(429, { 'retry-after': '17', 'content-type': 'application/json' })
    response.end('{"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}}')
  })
  const refused = await post(COUNT)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('17')
  expect(refused.headers.get('x-route-id')).toMatch(/^rt_/)
  expect(await refused.json()).toMatchObject({ type: 'error', error: { message: 'Slow down.' } })
  expect(await logged()).toMatchObject({ status: 429, outcome: 'upstream_rate_limited', attempts: 1 })
})
