import type { ServerResponse } from 'node:http'
import Anthropic from '@anthropic-ai/sdk'
import { afterEach, expect, test } from 'vitest'
import type { Captured, CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, startGateway } from './start-gateway.ts'

// Clients of Messages and a provider that speaks it: nothing is translated.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5',
  content: [{ type: 'text', text: 'Hello there' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, cache_read_input_tokens: 40, cache_creation_input_tokens: 0, output_tokens: 2 },
}

async function start(answer: (response: ServerResponse, captured: Captured) => void, models = ['claude-opus-5']) {
  upstream = await startCaptureUpstream(answer)
  gateway = await startGateway({ models, upstream: upstream.url, provider: 'anthropic' })
  return gateway.url
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  })
}

function sse(...events: readonly { readonly type: string; readonly [member: string]: unknown }[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

const STARTED = { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } }
const text = (said: string, index = 0) => [
  { type: 'content_block_start', index, content_block: { type: 'text', text: '' } },
  ...said.split(' ').map((word) => ({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: word } })),
  { type: 'content_block_stop', index },
]
const ENDED = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { output_tokens: 12 },
}
const STOPPED = { type: 'message_stop' }

function streaming(...pieces: readonly string[]) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
    response.end()
  }
}

async function loggedCall() {
  await eventually('the log line', () => gateway?.log.some((line) => line.event === 'request') === true)
  return gateway?.log.find((line) => line.event === 'request')
}

test('the request goes as it came, under Anthropic’s headers', async () => {
  const url = await start((response) => response.end(JSON.stringify(MESSAGE)))
  const body =
    '{"model":"up/claude-opus-5", "max_tokens":10, "temperature": 1.0, "routing":{"preset":"cheap"},"messages":[{"role":"user","content":"caf\\u00e9"}], "new_field": 12345678901234567890}'
  const response = await post(url, body, {
    'anthropic-beta': 'context-management-2025-06-27',
    authorization: 'Bearer mine',
  })
  expect(await response.json()).toEqual(MESSAGE)
  const [sent] = upstream?.requests ?? []
  expect(sent?.path).toBe('/v1/messages')
  expect(sent?.body.toString()).toBe(body.replace('up/claude', 'claude').replace(' "routing":{"preset":"cheap"},', ''))
  expect(sent?.headers).toMatchObject({
    'x-api-key': 'upstream-key',
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'context-management-2025-06-27',
  })
  expect(sent?.headers['authorization']).toBeUndefined()
})

test('a base URL without its version gets one', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(MESSAGE)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url.replace('/v1', ''), provider: 'anthropic' })
  await post(gateway.url, { model: 'up/m', max_tokens: 10, messages: HELLO })
  expect(upstream.requests[0]?.path).toBe('/v1/messages')
})

test('a stream is forwarded byte for byte; the prompt is counted from its start', async () => {
  // As Anthropic sends it: spaces within, pings between.
  const bytes = sse(STARTED, { type: 'ping' }, ...text('Hello there you'), ENDED, STOPPED).replaceAll(
    '"}}\n',
    '"}}   \n',
  )
  const url = await start(streaming(bytes.slice(0, 700), bytes.slice(700)))
  const response = await post(url, { model: 'auto', max_tokens: 10, messages: HELLO, stream: true })
  expect(await response.text()).toBe(bytes)
  expect(await loggedCall()).toMatchObject({ tokens_in: 43, tokens_out: 12 })
})

test('the SDK gets its message through a stream that was cut after its last delta', async () => {
  const url = await start(streaming(sse(STARTED, ...text('Hello there you'), ENDED)))
  const client = new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0 })
  const message = await client.messages.stream({ model: 'auto', max_tokens: 10, messages: [...HELLO] }).finalMessage()
  expect(message.content).toEqual([{ type: 'text', text: 'Hellothereyou' }])
  expect(message.usage.output_tokens).toBe(12)
})

test('an error within a stream ends it, after what came before', async () => {
  const failure = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
  const before = sse(STARTED, ...text('Hello there'))
  let answer: ServerResponse | undefined
  const url = await start((response) => {
    answer = response.writeHead(200, { 'content-type': 'text/event-stream' })
    answer.write(before)
  })
  const response = await post(url, { model: 'auto', max_tokens: 10, messages: HELLO, stream: true })
  const reader = response.body?.getReader()
  const read = async () => new TextDecoder().decode((await reader?.read())?.value)
  expect(await read()).toBe(before)
  answer?.end(sse(failure))
  const rest = await read()
  expect(rest).toMatch(/^event: error\ndata: /)
  expect(JSON.parse(rest.slice(rest.indexOf('{')))).toMatchObject({
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded', code: 'upstream_overloaded' },
  })
  expect(await read()).toBe('')
})

