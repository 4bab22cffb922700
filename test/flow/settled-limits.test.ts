import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Counters, Hold } from '../../src/core/counters.ts'
import { createMemoryCounters } from '../../src/limits/memory-counters.ts'
import { nodeClock } from '../../src/platform/node/ports.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { BEARER, keyOf } from './key-of.ts'
import { eventually, HELLO, startGateway } from './start-gateway.ts'

// However calls end, what they held is given back once, and what is spent is what they are said to have cost.

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, defaults: { tokenDelayMs: 0 } })
})

afterAll(() => simulator.close())

const MODELS = [
  'ok',
  'cut@0',
  'cut@5',
  'error-in-200',
  'empty-200',
  'malformed@5',
  '429;retry-after=1',
  '500',
  'reset',
  'never-ends',
  'slow-ttft=400',
  'tool:weather',
]
const PATHS = ['/v1/chat/completions', '/v1/messages', '/v1/responses', '/v1/embeddings', '/v1/moderations'] as const

const call = fc.record({
  model: fc.constantFrom(...MODELS, 'auto'),
  path: fc.constantFrom(...PATHS),
  stream: fc.boolean(),
  /** When the client leaves; `undefined`: not before the answer is whole. */
  leavesAfterMs: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
})

type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never

function bodyOf({ path, model, stream }: Call): object {
  const named = { model: model === 'auto' ? model : `up/${model}`, stream }
  if (path === '/v1/embeddings' || path === '/v1/moderations') return { model: 'up/ok', input: 'Hello' }
  if (path === '/v1/responses') return { ...named, input: 'Hello', max_output_tokens: 100 }
  return { ...named, messages: HELLO, max_tokens: 100 }
}

/** Counters that remember how often each hold was settled, and at what. */
function watched(counters: Counters) {
  const settled = new Map<Hold, number>()
  let granted = 0
  let spent = 0
  return {
    settled,
    granted: () => granted,
    spent: () => spent,
    counters: {
      ...counters,
      async take(claim) {
        const taken = await counters.take(claim)
        if (taken.type === 'refused') return taken
        granted += 1
        const { hold } = taken
        return {
          ...taken,
          hold: {
            ...hold,
            settle(used) {
              settled.set(hold, (settled.get(hold) ?? 0) + 1)
              spent += used.nanoUsd
              hold.settle(used)
            },
          },
        }
      },
    } satisfies Counters,
  }
}

test('whatever becomes of calls, all they hold is given back and all they cost is spent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 25 }), async (calls) => {
      const memory = createMemoryCounters(nodeClock)
      const watch = watched(memory)
      const limits = { concurrent: 30, tokensPerMinute: 1e9, budget: { nanoUsd: 1e9, per: 'day' as const } }
      const gateway = await startGateway({
        models: MODELS,
        upstream: `${simulator.url}/v1`,
        keys: [keyOf(limits)],
        counters: watch.counters,
        timeouts: { totalMs: 300 },
      })
      try {
        await Promise.all(
          calls.map(async (one) => {
            const leaving = new AbortController()
            const timer =
              one.leavesAfterMs === undefined ? undefined : setTimeout(() => leaving.abort(), one.leavesAfterMs)
            const response = await fetch(`${gateway.url}${one.path}`, {
              method: 'POST',
              headers: { 'content-type': 'application/json', ...BEARER },
              body: JSON.stringify(bodyOf(one)),
              signal: leaving.signal,
            }).catch(() => undefined)
            await response?.text().catch(() => undefined)
            clearTimeout(timer)
          }),
        )
        await eventually('the end of every call', () => watch.settled.size === watch.granted())
        expect([...watch.settled.values()].every((times) => times === 1)).toBe(true)
        // All places are free.
        const cost = { full: 0, least: 0 }
        const claim = { key: 'team-a', call: 'c', limits, tokens: 0, cost, leaseMs: 1_000 }
        for (let place = 0; place < 30; place += 1) expect(memory.take(claim).type).toBe('granted')
        const costs = (): number =>
          gateway.log.reduce((sum, { cost_usd: usd }) => sum + (typeof usd === 'number' ? usd : 0), 0)
        const within = calls.length * 2
        await eventually('the records', () => Math.abs(costs() * 1e9 - watch.spent()) <= within)
        // And the budget is less by just that.
        const { concurrent: _, ...unbounded } = limits
        const left = limits.budget.nanoUsd - watch.spent()
        const more = { ...claim, limits: unbounded, cost: { full: left + 1, least: left + 1 } }
        expect(memory.take(more).type).toBe('refused')
        expect(memory.take({ ...more, cost: { full: left, least: left } }).type).toBe('granted')
      } finally {
        await gateway.close()
      }
    }),
    { numRuns: 15 },
  )
}, 120_000)
