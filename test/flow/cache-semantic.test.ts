import { afterEach, expect, test } from 'vitest'
import type { Router, RouterDefinition } from '../../src/core/router.ts'
import { defineRouter } from '../../src/core/router.ts'
import type { SemanticSettings } from '../../src/core/snapshot.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { CACHE, CLIENTS, question, said, send } from './ask-twice.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'
import { keyOf, metric } from './two-kinds.ts'

// Another question that asks the same: its answer, where that is wanted.

let simulator: RunningSimulator | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await simulator?.close()
})

type Options = Partial<Parameters<typeof startGateway>[0]>

async function start(settings: Partial<SemanticSettings> = {}, options: Options = {}): Promise<string> {
  simulator = await startSimulator({ port: 0 })
  const semantic: SemanticSettings = { ttlMs: 60_000, match: 'words', threshold: 0.9, ...settings }
  gateway = await startGateway({
    models: ['ok', 'tokens=7'],
    upstream: `${simulator.url}/v1`,
    cache: { ...CACHE, semantic },
    ...options,
  })
  return gateway.url
}

const ONE = 'What is the capital of France?'
const POLITE = "Hi, could you please tell me what's the capital of France? Thanks!"

test.each(CLIENTS)(
  'a question in politer words is answered alike, streamed and whole, to a client of %s',
  async (client) => {
    const url = await start()
    for (const stream of [true, false]) {
      const first = await send(
        url,
        question(client, 'up/ok', { text: ONE, stream, ...(stream ? {} : { metadata: undefined }) }),
      )
      const second = await send(url, question(client, 'up/ok', { text: POLITE, stream: !stream }))
      expect(second.cache).toBe('semantic')
      expect(said(client, second).said.blocks).toEqual(said(client, first).said.blocks)
    }
    expect(simulator?.requests()).toBe(1)
    expect(await metric(url, 'thalamus_cache_total{kind="semantic",outcome="hit"}')).toBe(2)
  },
)

test('its receipt says so, and it costs nothing', async () => {
  const url = await start()
  const first = await send(url, question('openai-chat', 'auto', { text: ONE }))
  const second = await send(url, question('openai-chat', 'auto', { text: POLITE }))
  expect(second.headers.get('x-route-cost-usd')).toBe('0')
  const receipt = await fetch(`${url}/v1/decisions/${second.headers.get('x-route-id')}`)
  expect(await receipt.json()).toMatchObject({ cache: { kind: 'semantic', id: first.headers.get('x-route-id') } })
})

test.each([
  ['another name', { text: 'What is the capital of Spain?' }],
  ['another bound', { text: POLITE, max_tokens: 9 }],
  ['tools', { text: POLITE, tools: true }],
  [
    'an instruction',
    {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: POLITE },
      ],
    },
  ],
  [
    'turns before it',
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Yes?' },
        { role: 'user', content: POLITE },
      ],
    },
  ],
  [
    'a picture',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: POLITE },
            { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          ],
        },
      ],
    },
  ],
])('with %s it is another question', async (_, other) => {
  const url = await start()
  await send(url, question('openai-chat', 'up/ok', { text: ONE }))
  expect((await send(url, question('openai-chat', 'up/ok', { text: POLITE }))).cache).toBe('semantic')
  expect((await send(url, question('openai-chat', 'up/ok', other))).cache).toBe('miss')
})

test.each([
  ['What is C used for?', 'What is C++ used for?'],
  ['How much is £50 in dollars?', 'How much is €50 in dollars?'],
  ['What is 2 + 3, exactly?', 'What is 2 - 3, exactly?'],
  ['What does 😀 mean?', 'What does 😡 mean?'],
  ['What is hepatitis A caused by?', 'What is hepatitis caused by?'],
  ['What is my dog allowed to eat?', 'Is my dog allowed to eat?'],
])('%s and %s are two questions', async (one, other) => {
  const url = await start()
  for (const text of [one, other])
    expect((await send(url, question('openai-chat', 'up/ok', { text }))).cache).toBe('miss')
})

test('another model is another answer', async () => {
  const url = await start()
  await send(url, question('openai-chat', 'up/ok', { text: ONE }))
  expect((await send(url, question('openai-chat', 'up/tokens=7', { text: POLITE }))).cache).toBe('miss')
})

test('T-73 only keys that may get such answers, and none of another key', async () => {
  const keys = [keyOf('a', { cache: 'semantic' }), keyOf('b', { cache: 'semantic' }), keyOf('c', { cache: 'exact' })]
  const url = await start({}, { keys })
  const as = async (key: string, text: string) =>
    (await send(url, question('openai-chat', 'up/ok', { text }), { authorization: `Bearer ${key}` })).cache
  for (const key of ['a', 'c']) expect(await as(key, ONE)).toBe('miss')
  expect([await as('a', POLITE), await as('b', POLITE), await as('c', POLITE)]).toEqual(['semantic', 'miss', 'miss'])
})

test('a call may ask for exact answers alone', async () => {
  const url = await start()
  await send(url, question('openai-chat', 'auto', { text: ONE }))
  const exact = question('openai-chat', 'auto:cache=exact', { text: POLITE })
  expect((await send(url, exact)).cache).toBe('miss')
  expect((await send(url, exact)).cache).toBe('hit')
})

test('too old an answer is none', async () => {
  const url = await start({ ttlMs: -1 })
  await send(url, question('openai-chat', 'up/ok', { text: ONE }))
  expect((await send(url, question('openai-chat', 'up/ok', { text: POLITE }))).cache).toBe('miss')
})

/** An encoder of two numbers: how often a text says "bread", and how often it says "shop". */
function countingRouter(read: string[]): RouterDefinition {
  return defineRouter({
    id: 'uniform',
    settings: { parse: () => ({}) },
    runtimes: ['node'],
    open: async (): Promise<Router> => ({
      name: 'counting@1',
      device: 'none',
      predict: ({ candidates }) => ({
        predictions: candidates.map(() => ({ quality: 0.5, uncertainty: 0, outputTokens: 1 })),
        truncated: false,
      }),
      async embed(text) {
        read.push(text)
        const counts = ['bread', 'shop'].map((word) => text.split(word).length - 1)
        const length = Math.hypot(...counts)
        return { vector: Float32Array.from(counts, (count) => count / length), truncated: text.includes('too long') }
      },
      close: async () => {},
    }),
  })
}

test('by meaning, the nearest question answers if it is near enough and its anchors agree', async () => {
  const read: string[] = []
  const url = await start({ match: 'meaning', threshold: 0.95 }, { uniform: countingRouter(read) })
  const ask = async (text: string) => (await send(url, question('openai-chat', 'up/ok', { text }))).cache
  expect(await ask('Tell me a shop for bread, bread')).toBe('miss')
  expect(await ask('Name some shop: bread, bread')).toBe('semantic')
  // Not near enough; no full reading; another figure.
  expect(await ask('Name some bread')).toBe('miss')
  expect(await ask('Name some shop: bread, bread, too long')).toBe('miss')
  expect(await ask('Name 2 shops of bread, bread')).toBe('miss')
  expect(read.length).toBeGreaterThan(3)
})

test('without an encoder nothing is found by meaning', async () => {
  const url = await start({ match: 'meaning' })
  await send(url, question('openai-chat', 'up/ok', { text: ONE }))
  expect((await send(url, question('openai-chat', 'up/ok', { text: POLITE }))).cache).toBe('miss')
})
