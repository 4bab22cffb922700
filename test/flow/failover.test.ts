import type { ServerResponse } from 'node:http'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, snapshotOf, startGateway } from './start-gateway.ts'

// Retries, rests of targets that fail, bounds of what is held back, queues and fallbacks, through the whole gateway.

let simulator: Awaited<ReturnType<typeof startSimulator>>
const running: { close(): Promise<void> }[] = []

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  return () => simulator.close()
})

afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

async function start(options: Partial<Parameters<typeof startGateway>[0]>): Promise<TestGateway> {
  const gateway = await startGateway({ models: ['ok'], upstream: `${simulator.url}/v1`, ...options })
  running.push(gateway)
  return gateway
}

/** An upstream of the test's own; `m` of the n-th request. */
async function startUpstream(answer: (response: ServerResponse, model: string, count: number) => void) {
  let count = 0
  const upstream = await startCaptureUpstream((response, { body }) => {
    count += 1
    answer(response, JSON.parse(body.toString()).model, count)
  })
  running.push(upstream)
  return upstream
}

function asking(models: readonly string[], more: object = {}) {
  return { model: 'auto', messages: HELLO, routing: { models: models.map((model) => `up/${model}`) }, ...more }
}

function refuse(response: ServerResponse, status: number, error: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ error }))
}

function answerWhole(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(COMPLETION))
}

function attemptsOf(response: Response): string[] {
  return (response.headers.get('x-route-attempts') ?? '')
    .split(', ')
    .map((attempt) => attempt.replace(/;ms=\d+/, '').replace('outcome=', ''))
}

type Refused = { readonly error: { readonly code: string; readonly message: string } }

const QUICK = { ...DISPATCH_DEFAULTS.breaker, failures: 2, restMs: 60_000, maxRestMs: 60_000 }

test('a model that failed rests: the next call goes to the second one at once, and metrics and decisions say so', async () => {
  const { url } = await start({ models: ['500', 'ok'], dispatch: { breaker: QUICK } })
  for (let call = 0; call < 2; call += 1) {
    const response = await post(url, asking(['500', 'ok']))
    expect(attemptsOf(response)).toEqual(['up/500;upstream_error', 'up/ok;ok'])
    await response.text()
  }
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('thalamus_breaker_open{model="up/500"} 1')
  // A list of models is its caller's own order: passed over when it is dispatched.
  expect(attemptsOf(await post(url, asking(['500', 'ok'])))).toEqual(['up/ok;ok'])
  // Where the gateway chooses, it is not even considered.
  const explained = await post(url, { model: 'auto', messages: HELLO, routing: { explain: true } })
  expect(((await explained.json()) as { readonly routing: unknown }).routing).toMatchObject({
    model: 'up/ok',
    dropped: [{ model: 'up/500', constraint: 'health', required: 'up', actual: 'upstream_error' }],
  })
})

test('a model that rests answers all the same where no other passes the hard limits', async () => {
  const upstream = await startUpstream((response, model, count) => {
    if (model === 'a' && count <= 2) refuse(response, 500, { message: 'no' })
    else answerWhole(response)
  })
  const { url } = await start({
    models: ['a'],
    upstream: upstream.url,
    dispatch: { breaker: QUICK },
    facts: { params_b: 1 },
    more: { other: { upstream: upstream.url, models: ['b'], facts: { params_b: 100 } } },
  })
  for (let call = 0; call < 2; call += 1) await (await post(url, { model: 'up/a', messages: HELLO })).text()
  const small = await post(url, { model: 'auto', messages: HELLO, routing: { max: { params_b: 10 } } })
  expect(small.status).toBe(200)
  expect(small.headers.get('x-route-model')).toBe('up/a')
})

test('where every model rests, one call tries the least bad and the others are told at once when to come again', async () => {
  const waiting: ServerResponse[] = []
  const upstream = await startUpstream((response, _model, count) => {
    if (count <= 2) refuse(response, 500, { message: 'no' })
    else waiting.push(response)
  })
  const { url } = await start({ models: ['a'], upstream: upstream.url, dispatch: { breaker: QUICK } })
  const ask = () => post(url, { model: 'up/a', messages: HELLO })
  for (let call = 0; call < 2; call += 1) expect((await ask()).status).toBe(502)
  const trial = ask()
  await eventually('the trial to be asked', () => waiting.length === 1)
  const refused = await ask()
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1)
  const { error } = (await refused.json()) as Refused
  expect(error).toMatchObject({ code: 'no_healthy_target' })
  expect(error.message).toContain('up/a (upstream_error)')
  for (const response of waiting) answerWhole(response)
  expect((await trial).status).toBe(200)
  // It is up: nobody is told to wait any more.
  const [one, two] = [ask(), ask()]
  await eventually('both to be asked', () => waiting.length === 3)
  for (const response of waiting.slice(1)) answerWhole(response)
  expect([(await one).status, (await two).status]).toEqual([200, 200])
})

