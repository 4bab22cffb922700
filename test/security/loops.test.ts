import type { AddressInfo, Server } from 'node:net'
import { connect, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from '../flow/capture-upstream.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { HELLO, post, startGateway } from '../flow/start-gateway.ts'

// T-72: a gateway that is its own upstream, at once or by way of another.

const gateways: TestGateway[] = []
const relays: Server[] = []
let upstream: CaptureUpstream | undefined

afterEach(async () => {
  for (const relay of relays.splice(0)) relay.close()
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()))
  await upstream?.close()
  upstream = undefined
})

/** An address that is known before what is behind it. */
async function startRelay(): Promise<{ readonly url: string; leadTo(url: string): void }> {
  let port = 0
  const relay = createServer((socket) => {
    const other = connect(port, '127.0.0.1')
    for (const one of [socket, other]) one.on('error', () => undefined)
    socket.pipe(other).pipe(socket)
  })
  relays.push(relay)
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/v1`,
    leadTo(url) {
      port = Number(new URL(url).port)
    },
  }
}

async function start(upstreamUrl: string, models: readonly string[] = ['m']): Promise<TestGateway> {
  const gateway = await startGateway({ models, upstream: upstreamUrl })
  gateways.push(gateway)
  return gateway
}

const requestsAt = (gateway: TestGateway): number => gateway.log.filter(({ event }) => event === 'request').length

test.each([
  ['/v1/chat/completions', { model: 'up/m', messages: HELLO }],
  ['/v1/chat/completions', { model: 'up/m', messages: HELLO, stream: true }],
  ['/v1/chat/completions', { model: 'auto', messages: HELLO }],
  ['/v1/completions', { model: 'up/m', prompt: 'Hi' }],
  ['/v1/messages', { model: 'up/m', messages: HELLO, max_tokens: 9 }],
  ['/v1/embeddings', { model: 'up/m', input: 'Hi' }],
  ['/v1/images/generations', { model: 'up/m', prompt: 'Hi' }],
])('T-72 %s with %j goes round once, and says so', async (path, body) => {
  const relay = await startRelay()
  const gateway = await start(relay.url, ['m', 'up/m'])
  relay.leadTo(gateway.url)
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-route-provider': 'up' },
    body: JSON.stringify(body),
  })
  const answer = await response.text()
  expect([502, 508]).toContain(response.status)
  expect(answer).toContain('come back to this gateway')
  await gateway.close()
  // Each model that was tried was asked once, and nothing went any further.
  const seen = gateway.log.filter(({ event, outcome }) => event === 'request' && outcome === 'loop_detected').length
  expect(seen).toBeGreaterThan(0)
  expect(requestsAt(gateway)).toBe(1 + seen)
  expect(seen).toBeLessThanOrEqual(2)
})

test('T-72 two gateways that lead to each other find out', async () => {
  const relay = await startRelay()
  const second = await start(relay.url)
  const first = await start(`${second.url}/v1`, ['up/m'])
  relay.leadTo(first.url)
  const response = await post(first.url, { model: 'up/up/m', messages: HELLO })
  expect(response.status).toBe(502)
  await response.text()
  expect(requestsAt(first) + requestsAt(second)).toBeLessThanOrEqual(3)
})

test('what comes through another gateway goes on, and every gateway is named', async () => {
  upstream = await startCaptureUpstream((response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(COMPLETION))
  })
  const second = await start(upstream.url)
  const first = await start(`${second.url}/v1`, ['up/m'])
  const response = await post(first.url, { model: 'up/up/m', messages: HELLO })
  expect(response.status).toBe(200)
  await response.text()
  expect(upstream.requests[0]?.headers['x-route-hop']).toMatch(/^[0-9a-f]{16}, [0-9a-f]{16}$/)
})

test('T-75 a plain OpenAI client needs no header of the gateway’s', async () => {
  upstream = await startCaptureUpstream((response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(COMPLETION))
  })
  const gateway = await start(upstream.url)
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-4o', messages: HELLO }),
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello there' } }] })
})