test('an error before the first content moves on to the next model', async () => {
  const failure = sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
  const good = sse(STARTED, ...text('Hello there'), ENDED, STOPPED)
  const url = await start(
    (response, { body }) => streaming(body.includes('claude-a') ? sse(STARTED) + failure : good)(response),
    ['claude-a', 'claude-b'],
  )
  const response = await post(url, { model: 'auto', max_tokens: 10, messages: HELLO, stream: true })
  expect(response.headers.get('x-route-model')).toBe('up/claude-b')
  expect(await response.text()).toBe(good)
})

test('an answer in which only a server tool was at work is an answer', async () => {
  const block = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } }
  const paused = { ...MESSAGE, content: [block], stop_reason: 'pause_turn' }
  const streamed = sse(
    STARTED,
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_stop', index: 0 },
    { ...ENDED, delta: { stop_reason: 'pause_turn', stop_sequence: null } },
    STOPPED,
  )
  const url = await start((response, { body }) => {
    if (body.includes('"stream":true')) streaming(streamed)(response)
    else response.end(JSON.stringify(paused))
  })
  const request = {
    model: 'auto',
    max_tokens: 10,
    messages: HELLO,
    tools: [{ type: 'web_search_20250305', name: 'web_search' }],
  }
  expect(await (await post(url, request)).json()).toEqual(paused)
  expect(await (await post(url, { ...request, stream: true })).text()).toBe(streamed)
})

test('thoughts that other models left in the history do not reach Anthropic, and nothing else changes', async () => {
  const url = await start((response) => response.end(JSON.stringify(MESSAGE)))
  const own = { type: 'thinking', thinking: 'mine', signature: 'EqQBCkYIBRgCKkD' }
  const unsigned = { type: 'thinking', thinking: 'theirs', signature: '' }
  const said = { type: 'text', text: 'Hi' }
  const messages = (content: unknown[]) => [
    ...HELLO,
    { role: 'assistant', content },
    { role: 'user', content: 'Go on' },
  ]
  const request = { model: 'up/claude-opus-5', max_tokens: 10 }
  const response = await post(url, { ...request, messages: messages([own, unsigned, said]) })
  expect(response.headers.get('x-route-losses')).toContain('messages[1].content[1]')
  await post(url, { ...request, messages: messages([own, said]) })
  const sent = upstream?.requests.map(({ body }) => JSON.parse(body.toString()))
  expect(sent?.[0]).toEqual({ ...request, model: 'claude-opus-5', messages: messages([own, said]) })
  expect(sent?.[1]).toEqual(sent?.[0])
})

test('a decision that was asked for comes as a ping, which the SDK reads past', async () => {
  const url = await start(streaming(sse(STARTED, ...text('Hello there'), ENDED, STOPPED)))
  const body = { model: 'auto', max_tokens: 10, messages: [...HELLO], routing: { explain: true } }
  const streamed = await (await post(url, { ...body, stream: true })).text()
  expect(JSON.parse(streamed.split('\n')[1]?.slice(6) ?? '')).toMatchObject({
    type: 'ping',
    routing: { model: 'up/claude-opus-5' },
  })
  const client = new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0 })
  const message = await client.messages.stream(body as never).finalMessage()
  expect(message.content).toEqual([{ type: 'text', text: 'Hellothere' }])
})

test('tokens are counted by the provider of a model that is named', async () => {
  const url = await start((response, { path }) => {
    if (path === '/v1/messages/count_tokens') response.end('{"input_tokens": 2095}')
    else response.writeHead(500).end()
  })
  const client = new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0 })
  const counted = await client.messages.countTokens({ model: 'up/claude-opus-5', messages: [...HELLO] })
  expect(counted).toEqual({ input_tokens: 2095 })
  expect(JSON.parse(upstream?.requests[0]?.body.toString() ?? '')).toEqual({ model: 'claude-opus-5', messages: HELLO })
  const estimated = await client.messages.countTokens({ model: 'auto', messages: [...HELLO] })
  expect(estimated.input_tokens).toBeLessThan(100)
  expect(upstream?.requests).toHaveLength(1)
})

test('a refusal to count is the provider’s own', async () => {
  const refusal = { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' } }
  const url = await start((response) => response.writeHead(429).end(JSON.stringify(refusal)))
  const client = new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0 })
  const failed = await client.messages
    .countTokens({ model: 'up/claude-opus-5', messages: [...HELLO] })
    .catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(Anthropic.RateLimitError)
  expect(failed).toMatchObject({ apiMessage: 'Slow down.' })
})
