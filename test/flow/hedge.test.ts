import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { openChatBody } from '../../src/server/read-json.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import type { Captured } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// A second request beside a slow first one, through the whole gateway.

const running: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

type Held = { readonly model: string; readonly response: ServerResponse; readonly captured: Captured }

/** Answers by hand; `options.share` of the calls may be asked twice, after a tick. */
async function start(share: number): Promise<TestGateway & { readonly held: Held[]; readonly closed: () => number }> {
  const held: Held[] = []
  const upstream = await startCaptureUpstream((response, captured) => {
    held.push({ model: JSON.parse(captured.body.toString()).model, response, captured })
  })
  const gateway = await startGateway({
    models: ['a', 'b', 'c'],
    upstream: upstream.url,
    facts: { tokens_per_second: 1e9, price_out: 2 },
    dispatch: { hedge: share === 0 ? undefined : { share, minMs: 10 } },
  })
  running.push(upstream, gateway)
  return { ...gateway, held, closed: upstream.closed }
}

const HEAD = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }

function event(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
}

function answer({ response }: Held, stream: boolean): void {
  if (stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${event({ content: 'hi' })}${event({}, 'stop')}data: [DONE]\n\n`)
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(COMPLETION))
}

function ask(url: string, stream: boolean, more: object = {}): Promise<Response> {
  return post(url, { model: 'auto', messages: HELLO, stream, routing: { models: ['up/a', 'up/b'] }, ...more })
}

function attemptsOf(response: Response): string[] {
  const attempts = response.headers.get('x-route-attempts') ?? ''
  return attempts.split(', ').map((attempt) => attempt.replace(/;ms=\d+/, '').replace('outcome=', ''))
}

function at<Value>(list: readonly Value[], index: number): Value {
  const value = list[index]
  if (value === undefined) throw new RangeError(`nothing at ${index}`)
  return value
}

test.each([true, false])(
  'the second answers first: it has the call, and the first is cut off and paid for (stream: %s)',
  async (stream) => {
    const { url, held, closed, log } = await start(1)
    const asked = ask(url, stream)
    await eventually('the second to be asked', () => held.length === 2)
    expect(held.map(({ model }) => model)).toEqual(['a', 'b'])
    answer(at(held, 1), stream)
    const response = await asked
    expect(response.headers.get('x-route-model')).toBe('up/b')
    expect(attemptsOf(response)).toEqual(['up/a;cancelled', 'up/b;ok;hedged'])
    await response.text()
    await eventually('the first to be cut off', () => closed() === 1)
    const cancelled = () => log.find((line) => line.event === 'attempt_cancelled')
    await eventually('the log to tell', () => cancelled() !== undefined)
    expect(cancelled()).toMatchObject({ target: 'up/a', tokens_out: 0 })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain('thalamus_hedges_total{model="up/b",result="won"} 1')
    expect(Number(/thalamus_cost_usd_total\{model="up\/a",key="[^"]*"\} (\S+)/.exec(metrics)?.[1])).toBeGreaterThan(0)
  },
)

test.each([true, false])('the first answers after all: the second is cut off (stream: %s)', async (stream) => {
  const { url, held, closed } = await start(1)
  const asked = ask(url, stream)
  await eventually('the second to be asked', () => held.length === 2)
  answer(at(held, 0), stream)
  const response = await asked
  expect(attemptsOf(response)).toEqual(['up/b;cancelled;hedged', 'up/a;ok'])
  expect(await response.text()).not.toContain('error')
  await eventually('the second to be cut off', () => closed() === 1)
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('thalamus_hedges_total{model="up/b",result="lost"} 1')
})

test.each([0, 1])('when one of the two fails the other has the call (number %i)', async (failing) => {
  const { url, held } = await start(1)
  const asked = ask(url, false)
  await eventually('the second to be asked', () => held.length === 2)
  const { response: failed } = at(held, failing)
  failed.writeHead(500, { 'content-type': 'application/json' })
  failed.end('{"error":{"message":"no"}}')
  answer(at(held, 1 - failing), false)
  const response = await asked
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-model')).toBe(failing === 0 ? 'up/b' : 'up/a')
})

test('when both fail the plan goes on, and the client is told of all', async () => {
  const { url, held } = await start(1)
  const asked = ask(url, false, { routing: { models: ['up/a', 'up/b', 'up/c'] } })
  await eventually('the second to be asked', () => held.length === 2)
  for (const { response } of held.slice(0, 2)) {
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"no"}}')
  }
  await eventually('the third to be asked', () => held.length === 3)
  answer(at(held, 2), false)
  const response = await asked
  expect(attemptsOf(response).toSorted()).toEqual(['up/a;upstream_error', 'up/b;upstream_error;hedged', 'up/c;ok'])
})

test('a client that leaves ends both, and neither is blamed', async () => {
  const { url, held, closed } = await start(1)
  const leaving = new AbortController()
  const body = JSON.stringify({ model: 'auto', messages: HELLO, routing: { models: ['up/a', 'up/b'] } })
  const call = fetch(`${url}/v1/chat/completions`, { method: 'POST', body, signal: leaving.signal })
  await eventually('the second to be asked', () => held.length === 2)
  leaving.abort()
  await expect(call).rejects.toThrow()
  await eventually('both to be cut off', () => closed() === 2)
  expect(await (await fetch(`${url}/metrics`)).text()).not.toContain('thalamus_upstream_failures_total{')
})

test('nobody is asked twice beyond the budget', async () => {
  const { url, held } = await start(0.5)
  const calls = [ask(url, false), ask(url, false), ask(url, false)]
  // Three halves are one second request.
  await eventually('one second request', () => held.length === 4)
  for (const one of held) answer(one, false)
  for (const call of calls) expect((await call).status).toBe(200)
  expect(held).toHaveLength(4)
})

test.each([
  ['it is not configured', 0, '/v1/chat/completions', {}],
  ['the call goes on from what a provider keeps', 1, '/v1/responses', { input: 'Hi', previous_response_id: 'resp_1' }],
  [
    'the provider calls MCP servers',
    1,
    '/v1/responses',
    { input: 'Hi', tools: [{ type: 'mcp', server_label: 'x', server_url: 'http://x' }] },
  ],
])('nobody is asked twice when %s', async (_why, share, path, more) => {
  const { url, held } = await start(share)
  const body = path.endsWith('responses') ? more : { messages: HELLO }
  const call = fetch(`${url}${path}`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', routing: { models: ['up/a', 'up/b'] }, ...body }),
  })
  // A call that may be asked twice, begun later, shows that the time has passed.
  if (share > 0) {
    const other = ask(url, false)
    await eventually(
      'the other call’s second request',
      () => held.filter(({ captured }) => captured.path.includes('chat')).length >= 2,
    )
    for (const one of held) answer(one, false)
    await (await other).text()
  } else {
    await eventually('the first request', () => held.length === 1)
    answer(at(held, 0), false)
  }
  const response = await call
  expect(response.headers.get('x-route-attempts') ?? '').not.toMatch(/cancelled|hedged/)
})

test('a second request is written into bytes of its own: the first may still be on its way', () => {
  const bytes = new TextEncoder().encode(JSON.stringify({ model: 'auto', messages: HELLO }))
  const body = openChatBody(bytes, openaiChat)
  const second = body.fork()
  second.bytes.fill(0)
  expect(new TextDecoder().decode(body.bytes)).toContain('"model":"auto"')
  expect(body.fork().read().chat.messages).toHaveLength(1)
})
