import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import type { Snapshot } from '../../src/core/snapshot.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { snapshotOf, startGateway } from './start-gateway.ts'
import { askOf, metric, sendFeedback, twoKinds } from './two-kinds.ts'

// The configuration is edited while outcomes come in: what was learned of a model belongs to its name.

let upstream: CaptureUpstream
let gateway: TestGateway

beforeEach(async () => {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(COMPLETION))
  })
  gateway = await startGateway({ models: ['a', 'b'], upstream: upstream.url, uniform: twoKinds })
})

afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

function reload(models: readonly string[], more: Partial<Snapshot> = {}): Promise<void> {
  return gateway.gateway.replaceSnapshot({ ...snapshotOf({ models, upstream: upstream.url }), ...more })
}

async function complain(times: number): Promise<void> {
  for (let call = 0; call < times; call += 1) {
    const { id } = await askOf(gateway.url, `Question ${call} on SQL`)
    expect((await sendFeedback(gateway.url, { id, reward: 0 })).status).toBe(200)
  }
}

/** What outcomes taught of each candidate for a prompt on SQL: the shift of its quality, 0 for nothing. */
async function lessons(): Promise<Record<string, number>> {
  const body = { messages: [{ role: 'user', content: 'A join in SQL?' }], model: 'auto' }
  const decision: Decision = await gateway.gateway.decide({ body })
  return Object.fromEntries(decision.candidates.map(({ model, learned }) => [model, learned?.shift ?? 0]))
}

test('what was learned of a model outlives edits: others come and go beside it, and it may go and come back', async () => {
  await complain(12)
  const before = await lessons()
  expect(before['up/a']).toBeLessThan(-0.03)
  await reload(['a', 'b', 'c'])
  expect(await lessons()).toEqual({ ...before, 'up/c': 0 })
  await reload(['a', 'c'])
  expect((await lessons())['up/a']).toBeCloseTo(before['up/a'] ?? 0, 6)
  await reload(['c'])
  expect(await lessons()).toEqual({ 'up/c': 0 })
  await reload(['a', 'b'])
  expect((await lessons())['up/a']).toBeCloseTo(before['up/a'] ?? 0, 6)
})

test('a model under another name begins anew', async () => {
  await complain(12)
  const before = await lessons()
  await reload(['renamed', 'b'])
  expect(await lessons()).toEqual({ 'up/renamed': 0, 'up/b': before['up/b'] })
})

test('a reward for an answer of a model that is gone is taken, counts for its name and moves nobody else', async () => {
  const { id } = await askOf(gateway.url, 'Some SQL')
  await reload(['b', 'c'])
  const taken = await sendFeedback(gateway.url, { id, reward: 0 })
  expect([taken.status, await taken.json()]).toMatchObject([200, { id, status: 'counted' }])
  expect(await metric(gateway.url, 'thalamus_outcomes_total{model="up/a",source="user",verdict="bad"}')).toBe(1)
  expect(await lessons()).toEqual({ 'up/b': 0, 'up/c': 0 })
  await reload(['a', 'b'])
  expect((await lessons())['up/a']).toBeLessThan(0)
})

test('learning and exploring are switched by an edit, and what was learned is still there', async () => {
  await complain(12)
  const before = await lessons()
  const off = { isEnabled: false, learnsFromSignals: false, priorCount: 50, forgettingPerDay: 0.99, explore: 0 }
  await reload(['a', 'b'], { learning: off })
  expect(await lessons()).toEqual({ 'up/a': 0, 'up/b': 0 })
  await reload(['a', 'b'])
  expect((await lessons())['up/a']).toBeCloseTo(before['up/a'] ?? 0, 6)
})

test('edits while calls and rewards are under way lose none of them', async () => {
  const pools = [['a', 'b'], ['a', 'b', 'c'], ['b', 'c'], ['a']]
  const calls = Array.from({ length: 60 }, async (_, call) => {
    const { id, model } = await askOf(gateway.url, `Question ${call} on SQL`)
    const { status } = await sendFeedback(gateway.url, { id, reward: call % 2 })
    return { model, status }
  })
  const edits = (async () => {
    for (let edit = 0; edit < 20; edit += 1) {
      await reload(pools[edit % pools.length] ?? [])
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })()
  const [answered] = await Promise.all([Promise.all(calls), edits])
  expect(answered.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200))
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  const counted = [...text.matchAll(/thalamus_outcomes_total\{[^}]*source="user"[^}]*\} (\d+)/g)]
  expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(60)
})
