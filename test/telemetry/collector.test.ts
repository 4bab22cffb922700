import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Finished } from '../cli/program.ts'
import { chat, startProgram } from '../cli/program.ts'
import type { ReadRecord } from './read-otlp.ts'
import { lastMetrics, metricLines, recordsOf, spansOf } from './read-otlp.ts'
import type { TestCollector } from './start-collector.ts'
import { lacksCollector, startCollector } from './start-collector.ts'

const isSkipped = lacksCollector()
const PROMPT = 'canary-prompt of Hello'
const KEY = 'canary-key-a'
const headers = { authorization: `Bearer ${KEY}` }

let simulator: RunningSimulator
let collector: TestCollector
let metrics = ''
let finished: Finished
let folder = ''
let records: readonly ReadRecord[] = []

/** Calls of every kind of end; two of them are routed. */
const CALLS = [
  { model: 'up/tokens=5' },
  { model: 'up/tokens=5', stream: true },
  { model: 'auto:cheap' },
  { model: 'auto' },
  { model: 'up/500' },
  { model: 'up/cut@20', stream: true },
  // Half of a character: what a caller makes up must not keep the others from arriving.
  { model: 'nobody/\ud800' },
]

beforeAll(async () => {
  if (isSkipped) return
  simulator = await startSimulator({ port: 0 })
  collector = await startCollector()
  const facts = 'facts: { price_in: 1, price_out: 2, context_tokens: 100000 }'
  const program = await startProgram(['serve', '--port', '0'], {
    config: `server: { keys: [{ name: team-a, key: env:TEAM_A }] }
providers: { up: { base_url: "${simulator.url}/v1" } }
models: [${['tokens=5', '500', 'cut@20'].map((name) => `{ id: "up/${name}", ${facts} }`).join(', ')}]
router: { use: static }
ledger: { sqlite: usage.sqlite }
telemetry:
  otlp_endpoint: "${collector.url}/"
  otlp: { metrics: true, logs: true, usage: true, decisions: true }
  decision_log: { path: decisions.jsonl }
`,
    environment: { TEAM_A: KEY },
  })
  folder = program.folder
  const messages = [{ role: 'user', content: PROMPT }]
  for (const call of CALLS)
    await chat(program.url, { ...call, messages }, headers).then((response) => response.text().catch(() => ''))
  metrics = await (await fetch(`${program.url}/metrics`, { headers })).text()
  finished = await program.stop()
  await collector.stop()
  records = recordsOf(collector.read())
}, 60_000)

afterAll(async () => {
  if (isSkipped) return
  await simulator.close()
})

const WRITTEN = 'thalamus_decision_log_records_total{result="written"}'
const linesOf = (name: string): unknown[] =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
const of = (scope: string): readonly ReadRecord[] => records.filter((record) => record.scope === `thalamus.${scope}`)
const seqsOf = (scope: string): unknown[] => of(scope).map(({ attributes }) => attributes['thalamus.seq'])
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

test.skipIf(isSkipped)('metrics are those of /metrics, line by line', () => {
  const expected = metricLines(metrics)
  expect(expected.size).toBeGreaterThan(50)
  const pushed = lastMetrics(collector.read())
  // Records are written late: some after /metrics was read, none after the last push. One line has the models.
  const late = new Map([...expected, [WRITTEN, linesOf('decisions.jsonl').length - 1]])
  expect(Object.fromEntries(pushed)).toEqual(Object.fromEntries(late))
})

test.skipIf(isSkipped)('a span a call arrives, with a child an attempt', () => {
  const names = spansOf(collector.read()).map(({ name }) => name)
  expect(names).toContain('chat up/tokens=5')
  expect(names).toContain('attempt up/500')
})

test.skipIf(isSkipped)('every line of the log is a log record, with its level', () => {
  const lines = finished.stdout.split('\n').filter((line) => line.startsWith('{'))
  const written = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const expected = written
    // It is said when nothing can be sent any more.
    .filter(({ event }) => event !== 'stopped')
    .map(({ time: _, level, ...body }) => ({ severity: String(level).toUpperCase(), name: body['event'], body }))
    .map((record) => JSON.parse(JSON.stringify(record).replace('\\ud800', '\ufffd')) as unknown)
  expect(written.filter(({ event }) => event === 'request').length).toBe(CALLS.length)
  expect(of('logs').map(({ severity, name, body }) => ({ severity, name, body }))).toEqual(expected)
  expect(seqsOf('logs')).toEqual(upTo(expected.length))
})

test.skipIf(isSkipped)('a record of usage is the row of the ledger', () => {
  const database = new DatabaseSync(join(folder, 'usage.sqlite'), { readOnly: true })
  const rows = database.prepare('SELECT * FROM usage ORDER BY seq').all()
  database.close()
  expect(rows.length).toBeGreaterThanOrEqual(4)
  const expected = rows.map(({ seq: _, estimated, ...row }) => ({
    ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
    estimated: estimated === 1,
  }))
  expect(of('usage').map(({ body }) => body)).toEqual(expected)
  expect(of('usage').map(({ attributes: { 'thalamus.seq': _, ...flat } }) => flat)).toEqual(expected)
  expect(seqsOf('usage')).toEqual(upTo(rows.length))
})

test.skipIf(isSkipped)('a record of decisions is the line of the decision log', () => {
  const logged = linesOf('decisions.jsonl')
  expect(logged.map((line) => (line as { readonly type: string }).type)).toEqual(
    expect.arrayContaining(['models', 'decision', 'call']),
  )
  const streamed = of('decisions').map(({ body }) => body)
  expect(streamed).toEqual(logged)
  expect(seqsOf('decisions')).toEqual(upTo(logged.length))
})

test.skipIf(isSkipped)('all says who sent it, and nothing says what was asked or with which key', () => {
  const senders = new Set(records.map(({ resource }) => JSON.stringify(resource)))
  expect(senders.size).toBe(1)
  expect(records[0]?.resource).toMatchObject({
    'service.name': 'thalamus',
    'service.instance.id': expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  expect(collector.text()).not.toContain('canary-prompt')
  expect(collector.text()).not.toContain(KEY)
})
