import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'

// Embeddings and counts have one model: when it fails, it is asked again as a chat's only one is.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

type Failing = (response: ServerResponse) => void

const refusing =
  (status: number, headers: Record<string, string> = {}): Failing =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end('{"error":{"message":"Slow down"}}')
  }

const reset: Failing = (response) => void response.socket?.destroy()

/** An upstream that fails in these ways, one after the other, and then answers. */
async function start(failures: readonly Failing[], options: Partial<Parameters<typeof startGateway>[0]> = {}) {
  const left = [...failures]
  upstream = await startCaptureUpstream((response, { path }) => {
    const failing = left.shift()
    if (failing !== undefined) return failing(response)
    response.setHeader('content-type', 'application/json')
    if (path.endsWith('/count_tokens')) response.end('{"input_tokens": 9}')
    else response.end('{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[1]}]}')
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, ...options })
}

function embed(signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model: 'up/m', input: 'x' })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  return fetch(`${gateway?.url}/v1/embeddings`, signal === undefined ? init : { ...init, signal })
}

test.each<[string, readonly Failing[], number, number]>([
  ['a connection that closes', [reset], 200, 2],
  ['a retry-after that fits', [refusing(429, { 'retry-after-ms': '20' })], 200, 2],
  ['one of an overloaded server', [refusing(503, { 'retry-after-ms': '20' })], 200, 2],
  ['a connection that closes again', [reset, reset], 502, 2],
  ['no retry-after', [refusing(429)], 429, 1],
  ['a retry-after that is too long', [refusing(429, { 'retry-after': '3600' })], 429, 1],
  ['a failure that is no matter of time', [refusing(500)], 502, 1],
  ['a refusal of the request', [refusing(400, { 'retry-after-ms': '1' })], 400, 1],
])('after %s', async (_, failures, status, asked) => {
  await start(failures)
  expect((await embed()).status).toBe(status)
  expect(upstream?.requests).toHaveLength(asked)
})

test('never where retries are off', async () => {
  await start([reset], { dispatch: { retries: 0 } })
  expect((await embed()).status).toBe(502)
  expect(upstream?.requests).toHaveLength(1)
})

test('counts are asked for again too', async () => {
  await start([refusing(429, { 'retry-after-ms': '20' })], { provider: 'anthropic' })
  const body = JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'x' }] })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const counted = await fetch(`${gateway?.url}/v1/messages/count_tokens`, init)
  expect([counted.status, await counted.json()]).toEqual([200, { input_tokens: 9 }])
  expect(counted.headers.get('x-route-attempts')).toMatch(/outcome=upstream_rate_limited;.*outcome=ok/)
})

test('a client that leaves ends the wait', async () => {
  await start([refusing(429, { 'retry-after': '9' })])
  const abort = new AbortController()
  const pending = embed(abort.signal)
  await eventually('the refusal', () => gateway?.log.some(({ event }) => event === 'attempt_failed') === true)
  abort.abort()
  await expect(pending).rejects.toThrow()
  await eventually('the call’s line', () => gateway?.log.some((line) => line['status'] === 499) === true)
  expect(upstream?.requests).toHaveLength(1)
})
