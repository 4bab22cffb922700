import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Running } from '../cli/program.ts'
import { chat, startProgram } from '../cli/program.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { eventually, HELLO, startGateway } from '../flow/start-gateway.ts'

// An upstream that never stops is stopped, whatever it sends: what it may write is bounded, and so is what is kept of it.

const MEGABYTE = 1024 * 1024
const endless: Readonly<Record<string, { readonly status?: number; readonly type: string; readonly text: string }>> = {
  'a line without an end': { type: 'text/event-stream', text: 'x'.repeat(MEGABYTE) },
  'an event without an end': { type: 'text/event-stream', text: `data: ${'x'.repeat(65_000)}\n`.repeat(16) },
  'events without content': { type: 'text/event-stream', text: 'data: {"choices":[]}\n\n'.repeat(10_000) },
  comments: { type: 'text/event-stream', text: ': hello\n\n'.repeat(50_000) },
  'JSON without an end': { type: 'application/json', text: `"${'x'.repeat(MEGABYTE)}` },
  'JSON ever deeper': { type: 'application/json', text: '['.repeat(MEGABYTE) },
  'an error without an end': { status: 400, type: 'application/json', text: 'x'.repeat(MEGABYTE) },
}
/** What the longest bound lets through, and what lies in sockets. */
const MOST_BYTES = 80 * MEGABYTE

let written = 0
let closed = 0
const server = createServer((incoming, outgoing) => {
  incoming.resume()
  const name = decodeURIComponent((incoming.url ?? '').split('/')[1] ?? '')
  const { status = 200, type, text } = endless[name] ?? { type: 'text/plain', text: '' }
  outgoing.on('close', () => {
    closed += 1
  })
  outgoing.on('error', () => undefined)
  outgoing.writeHead(status, { 'content-type': type })
  pour(outgoing, text)
})

function pour(outgoing: ServerResponse, text: string): void {
  while (!outgoing.destroyed) {
    written += text.length
    if (!outgoing.write(text)) {
      outgoing.once('drain', () => pour(outgoing, text))
      return
    }
  }
}

let gateway: TestGateway | undefined
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const cases = Object.keys(endless).flatMap((name) =>
  [
    { path: '/v1/chat/completions', body: { model: 'up/m', messages: HELLO, stream: true } },
    { path: '/v1/chat/completions', body: { model: 'up/m', messages: HELLO } },
    { path: '/v1/messages', body: { model: 'up/m', messages: HELLO, max_tokens: 9, stream: true } },
    { path: '/v1/embeddings', body: { model: 'up/m', input: 'Hi' } },
  ].map(({ path, body }) => [name, path, JSON.stringify(body).includes('"stream":true'), body] as const),
)

test.each(cases)('%s at %s (stream: %s) is cut off', async (name, path, isStream, body) => {
  written = 0
  closed = 0
  const { port } = server.address() as AddressInfo
  const upstream = `http://127.0.0.1:${port}/${encodeURIComponent(name)}`
  // Comments say that it is at work: nothing but time ends those.
  gateway = await startGateway({ models: ['m'], upstream, timeouts: { firstPartMs: 1_500, headersMs: 5_000 } })
  const response = await fetch(gateway.url + path, { method: 'POST', body: JSON.stringify(body) })
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(await response.text()).toMatch(/"(?:code|type)"/)
  await eventually('the upstream’s socket to close', () => closed === 1)
  if (name.startsWith('an error')) expect(written).toBeLessThan(20 * MEGABYTE)
  if (name !== 'comments') expect(written).toBeLessThan(path === '/v1/embeddings' ? 5 * MOST_BYTES : MOST_BYTES)
  expect(isStream).toBe('stream' in body)
})

let program: Running | undefined
afterEach(async () => {
  await program?.stop()
  program = undefined
})

/** A gateway whose model calls `f` with `argument` as the text and as a name. */
async function startCaller(argument: string): Promise<Running> {
  const upstream = createServer((incoming, outgoing) => {
    incoming.resume()
    const call = { name: 'f', arguments: JSON.stringify({ s: argument, [argument]: argument }) }
    const message = { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: call }] }
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
    outgoing.setHeader('content-type', 'application/json')
    outgoing.end(JSON.stringify({ id: 'x', object: 'chat.completion', choices }))
  })
  upstream.unref()
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  return startProgram(['--port', '0'], {
    config: `providers: { up: { base_url: "http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1" } }\nmodels: [up/m]\n`,
  })
}

async function expectCalled({ url }: Running, parameters: object): Promise<void> {
  const response = await chat(url, {
    model: 'up/m',
    tools: [{ type: 'function', function: { name: 'f', parameters } }],
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: parameters } },
  })
  expect([JSON.stringify(parameters).slice(0, 200), response.status]).toEqual([expect.any(String), 200])
  expect(await response.text()).toContain('aaaaaaaa')
}

test('T-74 a pattern of a caller’s that would take for ever holds nobody up', async () => {
  program = await startCaller(`${'a'.repeat(60)}!`)
  const evil = ['^(a+)+$', '^(a|a)*$', '^([a-z]+)*$', '(.*a){25}$', '^(?=(a+)+$)a', '^(a+){1,40}$']
  const choices = [
    `^${'(a|a)'.repeat(38)}$`,
    `^${'\\w?'.repeat(60)}!?b$`,
    `^${'(?:a|\\w)'.repeat(20)}(.?.?.?.?.?.?.?)b`,
  ]
  const nothing = ['((((){400}){400}){400}){400}', '(a+)+((((){400}){400}){400}){400}']
  for (const pattern of [...evil, ...choices, ...nothing]) {
    await expectCalled(program, {
      type: 'object',
      properties: { s: { type: 'string', pattern } },
      patternProperties: { [pattern]: { type: 'string', pattern } },
      propertyNames: { pattern },
    })
  }
})

test('T-74 nor do thousands of patterns that take their time', async () => {
  program = await startCaller(`${'a'.repeat(126)}!`)
  const slow = Array.from({ length: 4_000 }, (_, index) => `^\\w*\\w*\\w*${index}$`)
  const evil = Array.from({ length: 4_000 }, (_, index) => `^(${'\\w+'.repeat(20)})+${index}$`)
  const s = { type: 'string', allOf: slow.map((pattern) => ({ pattern })) }
  await expectCalled(program, { type: 'object', properties: { s } })
  for (const patterns of [slow, evil]) {
    const patternProperties = Object.fromEntries(patterns.map((pattern) => [pattern, { type: 'string' }]))
    await expectCalled(program, { type: 'object', patternProperties })
  }
})

test('T-74 nor do patterns of models', async () => {
  program = await startProgram(['--port', '0'], {})
  const models = ['a', '*'.repeat(500), `${'*a'.repeat(200)}b`, '(a+)+$', '!*'.repeat(90)]
  const response = await chat(program.url, { model: 'auto', routing: { models: [`${'*a'.repeat(30)}*`, ...models] } })
  expect(response.status).toBeLessThan(500)
  await response.text()
})
