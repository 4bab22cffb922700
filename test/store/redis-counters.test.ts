import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Claim, Granted, KeyLimits, Taken } from '../../src/core/counters.ts'
import type { Clock, Log } from '../../src/core/ports.ts'
import { nodeClock, randomId } from '../../src/platform/node/ports.ts'
import type { RedisCounters } from '../../src/platform/node/redis/redis-counters.ts'
import { createRedisCounters } from '../../src/platform/node/redis/redis-counters.ts'
import { eventually } from '../flow/start-gateway.ts'
import { startSlowWay } from './slow-way.ts'
import type { TestRedis } from './start-redis.ts'
import { lacksRedis, startRedis } from './start-redis.ts'

// Counters in a real server, that is killed, frozen, emptied and restarted under them.

let redis: TestRedis
const opened: RedisCounters[] = []

const DAY = 'day' as const

const events: string[] = []

async function open(
  onFailure: 'open' | 'closed' = 'open',
  url: string = redis.url,
  clock: Clock = nodeClock,
): Promise<RedisCounters> {
  const log: Log = (_level, event) => void events.push(event)
  const counters = createRedisCounters({ url, timeoutMs: 250, onFailure, clock, randomId, log })
  opened.push(counters)
  await counters.opened(2_000)
  return counters
}

let calls = 0

function claim(limits: KeyLimits, given: Partial<Claim> = {}): Claim {
  calls += 1
  const cost = { full: 0, least: 0 }
  return { key: 'team {a}', call: `c${calls}`, limits, tokens: 0, cost, leaseMs: 60_000, ...given }
}

const budget = (nanoUsd: number): KeyLimits => ({ budget: { nanoUsd, per: DAY } })
const costing = (nanoUsd: number): Partial<Claim> => ({ cost: { full: nanoUsd, least: nanoUsd } })

async function granted(taking: Taken | Promise<Taken>): Promise<Granted> {
  const taken = await taking
  if (taken.type === 'refused') throw new Error(`refused by ${taken.by}`)
  return taken
}

async function underWay(): Promise<number> {
  return Number(await redis.command('ZCARD', 'thalamus:{team%20%7Ba%7D}:leases'))
}

async function spent(): Promise<number> {
  const [key] = (await redis.command('KEYS', 'thalamus:*:budget:*')) as string[]
  return Number(key === undefined ? 0 : await redis.command('HGET', key, 's'))
}