test('T-12 what the client did wrong, and that it left, rests nobody', async () => {
  const upstream = await startUpstream((response, model) => {
    if (model === 'rejects') refuse(response, 400, { message: 'bad field', type: 'invalid_request_error' })
    else if (model === 'long') refuse(response, 400, { message: 'too long', code: 'context_length_exceeded' })
    else if (model === 'filters') refuse(response, 400, { message: 'no', code: 'content_filter' })
    // `silent` says nothing: its clients leave.
  })
  const models = ['rejects', 'long', 'filters', 'silent']
  const { url } = await start({ models, upstream: upstream.url, dispatch: { breaker: { ...QUICK, failures: 1 } } })
  for (const model of models.slice(0, 3)) {
    for (const stream of [true, false])
      await (await post(url, { model: `up/${model}`, messages: HELLO, stream })).text()
  }
  for (const stream of [true, false]) {
    const leaving = new AbortController()
    const before = upstream.requests.length
    const body = JSON.stringify({ model: 'up/silent', messages: HELLO, stream })
    const call = fetch(`${url}/v1/chat/completions`, { method: 'POST', body, signal: leaving.signal })
    await eventually('the request upstream', () => upstream.requests.length > before)
    const closed = upstream.closed()
    leaving.abort()
    await expect(call).rejects.toThrow()
    await eventually('the upstream to be told', () => upstream.closed() > closed)
  }
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).not.toContain('thalamus_breaker_open{')
})

test('retry-after is waited for where no other model is left, and rests the model for the others', async () => {
  const upstream = await startUpstream((response, model, count) => {
    if (model === 'b' || count > 1) answerWhole(response)
    else refuse(response, 429, { message: 'slow down' }, { 'retry-after-ms': '30' })
  })
  const { url } = await start({ models: ['a', 'b'], upstream: upstream.url })
  const response = await post(url, { model: 'up/a', messages: HELLO })
  expect(response.status).toBe(200)
  expect(attemptsOf(response)).toEqual(['up/a;upstream_rate_limited', 'up/a;ok'])
})

test('a retry-after that is too long goes to the client at once, and another model is asked where there is one', async () => {
  const upstream = await startUpstream((response, model) => {
    if (model === 'b') answerWhole(response)
    else refuse(response, 429, { message: 'slow down' }, { 'retry-after': '3600' })
  })
  const { url } = await start({ models: ['a', 'b'], upstream: upstream.url })
  const alone = await post(url, { model: 'up/a', messages: HELLO })
  expect(alone.status).toBe(429)
  expect(alone.headers.get('retry-after')).toBe('3600')
  expect(attemptsOf(await post(url, asking(['a', 'b'])))).toEqual(['up/b;ok'])
})

test('T-10 a client that leaves during a wait for a retry ends the call: nobody is asked again', async () => {
  const upstream = await startUpstream((response) =>
    refuse(response, 429, { message: 'slow down' }, { 'retry-after': '9' }),
  )
  const { url, log } = await start({ models: ['a'], upstream: upstream.url })
  const leaving = new AbortController()
  const body = JSON.stringify({ model: 'up/a', messages: HELLO })
  const call = fetch(`${url}/v1/chat/completions`, { method: 'POST', body, signal: leaving.signal })
  await eventually('the first refusal', () => log.some(({ event }) => event === 'attempt_failed'))
  leaving.abort()
  await expect(call).rejects.toThrow()
  // Long before the wait is.
  await eventually('the call to be over', () => log.some(({ outcome }) => outcome === 'client_closed_request'))
  expect(upstream.requests).toHaveLength(1)
})

const COMMENT = `: ${'x'.repeat(1_000)}\n\n`
const PREAMBLE = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] })}\n\n`
const FLOODS: readonly (readonly [string, string, Partial<typeof DISPATCH_DEFAULTS>])[] = [
  ['bytes of comments', COMMENT, { holdBackBytes: 20_000, holdBackFrames: 1_000_000 }],
  ['comments', ':\n\n', { holdBackBytes: 1_000_000, holdBackFrames: 50 }],
  ['events without content', PREAMBLE, { holdBackBytes: 10_000_000, holdBackFrames: 50 }],
]
const FORMATS = [
  { format: 'its own', path: '/v1/chat/completions', body: { stream: true } },
  { format: 'another', path: '/v1/messages', body: { stream: true, max_tokens: 50 } },
]

// Of another format's comments only the bytes count.
const FLOODED = FLOODS.flatMap(([what, frame, dispatch]) =>
  FORMATS.map((one) => ({ what, frame, dispatch, ...one })),
).filter(({ what, format }) => what !== 'comments' || format === 'its own')

test.each(FLOODED)(
  'T-05 $what before the first content are held back up to a bound, then the next model is asked ($format format)',
  async ({ frame, dispatch, path, body }) => {
    const upstream = await startUpstream((response, model) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      if (model !== 'flood') {
        const done = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
        const said = { ...done, choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: null }] }
        const end = { ...done, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
        response.end(`data: ${JSON.stringify(said)}\n\ndata: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`)
        return
      }
      // Beyond the one bound that is low, and no more: nothing else ends it soon.
      response.write(frame.repeat(100))
    })
    const { url } = await start({ models: ['flood', 'ok'], upstream: upstream.url, dispatch })
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      body: JSON.stringify(asking(['flood', 'ok'], body)),
    })
    expect(attemptsOf(response)[0]).toBe('up/flood;upstream_malformed')
    expect(await response.text()).toContain('hi')
    await eventually('the flood to be cut off', () => upstream.closed() === 1)
  },
)

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
