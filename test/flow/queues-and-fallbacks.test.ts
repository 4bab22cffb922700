import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { Refused } from './failing-targets.ts'
import { answerWhole, asking, attemptsOf, FORMATS, failingTargets, QUICK, refuse } from './failing-targets.ts'
import { eventually, HELLO, post, snapshotOf } from './start-gateway.ts'

// Queues, fallbacks, reloads and the end of the gateway, through all of it.

const { running, start, startUpstream } = failingTargets()

test('beyond max_concurrent calls wait their turn, and none is lost', async () => {
  let most = 0
  const held: ServerResponse[] = []
  // Each is answered when it has company.
  const upstream = await startUpstream((response) => {
    held.push(response)
    most = Math.max(most, held.length)
    if (held.length >= 2) for (const one of held.splice(0)) answerWhole(one)
  })
  const { url } = await start({ models: ['a'], upstream: upstream.url, maxConcurrent: 2 })
  const calls = Array.from({ length: 20 }, () => post(url, { model: 'up/a', messages: HELLO }))
  for (const response of await Promise.all(calls)) expect(response.status).toBe(200)
  expect(most).toBe(2)
})

test('a full queue sends calls to the next model, or says target_busy; who leaves it is not sent', async () => {
  const held: ServerResponse[] = []
  const upstream = await startUpstream((response, model) => {
    if (model === 'b') answerWhole(response)
    else held.push(response)
  })
  const { url } = await start({
    models: ['a'],
    upstream: upstream.url,
    maxConcurrent: 1,
    dispatch: { queue: { length: 1, waitMs: 60_000 } },
    more: { other: { upstream: upstream.url, models: ['b'] } },
  })
  const ask = (signal?: AbortSignal) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'up/a', messages: HELLO }),
      ...(signal === undefined ? {} : { signal }),
    })
  const waiting = async () =>
    /thalamus_queue_waiting\{provider="up"\} (\d)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1]
  const inside = ask()
  await eventually('the first call upstream', () => held.length === 1)
  const leaving = new AbortController()
  const second = ask(leaving.signal)
  await eventually('the second to wait', async () => (await waiting()) === '1')
  const busy = await ask()
  expect(busy.status).toBe(503)
  expect(((await busy.json()) as Refused).error.code).toBe('target_busy')
  const next = await post(url, { model: 'auto', messages: HELLO, routing: { models: ['up/a', 'other/b'] } })
  expect(attemptsOf(next)).toEqual(['up/a;target_busy', 'other/b;ok'])
  leaving.abort()
  await expect(second).rejects.toThrow()
  await eventually('the queue to be empty', async () => (await waiting()) === '0')
  for (const response of held) answerWhole(response)
  expect((await inside).status).toBe(200)
  expect(held).toHaveLength(1)
})

test('a prompt that is too long goes to a model with a larger window first', async () => {
  const upstream = await startUpstream((response, model) => {
    if (model === 'large') answerWhole(response)
    else
      refuse(response, 400, { message: 'This model’s maximum context length is 4096', code: 'context_length_exceeded' })
  })
  const { url } = await start({
    models: ['small', 'same'],
    upstream: upstream.url,
    facts: { context_tokens: 4_096 },
    more: { other: { upstream: upstream.url, models: ['large'], facts: { context_tokens: 1_000_000 } } },
  })
  const models = ['up/small', 'up/same', 'other/large']
  const response = await post(url, { model: 'auto', messages: HELLO, routing: { models } })
  expect(attemptsOf(response)).toEqual(['up/small;context_length_exceeded', 'other/large;ok'])
})

const FILTERED = {
  ...COMPLETION,
  choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'content_filter' }],
}

test.each(['refusal', 'empty answer'])(
  'a provider’s filter (%s) lets the next model try where that is configured',
  async (how) => {
    const upstream = await startUpstream((response, model) => {
      if (model === 'b') answerWhole(response)
      else if (how === 'refusal') refuse(response, 400, { message: 'filtered', code: 'content_filter' })
      else {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(FILTERED))
      }
    })
    const models = ['a', 'b']
    const off = await start({ models, upstream: upstream.url })
    const told = await post(off.url, asking(models))
    expect(told.status).toBe(how === 'refusal' ? 400 : 200)
    const body = (await told.json()) as Refused & { readonly choices: readonly { readonly finish_reason: string }[] }
    if (how === 'refusal') expect(body.error.code).toBe('content_filtered')
    else expect(body.choices[0]?.finish_reason).toBe('content_filter')

    const on = await start({ models, upstream: upstream.url, dispatch: { fallbackOn: new Set(['content_filter']) } })
    expect(attemptsOf(await post(on.url, asking(models)))).toEqual(['up/a;content_filtered', 'up/b;ok'])
    // Nobody else to ask: the provider's own words reach the client.
    expect((await post(on.url, { model: 'up/a', messages: HELLO })).status).toBe(how === 'refusal' ? 400 : 200)
  },
)

