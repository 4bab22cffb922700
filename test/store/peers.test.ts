import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import { randomId } from '../../src/platform/node/ports.ts'
import { createRedisPeers } from '../../src/platform/node/redis/redis-peers.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { eventually, startGateway } from '../flow/start-gateway.ts'
import { askOf, keyOf, sendFeedback, twoKinds } from '../flow/two-kinds.ts'
import type { TestRedis } from './start-redis.ts'
import { lacksRedis, startRedis } from './start-redis.ts'

// Three gateways that share a store: what one is told or finds out, the others know.

const TIMEOUT_MS = 1_000

describe.skipIf(lacksRedis())('gateways that share a store', () => {
  let redis: TestRedis
  let simulator: RunningSimulator
  let gateways: TestGateway[] = []

  beforeEach(async () => {
    redis = await startRedis()
    simulator = await startSimulator({ port: 0 })
  })

  afterEach(async () => {
    redis.thaw()
    for (const gateway of gateways) await gateway.close()
    gateways = []
    await simulator.close()
    await redis.stop()
  })

  async function start(options: Partial<Parameters<typeof startGateway>[0]> = {}): Promise<readonly string[]> {
    for (let place = 0; place < 3; place += 1) {
      const peers = createRedisPeers({ url: redis.url, timeoutMs: TIMEOUT_MS, randomId, log: () => {} })
      await peers.opened(5_000)
      gateways.push(
        await startGateway({
          models: ['ok', 'ok;tokens=3'],
          upstream: `${simulator.url}/v1`,
          uniform: twoKinds,
          peers,
          ...options,
        }),
      )
    }
    await eventually('each hears the others', () => isHeard(3))
    return gateways.map(({ url }) => url)
  }

  async function isHeard(most: number): Promise<boolean> {
    const heard = (await redis.command('PUBSUB', 'NUMSUB', 'thalamus:peers:0')) as [string, number]
    return heard[1] >= most
  }

  async function ask(url: string | undefined, model = 'auto', content = 'Some SQL') {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
    })
    const id = response.headers.get('x-route-id') ?? ''
    const attempts = response.headers.get('x-route-attempts') ?? ''
    await response.arrayBuffer()
    return { id, attempts, status: response.status }
  }

  async function decide(url: string | undefined): Promise<Decision> {
    const response = await fetch(`${url}/v1/route`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'More SQL' }] }),
    })
    return (await response.json()) as Decision
  }

  test('a word on an answer may be said to any of them, counts once, and teaches all', async () => {
    const [first, second, third] = await start()
    const { id } = await ask(first)
    const said: unknown[] = []
    for (const [url, reward] of [
      [second, 0],
      [third, 0],
      [third, 1],
      [first, 1],
    ] as const)
      said.push(((await (await sendFeedback(url ?? '', { id, reward })).json()) as { status?: string }).status)
    expect(said).toEqual(['counted', 'unchanged', 'replaced', 'unchanged'])
    for (const url of [first, second, third]) {
      await eventually('it has learned', async () => {
        const { candidates } = await decide(url)
        const shift = candidates.find(({ learned }) => learned !== undefined)?.learned?.shift ?? 0
        return shift > 0.003 && shift < 0.005
      })
    }
  })

  test('nobody knows an answer that was never given, or another key’s', async () => {
    const [first = '', second = ''] = await start({ keys: [keyOf('a'), keyOf('b')] })
    const { id } = await askOf(first, 'Some SQL', { key: 'a' })
    for (const [key, rated] of [
      ['a', 'rt_nobody'],
      ['b', id],
    ] as const) {
      const response = await sendFeedback(second, { id: rated, reward: 1 }, key)
      expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'decision_not_found' } }])
      const receipt = await fetch(`${second}/v1/decisions/${rated}`, { headers: { authorization: `Bearer ${key}` } })
      expect(receipt.status).toBe(404)
    }
    expect((await sendFeedback(second, { id, reward: 1 }, 'a')).status).toBe(200)
  })

  test('a receipt is shown by any of them', async () => {
    const [first, second] = await start()
    const { id } = await ask(first)
    const own = await (await fetch(`${first}/v1/decisions/${id}`)).json()
    const shown = await fetch(`${second}/v1/decisions/${id}`)
    expect([shown.status, await shown.json()]).toEqual([200, own])
  })

  test('where one has found a target down, the others do not fail first', async () => {
    const [first, second] = await start({
      models: ['500', 'ok'],
      dispatch: { breaker: { isEnabled: true, failures: 2, share: 1, restMs: 60_000, maxRestMs: 60_000 } },
    })
    for (let call = 0; call < 2; call += 1) await ask(first, 'up/500')
    await eventually('the other has heard', async () => {
      const metrics = await (await fetch(`${second}/metrics`)).text()
      return metrics.includes('thalamus_breaker_open{model="up/500"} 1')
    })
    expect((await ask(second)).attempts).not.toContain('500')
  })

  test('a store that is frozen or begins anew holds nobody up, and is used again', async () => {
    const [first, second] = await start()
    const { id } = await ask(first)
    redis.freeze()
    expect((await ask(second)).status).toBe(200)
    expect((await sendFeedback(second ?? '', { id, reward: 1 })).status).toBe(404)
    redis.thaw()
    await redis.kill()
    await redis.start()
    await eventually('each hears the others again', () => isHeard(3), 15_000)
    await eventually(
      'a word reaches it',
      async () => (await sendFeedback(second ?? '', { id, reward: 1 })).status === 200,
    )
  })
})