describe.skipIf(lacksRedis())('in a real server', () => {
  beforeEach(async () => {
    redis = await startRedis()
    events.length = 0
  })

  afterEach(async () => {
    redis.thaw()
    await Promise.all(opened.splice(0).map((counters) => counters.close()))
    await redis.stop()
  })

  test('two gateways count together: requests, tokens, calls under way, budget', async () => {
    const [a, b] = [await open(), await open()]
    const limits = { requestsPerMinute: 3, tokensPerMinute: 100, concurrent: 2, ...budget(1_000) }
    const first = await granted(a.take(claim(limits, { tokens: 40, ...costing(400) })))
    expect(first.left).toEqual({ requests: 2, tokens: 60 })
    const tooMany = await b.take(claim(limits, { tokens: 61 }))
    expect(tooMany).toMatchObject({ type: 'refused', by: 'tokens', isHeld: false })
    if (tooMany.type === 'refused') expect(tooMany.retryAfterMs).toBeGreaterThan(50_000)
    await granted(b.take(claim(limits, { tokens: 60, ...costing(600) })))
    expect(await a.take(claim(limits))).toMatchObject({ type: 'refused', by: 'concurrent', isHeld: true })
    first.hold.settle({ tokens: 10, nanoUsd: 100 })
    await eventually('the settlement', async () => (await spent()) === 700)
    const third = await granted(b.take(claim(limits, { tokens: 30, cost: { full: 301, least: 300 } })))
    expect(third.hold.nanoUsd).toBe(300)
    third.hold.settle({ tokens: 30, nanoUsd: 300 })
    expect(await a.take(claim(limits))).toMatchObject({ type: 'refused', by: 'requests' })
  })

  test('whatever is refused has taken nothing, and all that it keeps expires', async () => {
    const counters = await open()
    const limits = { requestsPerMinute: 10, ...budget(10) }
    for (let call = 0; call < 20; call += 1)
      expect(await counters.take(claim(limits, costing(11)))).toMatchObject({
        type: 'refused',
        by: 'budget',
        isHeld: false,
      })
    const { left } = await granted(counters.take(claim(limits, costing(10))))
    expect(left.requests).toBe(9)
    const keys = (await redis.command('KEYS', '*')) as string[]
    expect(keys.filter((key) => key.startsWith('thalamus:{team%20%7Ba%7D}:')).length).toBe(4)
    for (const key of keys) {
      expect(key).toMatch(/^thalamus:/)
      expect(await redis.command('TTL', key)).toBeGreaterThan(0)
    }
  })

  test('the place of a gateway that crashed ends with its lease; what it had set aside stays spent', async () => {
    const counters = await open()
    const limits = { concurrent: 1, ...budget(100) }
    await granted(counters.take(claim(limits, { leaseMs: 200, ...costing(60) })))
    expect(await counters.take(claim(limits))).toMatchObject({ by: 'concurrent' })
    await eventually('the end of the lease', async () => (await counters.take(claim(limits))).type === 'granted')
    expect(await spent()).toBe(60)
  })

  test('a call is settled once, though it is said twice', async () => {
    const counters = await open()
    const { hold } = await granted(counters.take(claim(budget(100), costing(50))))
    hold.settle({ tokens: 0, nanoUsd: 20 })
    hold.settle({ tokens: 0, nanoUsd: 20 })
    await eventually('the settlement', async () => (await spent()) === 20)
    await counters.close()
    expect(await spent()).toBe(20)
  })

  test('more is set aside for a call under way, as much as is left, and all of it is settled', async () => {
    const [a, b] = [await open(), await open()]
    const first = await granted(a.take(claim(budget(100), costing(40))))
    expect(await first.hold.more({ full: 70, least: 20 })).toBe(20)
    expect(await first.hold.more({ full: 41, least: 41 })).toBe(0)
    expect(await first.hold.more({ full: 30, least: 0 })).toBe(30)
    expect(await b.take(claim(budget(100), costing(11)))).toMatchObject({ type: 'refused', isHeld: true })
    first.hold.settle({ tokens: 0, nanoUsd: 45 })
    await eventually('the settlement', async () => (await spent()) === 45)
    expect(await first.hold.more({ full: 1, least: 1 })).toBe(0)
    const second = await granted(a.take(claim(budget(100), costing(10))))
    // The store has lost the call: what more it needs is set aside by nobody, and what it cost is paid for once.
    await redis.command('FLUSHALL')
    expect(await second.hold.more({ full: 10, least: 10 })).toBe(0)
    second.hold.settle({ tokens: 0, nanoUsd: 4 })
    await eventually('the settlement', async () => (await spent()) === 49)
  })

  test('a server that has forgotten its scripts is told them again', async () => {
    const counters = await open()
    await granted(counters.take(claim({ concurrent: 5 })))
    await redis.command('SCRIPT', 'FLUSH')
    await granted(counters.take(claim({ concurrent: 5 })))
  })

  test.each(['open', 'closed'] as const)(
    'T-18 killed, with the policy %s: nobody waits, and it heals',
    async (policy) => {
      const counters = await open(policy)
      const limits = { requestsPerMinute: 2 }
      const { hold } = await granted(counters.take(claim(budget(100), costing(50))))
      await redis.kill()
      await eventually('word of it', () => counters.health()?.isUp === false)
      if (policy === 'open') {
        // By itself, and in the same way.
        await granted(counters.take(claim(limits)))
        await granted(counters.take(claim(limits)))
        expect(await counters.take(claim(limits))).toMatchObject({ by: 'requests' })
      } else
        await expect(counters.take(claim(limits))).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
      await expect(counters.take(claim(budget(100)))).rejects.toMatchObject({ code: 'store_unavailable' })
      hold.settle({ tokens: 0, nanoUsd: 30 })
      await redis.start()
      await eventually('its return', () => counters.health()?.isUp === true)
      // It came back empty, and is told what was spent.
      await eventually('what was spent', async () => (await spent()) === 30)
      expect(await counters.take(claim(budget(100), costing(71)))).toMatchObject({ type: 'refused', by: 'budget' })
      await eventually(
        'that it pays again',
        async () => (await counters.take(claim(budget(100), costing(70)))).type === 'granted',
      )
    },
  )

  test('T-18 frozen: a claim does not wait for longer than its deadline, and takes nothing when it is read at last', async () => {
    const counters = await open()
    const limits = { requestsPerMinute: 10, concurrent: 10 }
    await granted(counters.take(claim(limits)))
    const before = await redis.command('HGETALL', 'thalamus:{team%20%7Ba%7D}:minute')
    redis.freeze()
    const startedAt = performance.now()
    const taken = await Promise.all(Array.from({ length: 5 }, () => counters.take(claim(limits))))
    const waited = performance.now() - startedAt
    expect(taken.map(({ type }) => type)).toEqual(Array.from({ length: 5 }, () => 'granted'))
    expect(waited).toBeGreaterThan(200)
    await eventually('word of it', () => counters.health()?.isUp === false)
    // Past its deadline by the server's clock.
    await new Promise((resolve) => setTimeout(resolve, 300))
    redis.thaw()
    await eventually('its return', () => counters.health()?.isUp === true)
    expect(await redis.command('HGETALL', 'thalamus:{team%20%7Ba%7D}:minute')).toEqual(before)
    expect(await redis.command('ZCARD', 'thalamus:{team%20%7Ba%7D}:leases')).toBe(1)
  })

  test('frozen while a call ends: it is paid for once, though the store is told again', async () => {
    const counters = await open()
    // The server knows the scripts from now on: it must not have to ask for them.
    const first = await granted(counters.take(claim(budget(100), costing(1))))
    first.hold.settle({ tokens: 0, nanoUsd: 0 })
    await eventually('the settlement', async () => (await spent()) === 0)
    const { hold } = await granted(counters.take(claim(budget(100), costing(50))))
    redis.freeze()
    hold.settle({ tokens: 0, nanoUsd: 20 })
    await eventually('word of it', () => counters.health()?.isUp === false)
    redis.thaw()
    await eventually('its return', () => counters.health()?.isUp === true)
    // What was said meanwhile, and again.
    await counters.close()
    expect(await spent()).toBe(20)
  })

  test('a claim that was taken, and whose answer came too late, is given back', async () => {
    const slow = await startSlowWay(redis.url)
    const counters = await open('open', slow.url)
    const limits = { concurrent: 3 }
    const { hold } = await granted(counters.take(claim(limits)))
    hold.settle({ tokens: 0, nanoUsd: 0 })
    await eventually('its settlement', async () => (await underWay()) === 0)
    slow.delay(600)
    const taking = counters.take(claim(limits))
    await eventually('the claim', async () => (await underWay()) === 1)
    await granted(taking)
    slow.delay(0)
    await eventually('its end', async () => (await underWay()) === 0)
    await counters.close()
    slow.close()
  })

  test('emptied: budgets go on from the most that any gateway has seen', async () => {
    const [a, b] = [await open(), await open()]
    const limits = budget(100)
    await granted(a.take(claim(limits, costing(20))))
    const { hold } = await granted(b.take(claim(limits, costing(50))))
    await redis.command('FLUSHALL')
    // This one has seen less.
    expect(await a.take(claim(limits, costing(60)))).toMatchObject({ type: 'refused', isHeld: true })
    expect(await b.take(claim(limits, costing(60)))).toMatchObject({ type: 'refused' })
    expect(await spent()).toBe(70)
    hold.settle({ tokens: 0, nanoUsd: 10 })
    await eventually('the settlement', async () => (await spent()) === 30)
  })

  test('emptied: a gateway that has seen the most says so though nobody calls it, also where others know nothing of the key', async () => {
    const [most, none] = [await open(), await open()]
    const limits = budget(100)
    const { hold } = await granted(most.take(claim(limits, costing(90))))
    hold.settle({ tokens: 0, nanoUsd: 90 })
    await eventually('the settlement', async () => (await spent()) === 90)
    await redis.command('FLUSHALL')
    expect(await none.take(claim(limits, costing(20)))).toMatchObject({ type: 'refused', isHeld: true })
    await eventually('what was spent', async () => (await spent()) === 90)
    await eventually('that it pays again', async () => (await none.take(claim(limits, costing(10)))).type === 'granted')
    expect(await none.take(claim(limits, costing(1)))).toMatchObject({ type: 'refused', by: 'budget' })
  })

  test('gateways whose clocks are days apart have one budget', async () => {
    const wrong: Clock = { ...nodeClock, now: () => Date.now() + 40 * 86_400_000 }
    const [right, ahead] = [await open(), await open('open', redis.url, wrong)]
    await granted(right.take(claim(budget(100), costing(60))))
    expect(await ahead.take(claim(budget(100), costing(50)))).toMatchObject({ type: 'refused', by: 'budget' })
  })

  test.each([
    ['a copy that may only be read', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], 'READONLY'],
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], 'OOM'],
  ])('a server that is %s is down, and is not said to be up in between', async (_name, spoil, mend, problem) => {
    const counters = await open()
    await granted(counters.take(claim(budget(100), costing(10))))
    await redis.command(...spoil)
    await eventually('word of it', () => counters.health()?.isUp === false)
    expect(counters.health()?.problem).toContain(problem)
    const before = events.length
    for (let probes = 0; probes < 10; probes += 1) {
      await granted(counters.take(claim({ requestsPerMinute: 100 })))
      await expect(counters.take(claim(budget(100)))).rejects.toMatchObject({ code: 'store_unavailable' })
      await redis.command('PING')
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    expect(events.length).toBe(before)
    await redis.command(...mend)
    await eventually('its return', () => counters.health()?.isUp === true)
    await granted(counters.take(claim(budget(100), costing(10))))
  })

  test('a wrong password is said to be one', async () => {
    await redis.command('CONFIG', 'SET', 'requirepass', 'right')
    const counters = await open('open', redis.url.replace('redis://', 'redis://:wrong@'))
    await eventually('the reason', () => counters.health()?.problem?.includes('WRONGPASS') === true)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(counters.health()).toMatchObject({ isUp: false, problem: expect.stringContaining('WRONGPASS') })
  })

  test('restarted as it was some time ago: what was spent since is not forgotten', async () => {
    const counters = await open()
    const limits = budget(100)
    const { hold } = await granted(counters.take(claim(limits, costing(10))))
    hold.settle({ tokens: 0, nanoUsd: 10 })
    await eventually('the settlement', async () => (await spent()) === 10)
    await redis.command('SAVE')
    await granted(counters.take(claim(limits, costing(80))))
    await redis.kill()
    await redis.start()
    await eventually('what was spent', async () => (await spent()) === 90)
    await eventually('that it is up', () => counters.health()?.isUp === true)
    expect(await counters.take(claim(limits, costing(11)))).toMatchObject({ type: 'refused', by: 'budget' })
  })

  test('a store that is away at the start keeps nothing from starting, and is found later', async () => {
    await redis.kill()
    const counters = await open()
    expect(counters.health()).toMatchObject({ isUp: false })
    await granted(counters.take(claim({ concurrent: 1 })))
    await redis.start()
    await eventually('the store', () => counters.health()?.isUp === true)
    await granted(counters.take(claim({ concurrent: 1 })))
    expect(await redis.command('ZCARD', 'thalamus:{team%20%7Ba%7D}:leases')).toBe(1)
  })
})