test('T-08 an empty answer is a failure unless the operator takes it for an answer', async () => {
  const models = ['empty-200', 'ok']
  const on = await start({ models })
  const off = await start({ models, dispatch: { fallbackOn: new Set() } })
  for (const stream of [true, false]) {
    expect(attemptsOf(await post(on.url, asking(models, { stream })))[0]).toBe('up/empty-200;upstream_empty')
    expect(attemptsOf(await post(off.url, asking(models, { stream })))).toEqual(['up/empty-200;ok'])
  }
})

test('a reload keeps the rest of models that stay, and forgets it where the address or the key is another', async () => {
  const upstream = await startUpstream((response) => refuse(response, 500, { message: 'no' }))
  const options = { models: ['a'], upstream: upstream.url, dispatch: { breaker: QUICK } }
  const { url, gateway } = await start(options)
  const isResting = async () =>
    (await (await fetch(`${url}/metrics`)).text()).includes('thalamus_breaker_open{model="up/a"} 1')
  for (let call = 0; call < 2; call += 1) await (await post(url, { model: 'up/a', messages: HELLO })).text()
  expect(await isResting()).toBe(true)
  await gateway.replaceSnapshot(snapshotOf({ ...options, maxAttempts: 2 }))
  expect(await isResting()).toBe(true)
  await gateway.replaceSnapshot(snapshotOf({ ...options, secret: 'another key' }))
  expect(await isResting()).toBe(false)
})

test('embeddings and paths that are passed on wait their turn too, and what rests is not asked by two at once', async () => {
  const held: ServerResponse[] = []
  const upstream = await startCaptureUpstream((response) => void held.push(response))
  running.push(upstream)
  const { url } = await start({
    models: ['m'],
    upstream: upstream.url,
    maxConcurrent: 1,
    dispatch: { breaker: { ...QUICK, failures: 1 } },
  })
  const send = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const chat = post(url, { model: 'up/m', messages: HELLO })
  await eventually('the chat upstream', () => held.length === 1)
  const others = [
    send('/v1/embeddings', { model: 'up/m', input: 'x' }),
    send('/v1/rerank', { model: 'up/m', query: 'x' }),
  ]
  const waiting = async () =>
    (await (await fetch(`${url}/metrics`)).text()).includes('thalamus_queue_waiting{provider="up"} 2')
  await eventually('both to wait', waiting)
  expect(held).toHaveLength(1)
  for (let at = 0; at < 3; at += 1) {
    await eventually('the next upstream', () => held.length === at + 1)
    const response = held[at]
    if (response !== undefined) refuse(response, 500, { message: 'no' })
  }
  expect((await chat).status).toBe(502)
  // It rests since the chat, and the embeddings were the one call that tried it.
  for (const other of others) expect((await other).status).toBeGreaterThanOrEqual(500)
  const trial = send('/v1/embeddings', { model: 'up/m', input: 'x' })
  await eventually('the trial upstream', () => held.length === 4)
  const refused = await send('/v1/embeddings', { model: 'up/m', input: 'x' })
  expect(refused.status).toBe(503)
  expect(((await refused.json()) as Refused).error.code).toBe('no_healthy_target')
  for (const response of held.slice(3)) refuse(response, 500, { message: 'no' })
  expect((await trial).status).toBe(502)
})

const CHUNK_HEAD = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }

function event(content: string, finish: string | null = null): string {
  const choice = { index: 0, delta: { content }, finish_reason: finish }
  return `data: ${JSON.stringify({ ...CHUNK_HEAD, choices: [choice] })}\n\n`
}

