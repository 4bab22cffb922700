import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { DATA, hasCases } from '../wire/cases.ts'
import type { Captured, CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { LogLine, TestGateway } from './start-gateway.ts'
import { eventually, HELLO, startGateway } from './start-gateway.ts'

// What an answer took is counted as far as it was seen, whoever ended it, and what nobody said is marked.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

type Answering = (response: ServerResponse, captured: Captured) => void

async function start(provider: string, answer: Answering, models: readonly string[] = ['m']): Promise<void> {
  upstream = await startCaptureUpstream(answer)
  const url = provider === 'google' ? `${upstream.url}beta` : upstream.url
  gateway = await startGateway({ models, upstream: url, provider })
}

/** Sends these and leaves the stream open. */
const opening =
  (...pieces: readonly string[]): Answering =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
  }

/** Sends these and then breaks the connection, once they are out. */
const breaking =
  (...pieces: readonly string[]): Answering =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(pieces.join(''), () => setImmediate(() => response.destroy()))
  }

type Event = { readonly type: string; readonly [member: string]: unknown }
const sse = (...events: readonly Event[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

// The output that Anthropic's start says is a placeholder.
const COUNTED = { input_tokens: 3, cache_read_input_tokens: 40, cache_creation_input_tokens: 0, output_tokens: 1 }
const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null }
const STARTED = sse({ type: 'message_start', message: { ...MESSAGE, usage: COUNTED } })
const WORDS = 'one two three four five six seven eight nine ten'.split(' ')
const SAID = sse(
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...WORDS.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
)
const DELTA = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 12 } }
const ENDED = sse(DELTA)
const STOPPED = sse({ type: 'message_stop' })

function post(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/m', messages: HELLO, stream: true, ...body }),
    ...(signal === undefined ? {} : { signal }),
  })
}
const messages = { path: '/v1/messages', body: { max_tokens: 100 } }
const chat = { path: '/v1/chat/completions', body: {} }

/** Reads until `mark` has come, then leaves. */
async function leaveAt(mark: string, { path, body }: { readonly path: string; readonly body: object }): Promise<void> {
  const leaving = new AbortController()
  const response = await post(path, body, leaving.signal)
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.includes(mark)) break
  }
  leaving.abort()
}

async function logged(event = 'request'): Promise<LogLine | undefined> {
  const find = () => gateway?.log.find((line) => line.event === event)
  await eventually(`the log line ${event}`, () => find() !== undefined)
  return find()
}

/** The value of each series whose name begins so. */
async function metrics(name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${gateway?.url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(name))
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}

// The test gateway's prices: 1 $ in, 2 $ out, a million.
const dollars = (input: number, output: number): number => (input + 2 * output) / 1e6

test.each([
  ['a client of the provider’s format', messages],
  ['a client of another format', chat],
])(
  '%s that leaves a stream is charged for what came: the prompt as said, the output by its events',
  async (_, door) => {
    await start('anthropic', opening(STARTED + SAID))
    await leaveAt('ten', door)
    const line = await logged()
    expect(line).toMatchObject({
      status: 499,
      outcome: 'client_closed_request',
      target: 'up/m',
      tokens_in: 43,
      tokens_cached: 40,
    })
    const output = Number(line?.['tokens_out'])
    expect(output).toBeGreaterThanOrEqual(WORDS.length)
    expect(output).toBeLessThanOrEqual(WORDS.length + 2)
    expect(line).toMatchObject({ usage_estimated: true, cost_usd: dollars(43, output) })
    expect(await metrics('thalamus_tokens_total')).toMatchObject({
      '{model="up/m",kind="input"}': 43,
      '{model="up/m",kind="output"}': output,
    })
    expect(await metrics('thalamus_tokens_estimated_total')).toEqual({ '{model="up/m",kind="output"}': output })
    expect(await metrics('thalamus_cost_usd_estimated_total')).toEqual(await metrics('thalamus_cost_usd_total'))
  },
)

