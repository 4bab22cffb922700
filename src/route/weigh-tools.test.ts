import { describe, expect, test } from 'vitest'
import type { ToolOutcome } from '../core/tool-outcome.ts'
import { createToolReliability, NATIVE } from '../usage/tool-reliability.ts'
import type { RouteInput } from './route.ts'
import { decide, signals, tableRouter, target } from './test-pool.ts'
import type { ToolShares } from './weigh-tools.ts'

const pool = [target('a/one'), target('b/two')]
const withTools = signals({ toolCount: 1 })
const equal = tableRouter({ 'a/one': { quality: 0.7 }, 'b/two': { quality: 0.7 } })

function start() {
  const clock = { time: 0, monotonic: () => clock.time }
  const kept = createToolReliability(clock)
  const seen = (id: string, outcome: ToolOutcome, times: number): void => {
    for (let call = 0; call < times; call += 1) kept.record(id, NATIVE, outcome)
  }
  const choose = async (given: Partial<RouteInput> = {}) =>
    (await decide(pool, {}, { router: equal, signals: withTools, toolShares: kept.share, ...given })).decision
  return { clock, kept, seen, choose }
}

describe('of two equal models', () => {
  test('the one that breaks its calls loses requests with tools, keeps the others, and recovers', async () => {
    const { kept, seen, choose } = start()
    expect((await choose()).model).toBe('a/one')
    seen('a/one', 'broken', 5)
    const lost = await choose()
    expect(lost).toMatchObject({ model: 'b/two', reason: 'more reliable tool calls' })
    const [first, second] = lost.candidates
    expect(first?.tool_reliability).toBe(kept.share(pool[1] ?? target('b/two')).reliability)
    for (const { quality, tool_reliability: reliability = 0 } of [first, second].flatMap((one) => one ?? []))
      expect(quality).toBeCloseTo(0.7 * reliability, 10)

    const plain = await choose({ signals: signals() })
    expect(plain).toMatchObject({ model: 'a/one' })
    expect(plain.reason).not.toBe(lost.reason)
    for (const candidate of plain.candidates) {
      expect(candidate.quality).toBe(0.7)
      expect(candidate).not.toHaveProperty('tool_reliability')
    }

    // Asked by name, or in a pool of its own.
    let calls = 0
    for (; (await choose()).model !== 'a/one' && calls < 1_000; calls += 1) seen('a/one', 'valid', 1)
    expect(calls).toBeGreaterThan(1)
    expect(calls).toBeLessThan(1_000)
  })

  test('the one that broke its calls is tried again when much time has passed', async () => {
    const { clock, seen, choose } = start()
    seen('a/one', 'broken', 100)
    expect((await choose()).model).toBe('b/two')
    clock.time += 30 * 24 * 3_600_000
    const [one, two] = (await choose()).candidates.map(({ quality = 0 }) => quality)
    expect(Math.abs((one ?? 0) - (two ?? 1))).toBeLessThan(1e-6)
  })

  test('equal evidence changes no order, however bad it is', async () => {
    const { seen, choose } = start()
    for (const { id } of pool) seen(id, 'broken', 30)
    const decision = await choose()
    expect(decision.model).toBe('a/one')
    expect(decision.reason).not.toBe('more reliable tool calls')
  })
})

test('reliability is weighed against quality: a much better model keeps its place over a lost call or two', async () => {
  const { seen, choose } = start()
  const router = tableRouter({ 'a/one': { quality: 0.9 }, 'b/two': { quality: 0.5 } })
  seen('a/one', 'broken', 2)
  expect((await choose({ router })).model).toBe('a/one')
  seen('a/one', 'broken', 98)
  expect(await choose({ router })).toMatchObject({ model: 'b/two', reason: 'more reliable tool calls' })
})

describe('without predictions', () => {
  test('a model that clearly breaks its calls stands behind the others, and no other order changes', async () => {
    const { seen, choose } = start()
    const late = { router: undefined }
    seen('a/one', 'broken', 9)
    expect(await choose(late)).toMatchObject({ model: 'a/one', reason: 'router failed' })
    seen('a/one', 'broken', 50)
    expect(await choose(late)).toMatchObject({ model: 'b/two', reason: 'more reliable tool calls, router failed' })
    expect(await choose({ ...late, signals: signals() })).toMatchObject({ model: 'a/one', reason: 'router failed' })
    seen('b/two', 'broken', 100)
    expect(await choose(late)).toMatchObject({ model: 'a/one', reason: 'router failed' })
  })

  test('an unreliable model of which few calls were seen keeps its place', async () => {
    const shares = (calls: number): ToolShares => {
      return ({ id }) => (id === 'a/one' ? { reliability: 0.1, calls } : { reliability: 1, calls })
    }
    const { choose } = start()
    expect((await choose({ router: undefined, toolShares: shares(9.9) })).model).toBe('a/one')
    expect((await choose({ router: undefined, toolShares: shares(10) })).model).toBe('b/two')
  })
})

test('limits go before: the only model that passes is asked, whatever its calls are worth', async () => {
  const { kept, seen } = start()
  seen('a/one', 'broken', 100)
  const { decision } = await decide(pool, { models: [['a/one']] }, { signals: withTools, toolShares: kept.share })
  expect(decision.model).toBe('a/one')
  expect(decision.reason).not.toContain('tool')
})

test('limits that were given up are the reason, also where tools decided', async () => {
  const { kept, seen } = start()
  seen('a/one', 'broken', 30)
  const directives = { max: { cost_usd: 1e-9 }, relax: ['cost_usd'] } as const
  const { decision } = await decide(pool, directives, { router: equal, signals: withTools, toolShares: kept.share })
  expect(decision).toMatchObject({ model: 'b/two', reason: 'limits relaxed' })
})
