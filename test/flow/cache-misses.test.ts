import { afterEach, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { providers } from '../../src/providers/index.ts'
import { CACHE, CLIENTS, question, send } from './ask-twice.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, MESSAGE, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'
import { keyOf, metric } from './two-kinds.ts'

// What is not given again, and to whom.

let simulator: RunningSimulator | undefined
let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await simulator?.close()
  await upstream?.close()
  gateway = undefined
  simulator = undefined
  upstream = undefined
})

type Options = Partial<Parameters<typeof startGateway>[0]>

async function start(models: readonly string[], options: Options = {}): Promise<string> {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({ models, upstream: `${simulator.url}/v1`, cache: CACHE, ...options })
  return gateway.url
}

const HELLO = question('openai-chat', 'up/ok')
const twice = async (url: string, one = HELLO, headers: Record<string, string> = {}) => [
  (await send(url, one, headers)).cache,
  (await send(url, one, headers)).cache,
]

test('T-73 an answer to one key is none to another, though both ask the same', async () => {
  const url = await start(['ok'], { keys: [keyOf('a'), keyOf('b')] })
  const as = (key: string) => send(url, HELLO, { authorization: `Bearer ${key}` })
  expect((await as('a')).cache).toBe('miss')
  expect((await as('b')).cache).toBe('miss')
  expect((await as('a')).cache).toBe('hit')
  expect((await as('b')).cache).toBe('hit')
  expect(simulator?.requests()).toBe(2)
})

test('a key that may not gets no answer of before, and leaves none', async () => {
  const url = await start(['ok'], { keys: [keyOf('a', { cache: 'off' })] })
  expect(await twice(url, HELLO, { authorization: 'Bearer a' })).toEqual([null, null])
})

test('without a cache nothing is looked for', async () => {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({ models: ['ok'], upstream: `${simulator.url}/v1` })
  expect(await twice(gateway.url)).toEqual([null, null])
  expect(simulator.requests()).toBe(2)
})

test('T-72 answers take no more memory than they may, and what was used longest ago goes first', async () => {
  const one = 4_000
  const url = await start(['ok'], { cache: { ...CACHE, maxBytes: 4 * one } })
  const numbered = (index: number) => question('openai-chat', 'up/ok', { text: `question ${index}` })
  for (let index = 0; index < 20; index += 1) {
    await send(url, numbered(index))
    await send(url, numbered(0))
  }
  // The first was asked for all the time; the second was not.
  expect((await send(url, numbered(0))).cache).toBe('hit')
  expect((await send(url, numbered(1))).cache).toBe('miss')
})

test('an answer that is longer than one may be is not kept', async () => {
  const url = await start(['tokens=500'], { cache: { ...CACHE, maxEntryBytes: 1_000 } })
  for (const stream of [true, false])
    expect(await twice(url, question('openai-chat', 'up/tokens=500', { stream }))).toEqual(['miss', 'miss'])
  expect(await metric(url, 'thalamus_cache_total{kind="exact",outcome="too_large"}')).toBe(4)
})

test('an answer for which there is no room at all is not counted as kept', async () => {
  const url = await start(['ok'], { cache: { ...CACHE, maxBytes: 500 } })
  expect(await twice(url)).toEqual(['miss', 'miss'])
  expect(await metric(url, 'thalamus_cache_total{kind="exact",outcome="stored"}')).toBe(0)
})

test('an answer is given again for as long as it may be, and not longer', async () => {
  const url = await start(['ok'], { cache: { ...CACHE, ttlMs: 1 } })
  await send(url, HELLO)
  await eventually('the answer is too old', async () => (await send(url, HELLO)).cache === 'miss')
})

test.each(['cut@5', 'malformed@5', 'error-in-200@5', 'empty-200', '500'])(
  'an answer that is no good is not kept: %s',
  async (fault) => {
    const url = await start([fault], { maxAttempts: 1 })
    for (const stream of [true, false]) {
      const one = question('openai-chat', `up/${fault}`, { stream })
      await send(url, one).catch(() => undefined)
      const again = await send(url, one).catch(() => undefined)
      expect(again?.cache).not.toBe('hit')
    }
    expect(simulator?.requests()).toBeGreaterThanOrEqual(4)
    expect(await metric(url, 'thalamus_cache_total{kind="exact",outcome="stored"}')).toBe(0)
  },
)