test('a client that leaves before the first content is charged for the prompt, and for nothing when nothing came', async () => {
  let flushed = () => {}
  const sent = new Promise<void>((resolve) => {
    flushed = resolve
  })
  await start('anthropic', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(STARTED, () => flushed())
  })
  const leaving = new AbortController()
  const call = post(messages.path, messages.body, leaving.signal).catch(() => undefined)
  await sent
  // Held back, so nothing tells the client that the answer has begun; another call's round trip gives it time to arrive.
  await fetch(`${gateway?.url}/healthz`)
  leaving.abort()
  await call
  expect(await logged()).toMatchObject({ status: 499, tokens_in: 43, usage_estimated: true })

  await gateway?.close()
  await upstream?.close()
  await start('anthropic', () => undefined)
  const leavingAgain = new AbortController()
  const silent = post(messages.path, messages.body, leavingAgain.signal).catch(() => undefined)
  await eventually('the call to arrive', () => upstream?.requests.length === 1)
  leavingAgain.abort()
  await silent
  const line = await logged()
  expect(line).toMatchObject({ status: 499, target: 'up/m' })
  expect(line?.['tokens_in']).toBeUndefined()
  expect(line?.['cost_usd']).toBeUndefined()
})

test('an upstream that counts on the way is believed over its events', async () => {
  const part = (text: string, candidatesTokenCount: number): string => {
    const candidates = [{ content: { parts: [{ text }], role: 'model' }, index: 0 }]
    const usageMetadata = { promptTokenCount: 7, candidatesTokenCount, totalTokenCount: 7 + candidatesTokenCount }
    return `data: ${JSON.stringify({ candidates, usageMetadata })}\r\n\r\n`
  }
  await start('google', opening(part('one', 50), part('two', 90)))
  await leaveAt('two', chat)
  expect(await logged()).toMatchObject({ tokens_in: 7, tokens_out: 90, usage_estimated: true })
})

test.each([
  ['a client of the provider’s format', messages],
  ['a client of another format', chat],
])('%s: an answer that breaks off is not counted by the placeholder of its start', async (_, door) => {
  await start('anthropic', breaking(STARTED, SAID))
  expect(await (await post(door.path, door.body)).text()).toContain('error')
  const line = await logged()
  expect(line).toMatchObject({ outcome: 'stream_interrupted', tokens_in: 43, usage_estimated: true })
  expect(line?.['tokens_out']).toBeGreaterThanOrEqual(WORDS.length)
})

test.each([
  ['a client of the provider’s format', messages],
  ['a client of another format', chat],
])('%s: an answer that breaks off behind its last count has the provider’s count', async (_, door) => {
  await start('anthropic', breaking(STARTED, SAID, ENDED))
  await (await post(door.path, door.body)).text()
  const line = await logged()
  expect(line).toMatchObject({ outcome: 'stream_interrupted', tokens_in: 43, tokens_out: 12 })
  expect(line?.['usage_estimated']).toBeUndefined()
})

const RECORDED = join(DATA, 'recordings/anthropic')
const WHOLE_TEXTS = ['json-output-format.1', 'compaction.1', 'advisor-20250301.1']

describe.skipIf(!hasCases)(`recorded answers of Claude${hasCases ? '' : ' (no shared data here)'}`, () => {
  test.each(
    WHOLE_TEXTS.flatMap((name) => [[name, 'its client’s', messages] as const, [name, 'another', chat] as const]),
  )('%s, cut at two thirds, in %s format: two thirds of its tokens, give or take half', async (name, _, door) => {
    const lines = readFileSync(join(RECORDED, `anthropic-${name}.chunks.txt`), 'utf8')
      .trim()
      .split('\n')
    const events: Event[] = lines.map((line) => JSON.parse(line))
    const whole = events.findLast(({ type }) => type === 'message_delta') as unknown as typeof DELTA
    const kept = events.slice(0, Math.floor((events.length * 2) / 3))
    await start('anthropic', breaking(sse(...kept)))
    await (await post(door.path, door.body)).text()
    const line = await logged()
    expect(line).toMatchObject({ outcome: 'stream_interrupted', usage_estimated: true })
    const output = Number(line?.['tokens_out']) / ((whole.usage.output_tokens * 2) / 3)
    expect(output).toBeGreaterThan(0.5)
    expect(output).toBeLessThan(1.5)
  })
})

