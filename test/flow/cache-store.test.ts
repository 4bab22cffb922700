import { afterEach, expect, test } from 'vitest'
import type { Blobs } from '../../src/core/ports.ts'
import type { RouterDefinition } from '../../src/core/router.ts'
import { defineRouter } from '../../src/core/router.ts'
import type { SemanticSettings } from '../../src/core/snapshot.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { CACHE, question, send } from './ask-twice.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// What a store that others write to as well, or none that answers, does to a call.

let simulator: RunningSimulator | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await simulator?.close()
})

const SEMANTIC: SemanticSettings = { ttlMs: 60_000, match: 'words', threshold: 0.9 }
const HELLO = question('openai-chat', 'up/ok')

async function start(blobs: Blobs, semantic: SemanticSettings = SEMANTIC, uniform?: RouterDefinition): Promise<string> {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({
    models: ['ok'],
    upstream: `${simulator.url}/v1`,
    cache: { ...CACHE, isShared: true, semantic },
    sharedBlobs: () => blobs,
    ...(uniform === undefined ? {} : { uniform }),
  })
  return gateway.url
}

/** A store in which every answer is older than it says by so many milliseconds. */
function aging(byMs: number): Blobs {
  const kept = new Map<string, string>()
  const older = (_: string, at: string) => `"storedAt":${Number(at) - byMs}`
  return {
    get: (key) => {
      const text = kept.get(key)?.replace(/"storedAt":(\d+)/, older)
      return text === undefined ? undefined : new TextEncoder().encode(text)
    },
    set: (key, value) => kept.set(key, new TextDecoder().decode(value)).has(key),
  }
}

test('a store that does not answer is waited for once', async () => {
  const asked: string[] = []
  const late: Blobs = {
    get(key) {
      asked.push(key)
      return Promise.reject(new Error('no answer within 50 ms'))
    },
    set: () => false,
  }
  const url = await start(late)
  const { status, cache } = await send(url, HELLO)
  expect([status, cache, asked.length]).toEqual([200, 'miss', 1])
})

test('a client gets no answer that is older than it takes', async () => {
  const url = await start(aging(5_000))
  const asking = async (header: string) => {
    const { cache, headers } = await send(url, HELLO, { 'cache-control': header })
    return [cache, headers.get('age')]
  }
  await send(url, HELLO)
  expect(await asking('max-age=60')).toEqual(['hit', '5'])
  expect(await asking('max-age=4')).toEqual(['miss', null])
  expect(await asking('max-age=00')).toEqual(['refresh', null])
})

test('an answer of a gateway whose clock is ahead has no age below none', async () => {
  const url = await start(aging(-5_000))
  await send(url, HELLO)
  const { cache, headers } = await send(url, HELLO)
  expect([cache, headers.get('age')]).toEqual(['hit', '0'])
})

/** Every question is the same vector to it. */
const same: RouterDefinition = defineRouter({
  id: 'uniform',
  settings: { parse: () => ({}) },
  runtimes: ['node'],
  open: async () => ({
    name: 'same@1',
    device: 'none',
    predict: ({ candidates }) => ({
      predictions: candidates.map(() => ({ quality: 0.5, uncertainty: 0, outputTokens: 1 })),
      truncated: false,
    }),
    embed: async () => ({ vector: Float32Array.of(1, 0), truncated: false }),
    close: async () => {},
  }),
})

test.each(['["x"]', '[null]', '[{"vector": 3, "key": "k"}]', '[{"vector": ["a"], "key": "k"}]', '{}'])(
  'what is no list of questions is none: %s',
  async (rubbish) => {
    const bytes = new TextEncoder().encode(rubbish)
    const url = await start({ get: () => bytes, set: () => false }, { ...SEMANTIC, match: 'meaning' }, same)
    const { status, cache } = await send(url, HELLO)
    expect([status, cache]).toEqual([200, 'miss'])
  },
)

test('a list of questions that could not be read is not replaced by a shorter one', async () => {
  const kept = new Map<string, Uint8Array>()
  let isLate = false
  const blobs: Blobs = {
    get: (key) => (isLate ? Promise.reject(new Error('late')) : kept.get(key)),
    set: (key, value) => kept.set(key, value).has(key),
  }
  const url = await start(blobs, { ...SEMANTIC, match: 'meaning' }, same)
  const ask = async (text: string) => (await send(url, question('openai-chat', 'up/ok', { text }))).cache
  await ask('name some shop for bread')
  isLate = true
  await ask('name some shop for rolls')
  isLate = false
  const lists = [...kept.values()]
    .map((value) => new TextDecoder().decode(value))
    .filter((text) => text.startsWith('['))
  expect(lists).toHaveLength(1)
  expect(JSON.parse(lists[0] ?? '[]')).toHaveLength(1)
  expect(lists[0]).toContain([...kept.keys()][0])
  expect(gateway?.log.map(({ event }) => event)).not.toContain('background_failed')
})
