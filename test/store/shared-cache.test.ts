import { afterEach, describe, expect, test } from 'vitest'
import { createRedisBlobs } from '../../src/platform/node/redis/redis-blobs.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { CACHE, CLIENTS, question, said, send } from '../flow/ask-twice.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { eventually, startGateway } from '../flow/start-gateway.ts'
import type { TestRedis } from './start-redis.ts'
import { lacksRedis, startRedis } from './start-redis.ts'

// Two gateways and one store: what the one was told the other need not ask.

describe.skipIf(lacksRedis())('answers in a store', () => {
  let redis: TestRedis
  let simulator: RunningSimulator
  let gateways: TestGateway[] = []

  afterEach(async () => {
    for (const gateway of gateways) await gateway.close()
    gateways = []
    await simulator.close()
    await redis.stop()
  })

  async function start(): Promise<readonly [string, string]> {
    redis = await startRedis()
    simulator = await startSimulator({ port: 0 })
    const open = async (): Promise<string> => {
      const gateway = await startGateway({
        models: ['ok', 'ok;reasoning'],
        upstream: `${simulator.url}/v1`,
        cache: { ...CACHE, isShared: true },
        sharedBlobs: () => createRedisBlobs({ url: redis.url, timeoutMs: 1_000, log: () => {} }),
      })
      gateways.push(gateway)
      return gateway.url
    }
    const [one, other] = [await open(), await open()]
    for (const url of [one, other]) await eventually('the store is found', () => isFound(url))
    await redis.command('FLUSHALL')
    simulatorAsked = simulator.requests()
    return [one, other]
  }

  let simulatorAsked = 0
  const isFound = async (url: string): Promise<boolean> => {
    const asking = question('openai-chat', 'up/ok', { text: 'Is it there?' })
    await send(url, asking)
    return (await send(url, asking)).cache === 'hit'
  }

  test.each(CLIENTS)('are found by the other gateway, by a client of %s', async (client) => {
    const [one, other] = await start()
    for (const stream of [true, false]) {
      const asking = question(client, 'up/ok;reasoning', { text: `Größe, 大きさ 🙂 ${stream}`, stream })
      const first = await send(one, asking)
      const asked = () => send(other, asking)
      await eventually('it is kept', async () => (await redis.command('DBSIZE')) !== 0)
      const second = await asked()
      expect([first.cache, second.cache]).toEqual(['miss', 'hit'])
      expect(said(client, second).said).toEqual(said(client, first).said)
      await redis.command('FLUSHALL')
    }
    expect(simulator.requests() - simulatorAsked).toBe(2)
  })

  test('are found in a store that is full, and those that find no room do no harm', async () => {
    const [one, other] = await start()
    const known = question('openai-chat', 'up/ok', { text: 'Known before' })
    await send(one, known)
    await eventually('both names are kept', async () => (await redis.command('DBSIZE')) === 2)
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    for (let place = 0; place < 12; place += 1) {
      const fresh = await send(other, question('openai-chat', 'up/ok', { text: `No room for ${place}` }))
      expect([fresh.status, fresh.cache]).toEqual([200, 'miss'])
      expect((await send(other, known)).cache).toBe('hit')
    }
  })

  test('have names that say nothing, and an end', async () => {
    const [one] = await start()
    await send(one, question('openai-chat', 'up/ok', { text: 'secret question' }))
    await eventually('both names are kept', async () => (await redis.command('DBSIZE')) === 2)
    const keys = (await redis.command('KEYS', '*')) as string[]
    for (const key of keys) {
      expect(key).toMatch(/^thalamus:cache:[A-Za-z0-9+/]{43}=$/)
      const leftMs = Number(await redis.command('PTTL', key))
      expect(leftMs).toBeGreaterThan(0)
      expect(leftMs).toBeLessThanOrEqual(CACHE.ttlMs)
      expect(await redis.command('GET', key)).not.toContain('secret question')
    }
  })

  test('are misses where the store has what no gateway of this version wrote', async () => {
    const [one] = await start()
    const asking = question('openai-chat', 'up/ok')
    await send(one, asking)
    await eventually('both names are kept', async () => (await redis.command('DBSIZE')) === 2)
    const keys = (await redis.command('KEYS', '*')) as string[]
    const kept = (await Promise.all(keys.map((key) => redis.command('GET', key)))).map(String)
    const entry = kept.find((text) => text.startsWith('{')) ?? ''
    const head = JSON.parse(entry.split('\n')[0] ?? '')
    const odd = [{ losses: 5 }, { losses: [{}] }, { usage: 7 }, { storedAt: null }, { format: 3 }, { sentAs: 'other' }]
    for (const value of [
      ...odd.map((change) => entryOf({ ...head, ...change }, entry)),
      entry.slice(0, -9),
      '[]\n{}',
    ]) {
      for (const key of keys) await redis.command('SET', key, value)
      const { status, cache } = await send(one, asking)
      expect([status, cache]).toEqual([200, 'miss'])
      await eventually(
        'it is kept anew',
        async () => (await Promise.all(keys.map((key) => redis.command('GET', key)))).includes(value) === false,
      )
    }
    for (const key of keys) {
      await redis.command('DEL', key)
      await redis.command('LPUSH', key, 'a list')
    }
    expect((await send(one, asking)).status).toBe(200)
  })

  test('are misses while the store is away, frozen or has rubbish', async () => {
    const [one] = await start()
    const asking = question('openai-chat', 'up/ok')
    await send(one, asking)
    await eventually('it is kept', async () => (await redis.command('DBSIZE')) !== 0)
    for (const key of (await redis.command('KEYS', '*')) as string[]) await redis.command('SET', key, 'rubbish')
    expect((await send(one, asking)).status).toBe(200)
    await redis.kill()
    const without = await send(one, asking)
    expect([without.status, without.cache]).toEqual([200, 'miss'])
    await redis.start()
    await eventually('it is used again', () => isFound(one))
    redis.freeze()
    const frozen = await send(one, asking)
    expect([frozen.status, frozen.cache]).toEqual([200, 'miss'])
    redis.thaw()
  })
})

/** Another head before the body of that entry. */
function entryOf(head: object, entry: string): string {
  return `${JSON.stringify(head)}\n${entry.slice(entry.indexOf('\n') + 1)}`
}
