import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import { COMPLETION, chunk } from '../flow/capture-upstream.ts'
import { BEARER, keyOf } from '../flow/key-of.ts'
import { eventually, HELLO, post } from '../flow/start-gateway.ts'
import { attemptsOf, eventsOf, gatewaysOfTest, json, messages, stream } from './start.ts'

// Streams that break, stall or lie, and who is asked next: docs/failure-cases.md, A.

const { upstream, gateway } = gatewaysOfTest()

const END = `${chunk('', 'stop')}data: [DONE]\n\n`
const NO_REST = { breaker: { ...DISPATCH_DEFAULTS.breaker, isEnabled: false } }
/** For those who wait for silence to end; all others have the usual seconds. */
const SHORT = { headersMs: 800, firstPartMs: 800, idleMs: 800 }

/** A healthy `b` beside an `a` that is not. */
async function besides(a: (response: ServerResponse) => void, timeouts: Partial<typeof SHORT> = {}) {
  const asked: string[] = []
  const up = await upstream((response, model) => {
    asked.push(model)
    if (model === 'a') a(response)
    else stream(response, chunk('from b')).end(END)
  })
  const started = await gateway({ models: ['a', 'b'], upstream: up.url, timeouts, dispatch: NO_REST })
  return { ...started, asked, up }
}

const BOTH = { model: 'auto', messages: HELLO, stream: true, routing: { models: ['up/a', 'up/b'] } }

/** Resolves with the text that a stream has brought once `has` holds of it. */
function readerOf(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return async (has: (text: string) => boolean): Promise<string> => {
    while (!has(text)) {
      const read = await reader?.read()
      if (read === undefined || read.done) throw new Error(`the stream ended with ${text}`)
      text += read.value
    }
    return text
  }
}

test('T-01 a stream that is cut at forty of sixty tokens ends in an error, with no [DONE], and is counted', async () => {
  const forty = Array.from({ length: 40 }, (_, at) => chunk(`t${at} `)).join('')
  const { url, asked } = await besides((response) => {
    stream(response).write(forty, () => response.destroy())
  })
  const text = await (await post(url, BOTH)).text()
  const events = eventsOf(text)
  expect(events).toHaveLength(41)
  expect(events.at(-1)).toMatchObject({ error: { code: 'stream_interrupted' }, choices: [{ finish_reason: 'error' }] })
  expect(text).not.toContain('[DONE]')
  const translated = eventsOf(await (await messages(url, BOTH)).text())
  expect(translated.at(-1)).toMatchObject({ type: 'error' })
  expect(translated.map(({ type }) => type)).not.toContain('message_stop')
  // What was said already cannot be said by another.
  expect(asked).toEqual(['a', 'a'])
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('thalamus_upstream_failures_total{model="up/a",code="stream_interrupted"} 2')
})

const BEGUN = chunk('').replace('"content":""', '"role":"assistant"')

test.each<[string, string, (response: ServerResponse) => void]>([
  ['is cut', 'stream_interrupted', (response) => void stream(response).write(BEGUN, () => response.destroy())],
  ['stalls', 'upstream_timeout', (response) => void stream(response, BEGUN)],
  ['is no JSON', 'upstream_malformed', (response) => void stream(response, BEGUN, 'data: {"choices":[{"del\n\n')],
])('T-03 a stream that %s before its first content is asked of the next model, once', async (_, code, a) => {
  const { url, asked } = await besides(a, SHORT)
  const response = await post(url, BOTH)
  expect(attemptsOf(response)).toEqual([`up/a;${code}`, 'up/b;ok'])
  expect(await response.text()).toBe(`${chunk('from b')}${END}`)
  expect(asked).toEqual(['a', 'b'])
})

test.each([true, false])(
  'T-04 of the models that a caller’s key admits the next is asked when one fails, and no other, stream: %s',
  async (isStream) => {
    const up = await upstream((response, model) => {
      if (model === 'b') json(response, { error: { message: 'no' } }, 500)
      else if (isStream) stream(response, chunk(`from ${model}`)).end(END)
      else json(response, COMPLETION)
    })
    const keys = [{ ...keyOf({}), routing: { models: [['up/b', 'up/c']] } }]
    const { url } = await gateway({ models: ['a', 'b', 'c'], upstream: up.url, keys })
    const response = await post(url, { model: 'auto', messages: HELLO, stream: isStream }, BEARER)
    expect(attemptsOf(response)).toEqual(['up/b;upstream_error', 'up/c;ok'])
    expect(response.status).toBe(200)
  },
)

