import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import type { Refused } from './failing-targets.ts'
import { answerWhole, asking, attemptsOf, FORMATS, failingTargets, QUICK, refuse } from './failing-targets.ts'
import { eventually, HELLO, post } from './start-gateway.ts'

// Retries, rests of targets that fail, and bounds of what is held back, through the whole gateway.

const { start, startUpstream } = failingTargets()

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

test('a retry-after that nobody can read goes to no client', async () => {
  const upstream = await startUpstream((response) => {
    refuse(response, 429, { message: 'slow down' }, { 'retry-after': 'soon', 'retry-after-ms': 'later' })
  })
  const { url } = await start({ models: ['a'], upstream: upstream.url })
  for (const [path, body] of [
    ['/v1/chat/completions', { messages: HELLO }],
    ['/v1/chat/completions', { messages: HELLO, stream: true }],
    ['/v1/embeddings', { input: 'Hello' }],
  ] as const) {
    const response = await fetch(url + path, { method: 'POST', body: JSON.stringify({ model: 'up/a', ...body }) })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBeNull()
    expect(response.headers.get('retry-after-ms')).toBeNull()
  }
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
