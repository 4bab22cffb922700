import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { LogRecord } from '../../src/decision-log/record.ts'
import { createLogFile } from '../../src/platform/node/log-file.ts'
import { readDecisionLog } from '../../src/platform/node/read-decision-log.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

let gateway: TestGateway | undefined
let upstream: RunningSimulator | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = undefined
  upstream = undefined
})

async function startLogged(models: readonly string[]): Promise<{ readonly url: string; readonly path: string }> {
  const path = join(mkdtempSync(join(tmpdir(), 'thalamus-flow-')), 'decisions.jsonl')
  upstream = await startSimulator({ port: 0 })
  const decisionLog = { file: await createLogFile(path, 2), prompts: false, maxBytes: 100_000_000 }
  gateway = await startGateway({ models, upstream: `${upstream.url}/v1`, decisionLog })
  return { url: gateway.url, path }
}

async function recordsOf(path: string): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const record of readDecisionLog(path).records) records.push(record)
  return records
}

test('a routed call leaves its decision and its end, and no word of its prompt', async () => {
  const { url, path } = await startLogged(['500', 'ok'])
  const messages = [{ role: 'user', content: 'Where did I bury the treasure?' }]
  const response = await post(url, { model: 'auto:cheap', messages, max_tokens: 50 })
  await response.text()
  const id = response.headers.get('x-route-id')
  await gateway?.close()
  const records = await recordsOf(path)
  expect(records.map(({ type }) => type)).toEqual(['models', 'decision', 'call', 'outcome'])
  const [, decision, call, outcome] = records
  expect(outcome).toMatchObject({ id, model: 'up/500', source: 'failure', reward: 0 })
  expect(decision).toMatchObject({
    id,
    key: 'local',
    policy: 'cheap',
    default_policy: 'balanced',
    said: [{ door: 'policy' }, { door: 'model', directives: { preset: 'cheap' } }],
    signals: { max_output_tokens: 50 },
    decision: { id, model: 'up/500' },
  })
  expect(call).toMatchObject({
    id,
    model: 'up/ok',
    outcome: 'complete',
    status: 200,
    attempts: [
      { model: 'up/500', outcome: expect.stringMatching(/^upstream_/) },
      { model: 'up/ok', outcome: 'ok' },
    ],
    tokens_out: expect.any(Number),
    cost_usd: expect.any(Number),
    latency_ms: expect.any(Number),
  })
  expect(JSON.stringify(records)).not.toContain('treasure')
})

test('what nobody acts on is not logged: a decision that is only shown, a model that was named', async () => {
  const { url, path } = await startLogged(['ok'])
  await fetch(`${url}/v1/route`, { method: 'POST', body: JSON.stringify({ messages: HELLO }) })
  await (await post(url, { model: 'up/ok', messages: HELLO })).text()
  await gateway?.close()
  expect(await recordsOf(path)).toEqual([])
})

test('the metrics say how many records were written', async () => {
  const { url } = await startLogged(['ok'])
  await (await post(url, { model: 'auto', messages: HELLO })).text()
  const written = 'thalamus_decision_log_records_total{result="written"} 2'
  await eventually(written, async () => (await (await fetch(`${url}/metrics`)).text()).includes(written))
})

test('a receipt that memory has let go of is found in the log', { timeout: 60_000 }, async () => {
  const { url } = await startLogged(['ok'])
  const first = await post(url, { model: 'auto', messages: HELLO })
  await first.text()
  const id = first.headers.get('x-route-id')
  for (let index = 0; index < 50; index += 1) {
    const calls = Array.from({ length: 20 }, () => post(url, { model: 'auto', messages: HELLO }))
    for (const call of await Promise.all(calls)) await call.text()
  }
  await eventually('the receipt', async () => (await fetch(`${url}/v1/decisions/${id}`)).status === 200)
  expect(await (await fetch(`${url}/v1/decisions/${id}`)).json()).toMatchObject({ id, model: 'up/ok' })
  expect((await fetch(`${url}/v1/decisions/rt_never`)).status).toBe(404)
})

test('what a caller calls his conversation is neither logged nor kept in words', async () => {
  const { url, path } = await startLogged(['ok'])
  const say = (model: string, body: object): Promise<Response> => post(url, { model, messages: HELLO, ...body })
  for (const answer of [
    await say('auto:session=mine-alone', {}),
    await say('auto', { routing: { session: 'mine-alone' } }),
  ])
    await answer.text()
  const off = await say('auto:session=off', {})
  await off.text()
  await eventually('all three', () => gateway?.log.filter(({ event }) => event === 'request').length === 3)
  const lines = JSON.stringify(gateway?.log)
  await gateway?.close()
  expect(lines + readFileSync(path, 'utf8')).not.toContain('mine-alone')
  const decisions = (await recordsOf(path)).filter((record) => record.type === 'decision')
  expect(decisions.map(({ decision }) => decision.session?.named_by)).toEqual(['routing', 'routing', undefined])
  expect(decisions[2]?.said.at(-1)?.directives.session).toBe('off')
})
