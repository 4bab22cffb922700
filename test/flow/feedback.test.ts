import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import { learnedFile } from '../../src/platform/node/learned-file.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'
import { askOf, keyOf, metric, sendFeedback, twoKinds } from './two-kinds.ts'

let upstream: CaptureUpstream
let gateway: TestGateway | undefined
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thalamus-learned-'))
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(COMPLETION))
  })
})

afterEach(async () => {
  await gateway?.close()
  await upstream.close()
  rmSync(folder, { recursive: true })
})

type Options = Partial<Parameters<typeof startGateway>[0]>

async function start(options: Options = {}): Promise<string> {
  gateway = await startGateway({ models: ['a', 'b'], upstream: upstream.url, uniform: twoKinds, ...options })
  return gateway.url
}

async function decide(url: string, content: string): Promise<Decision> {
  const response = await fetch(`${url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'auto',
      routing: { quality: { band: 0 } },
      messages: [{ role: 'user', content }],
    }),
  })
  return (await response.json()) as Decision
}

test('a reward is counted once, changes nothing when it comes again, and is replaced by another', async () => {
  const url = await start()
  const { id } = await askOf(url, 'Some SQL')
  const statuses: unknown[] = []
  for (const reward of [0, 0, 1, 1]) {
    const response = await sendFeedback(url, { id, reward, source: 'user' })
    expect(response.status).toBe(200)
    const taken = await response.json()
    expect(taken).toMatchObject({ object: 'feedback', id, source: 'user', reward })
    statuses.push(Object(taken).status)
  }
  expect(statuses).toEqual(['counted', 'unchanged', 'replaced', 'unchanged'])
  // One outcome of 1, as if the 0 had never been said: (1 − 0.8) / (50 + 1), and nearly nothing from what was seen.
  const { learned } = (await decide(url, 'More SQL')).candidates.find(({ model }) => model === 'up/a') ?? {}
  expect(learned?.shift).toBeCloseTo(0.2 / 51, 3)
  expect(await metric(url, 'thalamus_outcomes_total{model="up/a",source="user",verdict="bad"}')).toBe(1)
  expect(await metric(url, 'thalamus_outcomes_total{model="up/a",source="user",verdict="good"}')).toBe(1)
})

test('the reward of one answer is said twenty times at most, and stays as it was then', async () => {
  const url = await start()
  const { id } = await askOf(url, 'Some SQL')
  for (let change = 0; change < 20; change += 1)
    expect((await sendFeedback(url, { id, reward: change % 2 })).status).toBe(200)
  const refused = await sendFeedback(url, { id, reward: 0 })
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { error: { code: 'invalid_request', param: 'id', message: expect.stringContaining('stays as it is') } },
  ])
  expect(await (await sendFeedback(url, { id, reward: 1 })).json()).toMatchObject({ status: 'unchanged' })
  const told = () => gateway?.log.filter(({ event }) => event === 'feedback').length ?? 0
  await eventually('the log to tell', () => told() >= 20)
  expect(told()).toBe(20)
})

test('complaints move routing away from a model on that kind of prompt alone, and the decision says so', async () => {
  const url = await start()
  const before = await decide(url, 'A join in SQL?')
  expect(before).toMatchObject({ model: 'up/a', reason: 'best quality' })
  expect(before.candidates[0]).not.toHaveProperty('learned')
  for (let call = 0; call < 12; call += 1) {
    const { id, model } = await askOf(url, `Question ${call} on SQL`)
    await sendFeedback(url, { id, reward: model === 'up/a' ? 0 : 1 })
  }
  const after = await decide(url, 'A join in SQL?')
  expect(after).toMatchObject({ model: 'up/b', reason: 'learned from outcomes' })
  const { learned } = after.candidates.find(({ model }) => model === 'up/a') ?? {}
  expect(learned?.shift).toBeLessThan(-0.03)
  expect(learned?.outcomes).toBeGreaterThan(1)
  expect(await decide(url, 'A poem?')).toMatchObject({ model: 'up/a', reason: 'best quality' })
})

const TOKENS: Options['jwt'] = {
  issuer: 'https://login.test',
  audiences: ['thalamus'],
  jwksUrl: undefined,
  algorithms: ['RS256'],
  nameClaim: 'sub',
  skewSeconds: 0,
  rules: [],
}

test.each([
  ['keys', { keys: [keyOf('honest'), keyOf('bad')] }, 'honest'],
  ['a key and tokens', { keys: [keyOf('bad')], jwt: TOKENS }, 'bad'],
] as const)(
  'where %s share a gateway, the complaints of one caller alone turn nobody’s order',
  async (_, options, other) => {
    const url = await start(options)
    for (let call = 0; call < 60; call += 1) {
      const { id } = await askOf(url, `Question ${call} on SQL`, { key: 'bad' })
      expect((await sendFeedback(url, { id, reward: 0 }, 'bad')).status).toBe(200)
    }
    expect(await askOf(url, 'A join in SQL?', { key: other })).toMatchObject({ model: 'up/a' })
  },
)

test('a model whose answers are worse than expected raises one alarm with its remedy', async () => {
  const learning = { isEnabled: false, learnsFromSignals: false, priorCount: 50, forgettingPerDay: 0.99, explore: 0 }
  const url = await start({ learning })
  for (let call = 0; call < 14; call += 1) {
    const { id } = await askOf(url, `Question ${call} on SQL`)
    await sendFeedback(url, { id, reward: 0 })
  }
  expect(await metric(url, 'thalamus_drift_cusum{model="up/a"}')).toBeGreaterThan(6)
  expect(await metric(url, 'thalamus_drift_brier{model="up/a"}')).toBeCloseTo(0.64, 6)
  await eventually('the alarm', () => gateway?.log.some(({ event }) => event === 'drift') === true)
  expect(gateway?.log.filter(({ event }) => event === 'drift')).toEqual([
    expect.objectContaining({
      level: 'warn',
      of: 'cusum',
      by: 'users',
      model: 'up/a',
      cluster: 0,
      remedy: expect.stringContaining('thalamus profile up/a'),
    }),
  ])
})

test('exploring keeps to its share, is in the receipt with its chance, and leaves sensitive keys alone', async () => {
  const learning = { isEnabled: false, learnsFromSignals: false, priorCount: 50, forgettingPerDay: 0.99, explore: 0.05 }
  const url = await start({ learning, keys: [keyOf('plain'), keyOf('careful', { isSensitive: true })] })
  const ask = async (key: string): Promise<readonly { readonly id: string; readonly model: string }[]> => {
    const asked: { readonly id: string; readonly model: string }[] = []
    const routing = { quality: { band: 3 }, weights: { cost: 0 } }
    for (let call = 0; call < 200; call += 1) asked.push(await askOf(url, `Question ${call}`, { key, routing }))
    return asked
  }
  const [plain, careful] = await Promise.all([ask('plain'), ask('careful')])
  expect(new Set(careful.map(({ model }) => model))).toEqual(new Set(['up/a']))
  const tried = plain.filter(({ model }) => model === 'up/b')
  expect(tried.length).toBeLessThan(20)
  const headers = { authorization: 'Bearer plain' }
  for (const { id, model } of plain) {
    const receipt = await (await fetch(`${url}/v1/decisions/${id}`, { headers })).json()
    if (model === 'up/b') expect(receipt).toMatchObject({ propensity: 0.025, reason: 'explored' })
    // Where the other one is more than twice as dear by the lengths that were seen, there is nothing to try.
    else expect([0.975, 1]).toContain(Object(receipt).propensity ?? 1)
  }
})

test('feedback on what is not there, not the caller’s, or without an answer is a 404; what cannot be read is a 400', async () => {
  const url = await start({ keys: [keyOf('one'), keyOf('two')] })
  const { id } = await askOf(url, 'Some SQL', { key: 'one' })
  const routed = await fetch(`${url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer one' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const decidedOnly = routed.headers.get('x-route-id')
  const refused = [
    [{ id: 'rt_none', reward: 1 }, 404, 'decision_not_found', 'id'],
    [{ id: decidedOnly, reward: 1 }, 404, 'decision_not_found', 'id'],
    [{ id, reward: 1.5 }, 400, 'invalid_request', 'reward'],
    [{ id, reward: -0.1 }, 400, 'invalid_request', 'reward'],
    [{ id, reward: true }, 400, 'invalid_request', 'reward'],
    [{ id }, 400, 'invalid_request', 'reward'],
    [{ reward: 1 }, 400, 'invalid_request', 'id'],
    [{ id, reward: 1, source: 'retry' }, 400, 'invalid_request', 'source'],
    [{ id, reward: 1, comment: 'nice' }, 400, 'invalid_request', 'comment'],
  ] as const
  for (const [body, status, code, param] of refused) {
    const response = await sendFeedback(url, body, 'one')
    expect([response.status, await response.json()], JSON.stringify(body)).toMatchObject([
      status,
      { error: { code, param, message: expect.stringMatching(/must be|Send/) } },
    ])
  }
  expect((await sendFeedback(url, { id, reward: 1 }, 'two')).status).toBe(404)
  expect((await sendFeedback(url, { id, reward: 1 })).status).toBe(401)
  expect((await sendFeedback(url, { id, reward: 1 }, 'one')).status).toBe(200)
})

test('feedback on a model that was named is taken, and teaches nothing about kinds of prompts', async () => {
  const url = await start()
  const { id } = await askOf(url, 'Some SQL', { model: 'up/a', routing: undefined })
  const taken = await sendFeedback(url, { id, reward: 0 })
  expect(await taken.json()).toMatchObject({ status: 'counted' })
  expect(await (await sendFeedback(url, { id, reward: 0 })).json()).toMatchObject({ status: 'unchanged' })
  expect(await metric(url, 'thalamus_outcomes_total{model="up/a",source="user",verdict="bad"}')).toBe(1)
  expect((await decide(url, 'Some SQL')).candidates[0]).not.toHaveProperty('learned')
})

test('a caller who asks a great deal does not make another one’s answers forgotten', async () => {
  const url = await start({ keys: [keyOf('a'), keyOf('b')] })
  const named = await askOf(url, 'Some SQL', { key: 'a', model: 'up/a', routing: undefined })
  const routed = await askOf(url, 'Some SQL', { key: 'a' })
  const question = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Some SQL' }] })
  const headers = { 'content-type': 'application/json', authorization: 'Bearer b' }
  const ask = async (): Promise<void> => {
    await (await fetch(`${url}/v1/route`, { method: 'POST', headers, body: question })).text()
  }
  for (let calls = 0; calls < 1_050; calls += 50) await Promise.all(Array.from({ length: 50 }, ask))
  for (const { id } of [named, routed]) {
    const receipt = await fetch(`${url}/v1/decisions/${id}`, { headers: { authorization: 'Bearer a' } })
    expect(receipt.status).toBe(200)
  }
  expect((await sendFeedback(url, { id: named.id, reward: 1 }, 'a')).status).toBe(200)
})

test('what was learned is there again after a restart, and a broken file is laid aside', async () => {
  const file = join(folder, 'kept', 'learned.json')
  const url = await start({ learnedFile: learnedFile(file) })
  for (let call = 0; call < 12; call += 1) {
    const { id, model } = await askOf(url, `Question ${call} on SQL`)
    await sendFeedback(url, { id, reward: model === 'up/a' ? 0 : 1 })
  }
  await gateway?.close()
  expect(readFileSync(file, 'utf8')).not.toContain('Question')
  const again = await start({ learnedFile: learnedFile(file) })
  expect(await decide(again, 'A join in SQL?')).toMatchObject({ model: 'up/b', reason: 'learned from outcomes' })
  await gateway?.close()

  writeFileSync(file, '{"version": 1, "books": []}')
  const anew = await start({ learnedFile: learnedFile(file) })
  expect(await decide(anew, 'A join in SQL?')).toMatchObject({ model: 'up/a' })
  expect(gateway?.log).toContainEqual(
    expect.objectContaining({ event: 'learned_not_used', problem: 'books is no object' }),
  )
  expect(readFileSync(`${file}.unread`, 'utf8')).toContain('"books": []')
})

test('without learning, feedback is counted and moves nothing', async () => {
  const learning = { isEnabled: false, learnsFromSignals: false, priorCount: 50, forgettingPerDay: 0.99, explore: 0 }
  const url = await start({ learning })
  for (let call = 0; call < 12; call += 1) {
    const { id } = await askOf(url, `Question ${call} on SQL`)
    expect((await sendFeedback(url, { id, reward: 0 })).status).toBe(200)
  }
  expect(await decide(url, 'A join in SQL?')).toMatchObject({ model: 'up/a' })
  expect(await metric(url, 'thalamus_outcomes_total{model="up/a",source="user",verdict="bad"}')).toBe(12)
})
