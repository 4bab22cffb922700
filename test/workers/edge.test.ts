import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { bundleWorker, compressedBytes } from '../../scripts/bundle-worker.ts'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from '../flow/capture-upstream.ts'
import { eventually, HELLO, post } from '../flow/start-gateway.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'

// The Worker as it is deployed, in workerd.

// A second to start, on a machine that does nothing else.
vi.setConfig({ testTimeout: 60_000 })

const MOST_COMPRESSED_BYTES = 3_000_000

let code: string
let upstream: CaptureUpstream
let worker: RunningWorker | undefined
let lines: string[] = []
let answer: Parameters<typeof startCaptureUpstream>[0]
const whole: typeof answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ...COMPLETION, usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 } }))
}

beforeAll(async () => {
  code = await bundleWorker()
  upstream = await startCaptureUpstream((response, captured) => answer(response, captured))
  return () => upstream.close()
}, 60_000)

afterEach(async () => {
  await worker?.close()
  worker = undefined
  lines = []
})
afterAll(() => worker?.close())

const CALLER = { authorization: 'Bearer caller-key' }
const SECRETS = { CALLER_KEY: 'caller-key', UP_KEY: 'upstream-key' }

function configWith(more: object = {}, key: object = {}): object {
  return {
    server: { keys: [{ name: 'team', key: 'env:CALLER_KEY', ...key }] },
    providers: { up: { format: 'openai-chat', base_url: upstream.url, key: 'env:UP_KEY' } },
    models: [{ id: 'up/m', facts: { price_in: 100, price_out: 100, context_tokens: 8_000, max_output_tokens: 1_000 } }],
    ...more,
  }
}

async function start(given: Omit<Parameters<typeof startWorker>[0], 'code'>): Promise<string> {
  answer = whole
  worker = await startWorker({ code, onLine: (line) => void lines.push(line), ...given })
  return worker.url
}

const ask = (url: string, more: object = {}) => post(url, { model: 'auto', messages: HELLO, ...more }, CALLER)

test('the Worker has at most three megabytes, compressed, with its weights', () => {
  const bytes = compressedBytes(code)
  console.log(`the Worker: ${code.length} bytes, ${bytes} compressed`)
  expect(bytes).toBeLessThanOrEqual(MOST_COMPRESSED_BYTES)
})

test('a configuration in a variable and secrets in bindings make a gateway that routes with the table', async () => {
  const url = await start({ bindings: { THALAMUS_CONFIG: configWith(), ...SECRETS } })
  const ready = await fetch(`${url}/readyz`)
  expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true, checks: { router: 'ok' } }])
  const response = await ask(url)
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-router')).toBe('static@1')
  expect(await response.json()).toMatchObject({ choices: COMPLETION.choices })
  expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer upstream-key')
  expect((await post(url, { model: 'auto', messages: HELLO })).status).toBe(401)
  await eventually('the log to tell', () => lines.some((line) => line.includes('"event":"request"')))
})

test('what is wrong with a configuration is said by /readyz and the log, all of it, and nothing is served', async () => {
  const config = configWith({ router: { use: 'clusters' }, ledger: { sqlite: 'usage.sqlite' }, policy: 'none-such' })
  const url = await start({ bindings: { THALAMUS_CONFIG: config, CALLER_KEY: 'caller-key' } })
  const ready = await fetch(`${url}/readyz`)
  const said = (await ready.json()) as { problems: { path: string }[]; checks: { configuration: string } }
  expect(ready.status).toBe(503)
  expect(said.problems.map(({ path }) => path).toSorted()).toEqual([
    'ledger',
    'policy',
    'providers.up.key',
    'router.use',
  ])
  expect(said.checks.configuration).toContain('"clusters" does not run on Workers')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  const refused = await ask(url)
  expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 'not_configured' } }])
  await eventually('the log to tell', () =>
    lines.some((line) => line.includes('not_configured') && line.includes('UP_KEY')),
  )
})