test.each(['length', 'content_filter'])('an answer that ends with %s is not kept', async (reason) => {
  const choices = [{ ...COMPLETION.choices[0], finish_reason: reason }]
  upstream = await startCaptureUpstream((response, { body }) => {
    if (JSON.parse(body.toString()).stream === true) {
      response.setHeader('content-type', 'text/event-stream').end(`${chunk('Hi')}${chunk('', reason)}data: [DONE]\n\n`)
    } else response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...COMPLETION, choices }))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, cache: CACHE })
  for (const stream of [true, false])
    expect(await twice(gateway.url, question('openai-chat', 'up/m', { stream }))).toEqual(['miss', 'miss'])
})

test('an answer whose client leaves is not kept', async () => {
  const url = await start(['itl=20;tokens=200'])
  const { path, body } = question('openai-chat', 'up/itl=20;tokens=200', { stream: true })
  const leaving = new AbortController()
  const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body), signal: leaving.signal })
  await response.body?.getReader().read()
  leaving.abort()
  await eventually('the upstream call is closed', () => simulator?.usage().aborted === 1)
  expect((await send(url, { path, body })).cache).toBe('miss')
})

test('calls that no tool could take are not kept', async () => {
  const call = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city": ' } }
  const message = { role: 'assistant', content: null, tool_calls: [call] }
  const answer = { ...COMPLETION, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  upstream = await startCaptureUpstream((response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, cache: CACHE })
  expect(await twice(gateway.url, question('openai-chat', 'up/m', { tools: true }))).toEqual(['miss', 'miss'])
})

test('several answers at once, and what a provider keeps, are asked for anew each time', async () => {
  const url = await start(['ok'], { provider: 'openai' })
  expect(await twice(url, question('openai-chat', 'up/ok', { n: 2 }))).toEqual([null, null])
  const later = question('openai-responses', 'up/ok', { previous_response_id: 'resp_1' })
  expect(await twice(url, later)).toEqual([null, null])
})

test('tools of the provider that do something are called each time', async () => {
  const url = await start(['ok'], { provider: 'openai' })
  const asking = question('openai-responses', 'up/ok')
  expect(await twice(url, { ...asking, body: { ...asking.body, tools: [{ type: 'web_search' }] } })).toEqual([
    null,
    null,
  ])
})

test.each([
  ['openai-chat', 'web_search_options', {}],
  ['openai-chat', 'search_parameters', { mode: 'on' }],
  ['anthropic-messages', 'mcp_servers', [{ type: 'url', url: 'https://mcp.test', name: 'files' }]],
  ['anthropic-messages', 'container', 'container_1'],
] as const)(
  'a client of %s that has the provider act by %s gets no answer of before',
  async (client, member, value) => {
    upstream = await startCaptureUpstream((response) => {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify(client === 'openai-chat' ? COMPLETION : MESSAGE))
    })
    const provider = client === 'openai-chat' ? 'openai-compatible' : 'anthropic'
    gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider, cache: CACHE })
    expect(await twice(gateway.url, question(client, 'up/m', { [member]: value }))).toEqual([null, null])
    expect(await twice(gateway.url, question(client, 'up/m'))).toEqual(['miss', 'hit'])
  },
)

test('seeds that differ in their last figure alone are two', async () => {
  const url = await start(['ok'])
  for (const seed of ['9007199254740992', '9007199254740993']) {
    const body = `{"model": "up/ok", "messages": [{"role": "user", "content": "Hello"}], "seed": ${seed}}`
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body })
    expect(response.headers.get('x-route-cache')).toBe('miss')
  }
})

test('a refusal is not given again', async () => {
  const message = { role: 'assistant', content: null, refusal: 'No.' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  upstream = await startCaptureUpstream((response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...COMPLETION, choices }))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, cache: CACHE })
  expect(await twice(gateway.url, question('openai-chat', 'up/m'))).toEqual(['miss', 'miss'])
})

test('who may go on from an answer by its id gets one that the provider has under that id', async () => {
  const url = await start(['ok'], { provider: 'openai' })
  await send(url, question('openai-chat', 'up/ok'))
  const first = await send(url, question('openai-responses', 'up/ok', { store: undefined }))
  expect(first.cache).toBe('miss')
  expect(JSON.parse(first.text).id).not.toContain('rt_')
  // Who keeps nothing may have the answer that a client of another format got.
  expect((await send(url, question('openai-chat', 'up/ok', { text: 'Other' }))).cache).toBe('miss')
  expect((await send(url, question('openai-responses', 'up/ok', { text: 'Other' }))).cache).toBe('hit')
})

test('answers of before an edit that enabled no cache are gone', async () => {
  const url = await start(['ok'])
  expect(await twice(url)).toEqual(['miss', 'hit'])
  const { snapshot } = gateway ?? {}
  if (snapshot === undefined) throw new Error('no gateway')
  const { cache: _, ...without } = snapshot
  await gateway?.gateway.replaceSnapshot(without)
  expect((await send(url, HELLO)).cache).toBeNull()
  await gateway?.gateway.replaceSnapshot(snapshot)
  expect((await send(url, HELLO)).cache).toBe('miss')
})