test('T-06 an error that comes as the first event of a 200 is asked of the next model; alone it is a status', async () => {
  const error = `data: ${JSON.stringify({ error: { message: 'Overloaded', type: 'server_error', code: 503 } })}\n\n`
  const { url } = await besides((response) => void stream(response, error).end())
  const response = await post(url, BOTH)
  expect(attemptsOf(response)[1]).toBe('up/b;ok')
  expect(await response.text()).toBe(`${chunk('from b')}${END}`)
  expect((await post(url, { ...BOTH, model: 'up/a', routing: {} })).status).toBeGreaterThanOrEqual(500)
})

test('T-07 silence has an end: before the first content the next model is asked, after it the stream ends in an error', async () => {
  const silent = await besides((response) => void stream(response), SHORT)
  expect(attemptsOf(await post(silent.url, BOTH))).toEqual(['up/a;upstream_timeout', 'up/b;ok'])
  const stalling = await besides((response) => void stream(response, chunk('Hi')), SHORT)
  const events = eventsOf(await (await post(stalling.url, BOTH)).text())
  expect(events.at(-1)).toMatchObject({ error: { code: 'upstream_timeout' }, choices: [{ finish_reason: 'error' }] })
  await eventually('the upstream to be let go', () => stalling.up.closed() === 1)
})

const CLIENTS: readonly [string, (url: string) => Promise<Response>][] = [
  ['Chat Completions', (url) => post(url, { model: 'up/a', messages: HELLO, stream: true })],
  ['Messages', (url) => messages(url, { model: 'up/a', messages: HELLO, stream: true })],
  ['Responses', (url) => ask(url, '/v1/responses', { model: 'up/a', input: 'Hello', stream: true })],
  ['Gemini', (url) => ask(url, '/v1beta/models/up/a:streamGenerateContent?alt=sse', { contents: [GEMINI_HELLO] })],
]
const GEMINI_HELLO = { role: 'user', parts: [{ text: 'Hello' }] }

function ask(url: string, path: string, body: object): Promise<Response> {
  return fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
}

test.each(CLIENTS)('T-09 each word reaches a client of %s before the model says the next', async (_, send) => {
  let answer: ServerResponse | undefined
  const { url } = await besides((response) => {
    answer = stream(response, chunk('word-0 '))
  })
  const read = readerOf(await send(url))
  for (let word = 0; word < 10; word += 1) {
    // Nothing more is written until this has come: whoever gathers words waits for ever.
    await read((text) => text.includes(`word-${word} `))
    answer?.write(word === 9 ? END : chunk(`word-${word + 1} `))
  }
  answer?.end()
})

const ROUTED: (typeof CLIENTS)[number] = ['Chat Completions that leave the choice', (url) => post(url, BOTH)]

test.each([...CLIENTS, ROUTED])(
  'T-16 of fifty streams at once each has its first word before any has its second: %s',
  async (_, send) => {
    const held: ServerResponse[] = []
    const { url } = await besides((response) => void held.push(stream(response, chunk('first '))))
    const reads = (await Promise.all(Array.from({ length: 50 }, () => send(url)))).map(readerOf)
    await Promise.all(reads.map((read) => read((text) => text.includes('first '))))
    for (const one of held) one.end(`${chunk('second')}${END}`)
    await Promise.all(reads.map((read) => read((text) => text.includes('second'))))
    expect(held).toHaveLength(50)
  },
)