test('a whole answer without a count is estimated from its text', async () => {
  const text = 'The quick brown fox jumps over the lazy dog. '.repeat(20)
  const message = { role: 'assistant', content: text }
  await start('openai-compatible', (response) => {
    const answer = { ...COMPLETION, choices: [{ index: 0, message, finish_reason: 'stop' }], usage: undefined }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await (await post(chat.path, { stream: false })).text()
  const line = await logged()
  // Ten tokens a sentence with every tokenizer of OpenAI's.
  expect(line?.['tokens_out']).toBeGreaterThan(160)
  expect(line?.['tokens_out']).toBeLessThan(240)
  expect(line?.['usage_estimated']).toBe(true)
})

test.each([false, true])(
  'a count that the provider leaves out is the client’s as an estimate, streamed: %s',
  async (stream) => {
    const said = { message: { role: 'assistant', content: 'Hi' }, done: true, done_reason: 'stop', eval_count: 5 }
    await start('ollama', (response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(`${JSON.stringify(said)}\n`)
    })
    const response = await post(messages.path, { ...messages.body, stream })
    const usages = [...(await response.text()).matchAll(/"input_tokens":(\d+)/g)].map(([, count]) => Number(count))
    expect(usages.at(-1)).toBeGreaterThan(0)
    expect(await logged()).toMatchObject({ tokens_in: usages.at(-1), tokens_out: 5, usage_estimated: true })
  },
)

test('a whole stream is counted as said, and nothing of it is an estimate', async () => {
  await start('anthropic', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(STARTED + SAID + ENDED + STOPPED)
  })
  await (await post(messages.path, messages.body)).text()
  expect(await logged()).toMatchObject({ tokens_in: 43, tokens_out: 12, cost_usd: dollars(43, 12) })
  expect(await metrics('thalamus_tokens_estimated_total{')).toEqual({})
  expect(await metrics('thalamus_cost_usd_estimated_total{')).toEqual({})
})

test('a stream of a provider that does not count is estimated, its pictures as pictures', async () => {
  await start('openai-compatible', (response) => {
    const frames = [...WORDS.map((word) => chunk(word)), chunk('', 'stop'), 'data: [DONE]\n\n']
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames.join(''))
  })
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1_000_000)}` } }
  const content = [{ type: 'text', text: 'What is this?' }, image]
  await (await post(chat.path, { messages: [{ role: 'user', content }] })).text()
  const line = await logged()
  expect(line?.['usage_estimated']).toBe(true)
  // A picture has from 85 to 1,600 tokens; its base64 here would be 250,000.
  expect(line?.['tokens_in']).toBeGreaterThan(85)
  expect(line?.['tokens_in']).toBeLessThan(2_000)
  expect(await metrics('thalamus_tokens_estimated_total')).toEqual({
    '{model="up/m",kind="input"}': line?.['tokens_in'],
    '{model="up/m",kind="output"}': line?.['tokens_out'],
  })
  expect(await metrics('thalamus_cost_usd_estimated_total')).toEqual({
    '{model="up/m",key="local"}': line?.['cost_usd'],
  })
})

test('an attempt that failed after the provider counted is counted once, under its own model', async () => {
  const empty = {
    ...COMPLETION,
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }],
  }
  const counted = { ...empty, usage: { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 } }
  await start(
    'openai-compatible',
    (response, { body }) => {
      const answer = JSON.parse(body.toString()).model === 'a' ? counted : COMPLETION
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    },
    ['a', 'b'],
  )
  const response = await post(chat.path, { model: 'auto', stream: false })
  expect(response.headers.get('x-route-model')).toBe('up/b')
  expect(await response.json()).toMatchObject({ usage: COMPLETION.usage })
  expect(await logged('attempt_failed')).toMatchObject({
    target: 'up/a',
    tokens_in: 11,
    tokens_out: 4,
    cost_usd: dollars(11, 4),
  })
  expect(await logged()).toMatchObject({ target: 'up/b', tokens_in: 3, tokens_out: 2 })
  expect(await metrics('thalamus_tokens_total')).toEqual({
    '{model="up/a",kind="input"}': 11,
    '{model="up/a",kind="output"}': 4,
    '{model="up/b",kind="input"}': 3,
    '{model="up/b",kind="output"}': 2,
  })
  const cost = await metrics('thalamus_cost_usd_total')
  expect(cost['{model="up/a",key="local"}']).toBeCloseTo(dollars(11, 4), 12)
  expect(await metrics('thalamus_tokens_estimated_total{')).toEqual({})
})

test.each([
  ['a client of the provider’s format', messages],
  ['a client of another format', chat],
])('%s: a stream that failed before its first content is counted as far as it was said', async (_, door) => {
  const failure = sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
  await start('anthropic', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(STARTED + failure)
  })
  expect((await post(door.path, door.body)).status).toBe(503)
  expect(await logged('attempt_failed')).toMatchObject({ target: 'up/m', tokens_in: 43, usage_estimated: true })
  expect((await logged())?.['tokens_in']).toBeUndefined()
  expect(await metrics('thalamus_tokens_total')).toMatchObject({ '{model="up/m",kind="input"}': 43 })
})

test('a refusal without a count costs nothing', async () => {
  await start('openai-compatible', (response) => response.writeHead(500).end('{"error":{"message":"no"}}'))
  await post(chat.path, {})
  await logged()
  expect(await metrics('thalamus_tokens_total{')).toEqual({})
  expect(await metrics('thalamus_cost_usd_total{')).toEqual({})
})

test('Cohere is paid for what it bills, and its client is told what the model read', async () => {
  const usage = { billed_units: { input_tokens: 9, output_tokens: 3 }, tokens: { input_tokens: 504, output_tokens: 4 } }
  const message = { role: 'assistant', content: [{ type: 'text', text: 'hi' }] }
  await start('cohere', (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: '1', finish_reason: 'COMPLETE', message, usage }))
  })
  const answer = await (await post(chat.path, { stream: false })).json()
  expect(answer).toMatchObject({ usage: { prompt_tokens: 504, completion_tokens: 4 } })
  expect(await logged()).toMatchObject({ tokens_in: 504, tokens_out: 4, tokens_billed_in: 9, tokens_billed_out: 3 })
  const cost = await metrics('thalamus_cost_usd_total')
  expect(cost['{model="up/m",key="local"}']).toBeCloseTo(dollars(9, 3), 12)
})

/** An answer of Gemini's that counts nothing. */
const uncounted: Answering = (response, { path }) => {
  const candidates = [{ content: { role: 'model', parts: [{ text: 'Hello there' }] }, finishReason: 'STOP' }]
  const isStream = path.includes(':stream')
  response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
  response.end(isStream ? `data: ${JSON.stringify({ candidates })}\n\n` : JSON.stringify({ candidates }))
}

test.each([
  ['chat, asked for', '/v1/chat/completions', { messages: HELLO, stream_options: { include_usage: true } }],
  ['chat, whole', '/v1/chat/completions', { messages: HELLO, stream: false }],
  ['Responses', '/v1/responses', { input: HELLO }],
  ['Responses, whole', '/v1/responses', { input: HELLO, stream: false }],
])('who asked for usage gets the estimate of the log where the provider does not count: %s', async (_, path, body) => {
  await start('google', uncounted)
  const text = await (await post(path, body)).text()
  const line = await logged()
  expect(line).toMatchObject({ usage_estimated: true })
  expect(Number(line?.['tokens_in'])).toBeGreaterThan(0)
  const said = /"(?:prompt|input)_tokens":(\d+).*"(?:completion|output)_tokens":(\d+)/.exec(text)
  expect(said?.slice(1).map(Number)).toEqual([line?.['tokens_in'], line?.['tokens_out']])
})

test('who did not ask for usage in a stream gets none', async () => {
  await start('google', uncounted)
  expect(await (await post(chat.path, { messages: HELLO })).text()).not.toContain('"usage"')
})
