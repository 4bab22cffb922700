import { describe, expect, test } from 'vitest'
import { queueFull } from '../core/queue-full.ts'
import type { Router } from '../core/router.ts'
import type { RouteInput } from './route.ts'
import { decide, tableRouter, target } from './test-pool.ts'

const pool = [
  target('a/strong', { price_in: 5, price_out: 25, released: '2026-09-01', params_b: 900 }),
  target('b/fair', { price_in: 1, price_out: 5, released: '2026-02-01', params_b: 70 }),
  target('c/weak', { price_in: 0.1, price_out: 0.4, released: '2025-01-01', params_b: 8 }),
]
const router = tableRouter({})

describe('without a prediction', () => {
  const late: Router = { ...router, predict: () => new Promise(() => {}) }
  const clock: RouteInput['clock'] = {
    monotonic: () => 0,
    now: () => 0,
    timer: (_, fire) => {
      queueMicrotask(fire)
      return { cancel() {}, refresh() {} }
    },
  }

  test("a late router is skipped: the policy's order decides and the decision says so", async () => {
    const policy = { name: 'p', description: '', directives: {}, fixedOrder: 'cheapest' } as const
    const { decision } = await decide(pool, {}, { router: late, clock, policy })
    expect(decision).toMatchObject({ model: 'c/weak', reason: 'router late', router_timed_out: true })
    expect(decision.candidates[0]).toEqual({
      model: 'c/weak',
      quality: undefined,
      uncertainty: undefined,
      cost_usd: 0.00017,
      latency_ms: 4_500,
      ttft_ms: 500,
      output_tokens: 400,
      output_tokens_assumed: true,
      energy_wh: expect.closeTo(0.0357, 4),
      score: undefined,
      in_band: false,
      on_front: false,
    })
    expect(decision.front).toEqual([])
  })

  test('the late router is told to stop, and its late failure concerns nobody', async () => {
    let seen: AbortSignal | undefined
    const stubborn: Router = {
      ...router,
      predict: ({ signal }) => {
        seen = signal
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
      },
    }
    const { decision } = await decide(pool, {}, { router: stubborn, clock })
    expect(decision.reason).toBe('router late')
    expect(seen?.aborted).toBe(true)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'predicts NaN',
      () => ({
        predictions: pool.map(() => ({ quality: Number.NaN, uncertainty: 0, outputTokens: 1 })),
        truncated: false,
      }),
    ],
    [
      'predicts 1.1',
      () => ({ predictions: pool.map(() => ({ quality: 1.1, uncertainty: 0, outputTokens: 1 })), truncated: false }),
    ],
    [
      'is unsure of its unsureness',
      () => ({
        predictions: pool.map(() => ({ quality: 1, uncertainty: Number.NaN, outputTokens: 1 })),
        truncated: false,
      }),
    ],
    ['forgets a model', () => ({ predictions: [], truncated: false })],
  ] as const)('a router that %s is skipped and logged', async (_, predict) => {
    const lines: unknown[] = []
    const { decision } = await decide(pool, {}, { router: { ...router, predict }, log: (...line) => lines.push(line) })
    expect(decision).toMatchObject({ model: 'a/strong', reason: 'router failed', router_timed_out: true })
    expect(lines).toMatchObject([['error', 'router_failed', { router: 'table@1' }]])
  })

  test('a router whose queue is full is skipped; that is a reason of its own and no line of the log', async () => {
    const lines: unknown[] = []
    const busy: Router = { ...router, predict: () => Promise.reject(queueFull(64)) }
    const { decision } = await decide(pool, {}, { router: busy, log: (...line) => lines.push(line) })
    expect(decision).toMatchObject({ model: 'a/strong', reason: 'router busy', router_timed_out: true })
    expect(lines).toEqual([])
  })

  const fallback: Router = { ...tableRouter({ 'b/fair': { quality: 0.9 } }), name: 'table@2' }
  const broken = () => Promise.reject(new Error('broken'))

  test.each([
    ['late', late.predict, 'router late', []],
    ['busy', () => Promise.reject(queueFull(64)), 'router busy', []],
    ['failing', broken, 'router failed', [['error', 'router_failed', { router: 'table@1', problem: 'broken' }]]],
  ] as const)(
    'the fallback of a %s router answers instead, is named, and the reason says why',
    async (_, predict, problem, expected) => {
      const lines: unknown[] = []
      const told: unknown[] = []
      const { decision } = await decide(
        pool,
        {},
        {
          router: { ...router, predict, fallback },
          clock,
          log: (...line) => lines.push(line),
          onPrediction: (...line) => told.push(line),
        },
      )
      expect(decision).toMatchObject({ model: 'b/fair', router: 'table@2', router_timed_out: true })
      expect(decision.reason).toBe(`best quality, ${problem}`)
      expect(decision.router_problem).toEqual({ router: 'table@1', problem })
      expect(lines).toEqual(expected)
      expect(told).toEqual([['table@2', 'none', 0]])
    },
  )

  test('a router in time is the one that answers, and its fallback is not asked', async () => {
    const unused: Router = {
      ...router,
      predict: () => {
        throw new Error('asked')
      },
    }
    const { decision } = await decide(pool, {}, { router: { ...fallback, fallback: unused } })
    expect(decision).toMatchObject({ model: 'b/fair', router: 'table@2', router_timed_out: false })
  })

  test('when the fallback fails too, the first problem is told', async () => {
    const { decision } = await decide(
      pool,
      {},
      { router: { ...late, fallback: { ...router, predict: broken } }, clock },
    )
    expect(decision).toMatchObject({ model: 'a/strong', router: 'table@1', reason: 'router late' })
  })

  test('without any router the call is still answered', async () => {
    const { decision } = await decide(pool, {}, { router: undefined })
    expect(decision).toMatchObject({ model: 'a/strong', router: 'none', reason: 'router failed' })
  })

  test.each([
    ['listed', 'a/strong'],
    ['cheapest', 'c/weak'],
    ['fastest', 'b/fair'],
    ['smallest', 'c/weak'],
    ['newest', 'a/strong'],
  ] as const)('the fixed order %s begins with %s', async (fixedOrder, first) => {
    const policy = { name: 'p', description: '', directives: {}, fixedOrder }
    const live: RouteInput['live'] = (id) => (id === 'b/fair' ? { ttftMs: 1, tokensPerSecond: 999 } : undefined)
    const { decision } = await decide([...pool, { ...target('z'), facts: {} }], {}, { router: undefined, policy, live })
    expect(decision.model).toBe(first)
    if (fixedOrder !== 'listed') expect(decision.candidates.at(-1)?.model).toBe('z')
  })

  test('where quality was not to count, the objective alone decides', async () => {
    const { decision } = await decide(pool, { quality: { band: 100 }, weights: { cost: 1000 } }, { router: undefined })
    expect(decision.model).toBe('c/weak')
  })

  test('hard limits hold', async () => {
    const { decision } = await decide(pool, { max: { cost_usd: 0.001 } }, { router: undefined })
    expect(decision.dropped).toMatchObject([
      { model: 'a/strong', constraint: 'cost_usd' },
      { model: 'b/fair', constraint: 'cost_usd' },
    ])
  })
})