test.each([...CLIENTS, ROUTED])(
  'T-17 no timer stands between the words of a model and its client: %s',
  async (_, send) => {
    let answer: ServerResponse | undefined
    const { url } = await besides((response) => {
      // From here on no timer of this process ends: whatever waits for one waits for ever.
      vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
      answer = stream(response, chunk('first '))
    })
    try {
      const read = readerOf(await send(url))
      expect(await read((text) => text.includes('first '))).not.toContain('second')
      answer?.write(chunk('second '))
      expect(await read((text) => text.includes('second '))).toContain('first ')
    } finally {
      vi.useRealTimers()
    }
  },
)

test('T-11 a call is given up with an Error that can be written to, as what it goes through expects', async () => {
  const reasons: unknown[] = []
  const see = (message: unknown): void => void reasons.push((message as { readonly error: unknown }).error)
  subscribe('undici:request:error', see)
  const { url, up } = await besides((response) => void stream(response, chunk('Hi')))
  const leaving = new AbortController()
  const body = JSON.stringify({ ...BOTH, model: 'up/a', routing: {} })
  await fetch(`${url}/v1/chat/completions`, { method: 'POST', body, signal: leaving.signal })
  leaving.abort()
  await eventually('the upstream to be let go', () => up.closed() === 1)
  unsubscribe('undici:request:error', see)
  const given = reasons.filter((reason) => reason instanceof Error && reason.message.includes('gateway'))
  expect(given).toHaveLength(1)
  expect(Object.isExtensible(given[0])).toBe(true)
})

const STATUSES: readonly (readonly [number, boolean])[] = [
  [400, false],
  [413, false],
  [422, false],
  [401, true],
  [404, true],
  [429, true],
  [500, true],
  [503, true],
  [529, true],
]

test.each(STATUSES)('T-13 a %i is asked of the next model: %s', async (status, isAsked) => {
  const { url, asked } = await besides((response) => json(response, { error: { message: 'no' } }, status))
  const response = await post(url, BOTH)
  expect(asked).toEqual(isAsked ? ['a', 'b'] : ['a'])
  expect(response.status === 200).toBe(isAsked)
})

test('T-14 an error names every model that was tried, in order, and says what the last one said', async () => {
  const up = await upstream((response, model) => {
    json(response, { error: { message: `${model} is busy` } }, model === 'a' ? 500 : 429)
  })
  const { url } = await gateway({ models: ['a', 'b'], upstream: up.url, dispatch: { retries: 0 } })
  const response = await post(url, BOTH)
  expect(attemptsOf(response)).toEqual(['up/a;upstream_error', 'up/b;upstream_rate_limited'])
  expect(response.status).toBe(429)
  const { error } = (await response.json()) as { readonly error: { readonly message: string } }
  expect(error.message).toContain('b is busy')
})

test('T-15 an error in the middle of a stream has the provider’s own words', async () => {
  const said = { error: { message: 'Too many requests for model m.', type: 'rate_limit_error', code: 'rate_limit' } }
  const held: ServerResponse[] = []
  const { url } = await besides((response) => void held.push(stream(response, chunk('Hi'))))
  for (const [, send] of CLIENTS) {
    const read = readerOf(await send(url))
    await read((text) => text.includes('Hi'))
    held.at(-1)?.end(`data: ${JSON.stringify(said)}\n\n`)
    const text = await read((text) => text.includes('Too many requests for model m.'))
    expect(eventsOf(text).length).toBeGreaterThan(0)
  }
})

test('T-76 clients that leave in the middle leave no call and no connection behind', async () => {
  const held: ServerResponse[] = []
  const up = await upstream((response) => void held.push(stream(response, chunk('Hi'))))
  // No more fit than leave each time: one that stayed behind would keep the next from its place.
  const { url, log } = await gateway({ models: ['a'], upstream: up.url, maxConcurrent: 50 })
  for (let round = 1; round <= 4; round += 1) {
    const leaving = new AbortController()
    const body = JSON.stringify({ model: 'up/a', messages: HELLO, stream: true })
    const init = { method: 'POST', body, signal: leaving.signal }
    await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/v1/chat/completions`, init)))
    leaving.abort()
    await eventually('all of them to be let go', () => up.closed() === 50 * round)
  }
  const left = () => log.filter(({ outcome }) => outcome === 'client_closed_request').length
  await eventually('each to be written down once', () => left() === 200)
  expect(held).toHaveLength(200)
})