test('without any configuration it says where one is looked for', async () => {
  const url = await start({})
  expect(await (await fetch(`${url}/readyz`)).text()).toMatch(/THALAMUS_CONFIG.*THALAMUS_KV/)
})

test('thalamus.yaml may stand in the namespace, and answers kept there are given again', async () => {
  const url = await start({
    bindings: SECRETS,
    values: { 'thalamus.yaml': JSON.stringify(configWith({ cache: { shared: true, exact: { enabled: true } } })) },
  })
  const before = upstream.requests.length
  expect((await ask(url)).headers.get('x-route-cache')).toContain('miss')
  await eventually('the answer to be kept', async () => {
    const again = await ask(url)
    await again.text()
    return again.headers.get('x-route-cache')?.includes('hit') === true
  })
  const asked = upstream.requests.length
  expect(await (await ask(url)).json()).toMatchObject({ choices: COMPLETION.choices })
  expect(upstream.requests.length).toBe(asked)
  expect(asked - before).toBeGreaterThan(0)
})

test('what a key has spent is known after the objects that count it are gone', async () => {
  const bindings = { THALAMUS_CONFIG: configWith({}, { budget: { usd: 0.01, per: 'month' } }), ...SECRETS }
  const persistTo = mkdtempSync(join(tmpdir(), 'thalamus-objects-'))
  const url = await start({ bindings, persistTo })
  let served = 0
  await eventually('the budget to be used up', async () => {
    const { status } = await ask(url, { max_tokens: 20 })
    served += status === 200 ? 1 : 0
    return status === 429
  })
  expect(served).toBeGreaterThan(0)
  await worker?.close()
  const again = await start({ bindings, persistTo })
  const refused = await ask(again, { max_tokens: 20 })
  expect([refused.status, await refused.json()]).toMatchObject([429, { error: { code: 'budget_exceeded' } }])
})

test('the first part of a stream is there at once, and a client who leaves ends the call upstream', async () => {
  const url = await start({ bindings: { THALAMUS_CONFIG: configWith(), ...SECRETS } })
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const part = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'word ' } }] })}\n\n`
    const timer = setInterval(() => response.write(part), 20)
    response.on('close', () => clearInterval(timer))
  }
  const leaving = new AbortController()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...CALLER, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: HELLO, stream: true }),
    signal: leaving.signal,
  })
  const first = await response.body?.getReader().read()
  expect(new TextDecoder().decode(first?.value)).toContain('word')
  const before = upstream.closed()
  leaving.abort()
  await eventually('the upstream to be left', () => upstream.closed() > before)
  await eventually('the log to tell', () => lines.some((line) => line.includes('client_closed_request')))
})

test('spans of a call are sent to the collector after its answer, with the caller’s trace as parent', async () => {
  const received: string[] = []
  const collector = createServer(async (incoming, outgoing) => {
    received.push(await text(incoming))
    outgoing.end('{}')
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  const telemetry = { otlp_endpoint: `http://127.0.0.1:${port}` }
  const url = await start({ bindings: { THALAMUS_CONFIG: configWith({ telemetry }), ...SECRETS } })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await post(url, { model: 'auto', messages: HELLO }, { ...CALLER, traceparent })
  await eventually('the spans to come', () => received.length > 0)
  const [resource] = JSON.parse(received[0] ?? '{}').resourceSpans
  const spans = resource.scopeSpans.flatMap((scope: { spans: object[] }) => scope.spans)
  expect(spans).toHaveLength(2)
  const call = spans.find(({ kind }: { kind: number }) => kind === 2)
  expect(call).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    name: 'chat up/m',
    events: [{ name: 'decision' }],
  })
  expect(spans.find(({ kind }: { kind: number }) => kind === 3)).toMatchObject({ parentSpanId: call.spanId })
  collector.closeAllConnections()
  collector.close()
})