test.each(FORMATS)(
  'T-05 a first event larger than what is held back is an answer ($format format)',
  async ({ path, body }) => {
    const upstream = await startUpstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`${event('x'.repeat(1_000_000))}${event('', 'stop')}data: [DONE]\n\n`)
    })
    const dispatch = { holdBackBytes: 20_000, holdBackFrames: 50 }
    const { url } = await start({ models: ['a'], upstream: upstream.url, dispatch })
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(asking(['a'], body)) })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('x'.repeat(1_000_000))
  },
)

test.each(FORMATS)(
  'a byte order mark before a stream is no part of its first event ($format format)',
  async ({ path, body }) => {
    let said = ''
    const upstream = await startUpstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`\uFEFF${said}`)
    })
    const { url } = await start({ models: ['a'], upstream: upstream.url })
    const ask = () => fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(asking(['a'], body)) })
    said = `${event('all there is')}${event('', 'stop')}data: [DONE]\n\n`
    expect(await (await ask()).text()).toContain('all there is')
    said = 'data: {"error":{"message":"boom","code":503}}\n\n'
    expect(await (await ask()).json()).toMatchObject({ error: expect.anything() })
    expect((await ask()).status).toBe(503)
  },
)

test('a gateway that stops ends calls that wait for a retry or for their turn with an error of their own', async () => {
  const upstream = await startUpstream((response, model) => {
    if (model === 'limited') refuse(response, 429, { message: 'slow down' }, { 'retry-after': '8' })
  })
  const { url, gateway, log } = await start({
    models: ['limited', 'silent'],
    upstream: upstream.url,
    facts: { max_concurrent: 1 },
  })
  const calls = [post(url, { model: 'up/limited', messages: HELLO })]
  await eventually('the refusal', () => log.some(({ event: what }) => what === 'attempt_failed'))
  calls.push(post(url, { model: 'up/silent', messages: HELLO }))
  await eventually('the silent model to be asked', () => upstream.requests.length === 2)
  for (let count = 0; count < 3; count += 1) calls.push(post(url, { model: 'up/silent', messages: HELLO }))
  await eventually('the queue', async () =>
    (await (await fetch(`${url}/metrics`)).text()).includes('thalamus_queue_waiting{provider="up"} 3'),
  )
  gateway.endCalls()
  for (const call of calls) {
    const response = await call
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ error: { code: 'shutting_down' } })
  }
})

const UNROUTED = [
  { what: 'embeddings', path: '/v1/embeddings', body: { model: 'up/m', input: 'Hello' } },
  { what: 'paths that are passed on', path: '/v1/audio/speech', body: { model: 'up/m', input: 'Hello' } },
]

test.each(UNROUTED)('a gateway that stops ends $what that wait for their turn', async ({ path, body }) => {
  const upstream = await startUpstream(() => undefined)
  const { url, gateway } = await start({ models: ['m'], upstream: upstream.url, maxConcurrent: 1 })
  const ask = () => fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers: JSON_TYPE })
  const calls = [ask()]
  await eventually('the first to be asked', () => upstream.requests.length === 1)
  calls.push(ask(), ask())
  await eventually('the queue', async () =>
    (await (await fetch(`${url}/metrics`)).text()).includes('thalamus_queue_waiting{provider="up"} 2'),
  )
  gateway.endCalls()
  for (const response of await Promise.all(calls)) {
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toMatchObject({ error: { code: 'shutting_down' } })
  }
  expect(upstream.requests).toHaveLength(1)
})

test.each(UNROUTED)('the deadline of the whole call ends $what that wait for their turn', async ({ path, body }) => {
  const upstream = await startUpstream(() => undefined)
  const queue = { length: 10, waitMs: 600_000 }
  const options = { models: ['m'], upstream: upstream.url, maxConcurrent: 1, dispatch: { queue } }
  const { url, gateway } = await start(options)
  const leaving = new AbortController()
  const ask = (signal: AbortSignal | null = null) =>
    fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers: JSON_TYPE, signal })
  const first = ask(leaving.signal)
  await eventually('the first to be asked', () => upstream.requests.length === 1)
  await gateway.replaceSnapshot(snapshotOf({ ...options, timeouts: { totalMs: 300 } }))
  const late = await ask()
  expect(late.status).toBe(503)
  expect(await late.json()).toMatchObject({ error: { code: 'target_busy' } })
  leaving.abort()
  await expect(first).rejects.toThrow()
})

const JSON_TYPE = { 'content-type': 'application/json' }