test.each([
  ['cache-control', 'no-store', [null, null]],
  ['cache-control', 'no-cache', ['refresh', 'refresh']],
  ['cache-control', 'public, Max-Age=0', ['refresh', 'refresh']],
  ['x-route', 'cache=off', [null, null]],
  ['x-route', 'cache=refresh', ['refresh', 'refresh']],
  ['x-route', 'cache=exact', ['miss', 'hit']],
])('%s: %s', async (header, value, outcomes) => {
  const url = await start(['ok'])
  expect(await twice(url, HELLO, { [header]: value })).toEqual(outcomes)
})

test('flags say it in the model and in the body, and what is refreshed is kept', async () => {
  const url = await start(['ok'])
  expect(await twice(url, question('openai-chat', 'auto:cache=off'))).toEqual([null, null])
  expect(await twice(url, question('openai-chat', 'auto', { routing: { cache: 'refresh' } }))).toEqual([
    'refresh',
    'refresh',
  ])
  expect((await send(url, question('openai-chat', 'auto'))).cache).toBe('hit')
})

test('an explained call is answered by a model, since it asks what the gateway does', async () => {
  const url = await start(['ok'])
  const asking = question('openai-chat', 'auto', { routing: { explain: true } })
  expect(await twice(url, asking)).toEqual([null, null])
})

test('a model that is forbidden now is not heard through its answers of before', async () => {
  const url = await start(['ok', 'tokens=7'])
  const plain = question('openai-chat', 'auto')
  const first = await send(url, plain)
  expect(first.model).toBe('up/ok')
  const limited = await send(url, plain, { 'x-route': 'models=("!up/ok")' })
  expect([limited.cache, limited.model]).toEqual(['miss', 'up/tokens=7'])
})

test('a configuration without the model, or with another address for it, finds no answer of before', async () => {
  const url = await start(['ok', 'tokens=7'])
  const other = await startGateway({ models: ['tokens=7'], upstream: `${simulator?.url}/v1`, cache: CACHE })
  const moved = await startGateway({ models: ['ok'], upstream: `${simulator?.url}/xai/v1`, cache: CACHE })
  try {
    const plain = question('openai-chat', 'auto')
    expect((await send(url, plain)).model).toBe('up/ok')
    expect((await send(url, plain)).cache).toBe('hit')
    await gateway?.gateway.replaceSnapshot(other.snapshot)
    const without = await send(url, plain)
    expect([without.cache, without.model]).toEqual(['miss', 'up/tokens=7'])
    await gateway?.gateway.replaceSnapshot(moved.snapshot)
    expect((await send(url, plain)).cache).toBe('miss')
  } finally {
    await other.close()
    await moved.close()
  }
})

test('the answer of a fallback is not that of the model that was to answer', async () => {
  const url = await start(['500', 'ok'])
  const plain = question('openai-chat', 'auto')
  expect((await send(url, plain)).model).toBe('up/ok')
  const second = await send(url, plain)
  expect([second.cache, second.model]).toEqual(['miss', 'up/ok'])
})

test.each(CLIENTS)(
  'another word, another bound, another end user: none is the same question of a client of %s',
  async (client) => {
    const url = await start(['ok'])
    const base = question(client, 'up/ok')
    await send(url, base)
    const bound = {
      'gemini-generate': { generationConfig: { maxOutputTokens: 9 } },
      'openai-responses': { max_output_tokens: 99 },
    }
    const others = [
      question(client, 'up/ok', { text: 'What is the weather in paris?' }),
      question(client, 'up/ok', { tools: true }),
      question(client, 'up/ok', { safety_identifier: 'somebody' }),
      question(client, 'up/ok', { ...(bound[client as keyof typeof bound] ?? { max_tokens: 4_095 }) }),
    ]
    for (const other of others) expect((await send(url, other)).cache).toBe('miss')
    expect((await send(url, base)).cache).toBe('hit')
  },
)

test('headers that reach the provider are a part of the question', async () => {
  simulator = await startSimulator({ port: 0 })
  const provider = providers.get('anthropic')
  gateway = await startGateway({
    models: ['ok'],
    upstream: `${simulator.url}/v1`,
    cache: CACHE,
    ...(provider && { provider }),
  })
  const asking = question('anthropic-messages', 'up/ok')
  await send(gateway.url, asking)
  expect((await send(gateway.url, asking, { 'anthropic-beta': 'context-1m-2025-08-07' })).cache).toBe('miss')
  expect((await send(gateway.url, asking)).cache).toBe('hit')
})
