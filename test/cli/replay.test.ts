import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DecisionRecord, LogRecord } from '../../src/decision-log/record.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { chat, runProgram, startProgram } from './program.ts'

// One log, made by the real program, from which the tests make others.

const MODELS = `
models:
  - { id: up/ok, facts: { price_in: 0.1, price_out: 0.4, context_tokens: 100000, released: 2024-01-01, region: [us] } }
  - { id: up/dear, facts: { price_in: 5, price_out: 20, context_tokens: 100000, released: 2026-01-01, region: [us] } }
`
let upstream: RunningSimulator
let lines: readonly string[]

beforeAll(async () => {
  upstream = await startSimulator({ port: 0 })
  const config = `
providers: { up: { type: openai-compatible, base_url: "${upstream.url}/v1" } }
${MODELS}
router: { use: uniform }
telemetry: { decision_log: { path: logs/decisions.jsonl, prompts: true } }
`
  const running = await startProgram(['serve', '--port', '0'], { config })
  for (let index = 0; index < 40; index += 1) {
    const response = await chat(running.url, {
      model: 'auto',
      messages: [{ role: 'user', content: `Question ${index}` }],
    })
    await response.text()
  }
  await running.stop()
  lines = readFileSync(join(running.folder, 'logs/decisions.jsonl'), 'utf8').trimEnd().split('\n')
}, 60_000)

afterAll(() => upstream.close())

/** A log of the real one's records, changed; `undefined` leaves one out. */
function logOf(change: (record: LogRecord, index: number) => LogRecord | LogRecord[] = (record) => record): string {
  const path = join(mkdtempSync(join(tmpdir(), 'thalamus-replay-')), 'decisions.jsonl')
  const records = lines.flatMap((line, index) => change(JSON.parse(line) as LogRecord, index))
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  return path
}

const graded = (record: DecisionRecord, reward: number): LogRecord[] => [
  record,
  { type: 'outcome', id: record.id, model: record.decision.model, source: 'user', reward, time: record.time + 1 },
]

const amiss = (record: DecisionRecord): LogRecord[] => [
  record,
  { type: 'outcome', id: record.id, model: record.decision.model, source: 'retry', reward: 0, time: record.time + 1 },
]

test('every decision of a log comes out as it was logged', async () => {
  const { status, stdout } = await runProgram(['replay', logOf(), '--verify'])
  expect([status, stdout]).toEqual([0, expect.stringContaining('40 decisions')])
  expect(stdout).toContain('all come out as logged')
})

test('a decision that comes out otherwise is a finding that names what differs', async () => {
  let tampered = ''
  const path = logOf((record) => {
    if (record.type !== 'decision' || tampered !== '') return record
    tampered = record.id
    return { ...record, decision: { ...record.decision, model: 'up/other' } }
  })
  const found = await runProgram(['replay', path, '--verify', '--json'])
  expect(found.status).toBe(1)
  expect(JSON.parse(found.stdout)).toMatchObject({ decisions: 40, differences: [{ id: tampered, members: ['model'] }] })
})

test('what is no decision log is not verified', async () => {
  const path = logOf(() => [])
  appendFileSync(path, '{"some": "other log"}\n')
  const { status, stdout } = await runProgram(['replay', path, '--verify'])
  expect([status, stdout]).toEqual([1, expect.stringContaining('no decision of')])
  expect(stdout).toContain('skipped: 1 line cut short or not of a decision log')
})

test('records of another shape are skipped, and that is said', async () => {
  const changed = { candidates: {}, said: {}, decision: {}, policy: 1 }
  const names = Object.keys(changed)
  const path = logOf((record, index) => {
    const name = record.type === 'decision' ? names[index % 10] : undefined
    return name === undefined ? record : ({ ...record, [name]: changed[name as keyof typeof changed] } as LogRecord)
  })
  const odd = { type: 'models', hash: 'x', models: {} }
  appendFileSync(path, `${JSON.stringify(odd)}\n{"type":"outcome","id":"x","source":"user","reward":7}\n`)
  const { stdout } = await runProgram(['replay', path, '--policy', 'newest', '--json'])
  const { decisions, skipped } = JSON.parse(stdout)
  expect(decisions + skipped.lines).toBe(42)
  expect(skipped.lines).toBeGreaterThan(2)
})

test('another policy: who would move from where to where, and what it would cost', async () => {
  const { status, stdout } = await runProgram(['replay', logOf(), '--policy', 'newest', '--json'])
  expect(status).toBe(0)
  const found = JSON.parse(stdout)
  expect(found).toMatchObject({
    policy: 'newest',
    decisions: 40,
    moved: 40,
    moves: [{ from: 'up/ok', to: 'up/dear', decisions: 40 }],
    infeasible: 0,
    rewards: { graded: 0, ips: null, notes: [expect.stringContaining('No decision in this log has a reward')] },
  })
  expect(found.predicted.cost_usd.replayed / found.predicted.cost_usd.logged).toBeCloseTo(50, 6)
  const text = (await runProgram(['replay', logOf(), '--policy', 'newest'])).stdout
  expect(text).toMatch(/move +40 of 40 \(100\.0 %\)/)
  expect(text).toMatch(/40 +ok +▶ +dear/)
})

test('a policy may be a file, and is named after it', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'thalamus-policy-')), 'ours.yaml')
  writeFileSync(path, 'routing: { weights: { recency: 4 } }\n')
  const found = await runProgram(['replay', logOf(), '--policy', path, '--json'])
  expect(JSON.parse(found.stdout)).toMatchObject({ policy: 'ours', moved: 40 })
  writeFileSync(path, 'routing: { weights: { recent: 4 } }\n')
  const wrong = await runProgram(['replay', logOf(), '--policy', path])
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringMatching(/ours\.yaml: .*routing\.weights\.recent/)])
})

test('another router predicts anew what the log has the prompts of', async () => {
  const { stdout } = await runProgram(['replay', logOf(), '--router', 'static', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ router: 'static@1', decisions: 40, skipped: { without_prompts: 0 } })
  const silent = logOf((record) => {
    if (record.type !== 'decision') return record
    const { text: _, ...signals } = record.signals
    return { ...record, signals }
  })
  const found = await runProgram(['replay', silent, '--router', 'static', '--json'])
  expect(JSON.parse(found.stdout)).toMatchObject({ decisions: 0, skipped: { without_prompts: 40 } })
})

test('flags that no model meets make decisions infeasible, by their limit', async () => {
  const { stdout } = await runProgram(['replay', logOf(), '--flags', 'region=ch', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    moved: 0,
    infeasible: 40,
    infeasible_limits: [{ limit: 'region', decisions: 40 }],
  })
})

test('rewards and propensities give estimates; without exploration there is a sentence instead', async () => {
  // Half of the draws were of the other model, which was good, where the usual one was not.
  const drawn = logOf((record, index) => {
    if (record.type !== 'decision') return record
    const isOther = Math.floor(index / 2) % 2 === 0
    const model = isOther ? 'up/dear' : 'up/ok'
    return graded({ ...record, decision: { ...record.decision, model, propensity: 0.5 } }, isOther ? 1 : 0)
  })
  const args = ['--policy', 'newest', '--json']
  const { rewards } = JSON.parse((await runProgram(['replay', twice(drawn), ...args])).stdout)
  expect(rewards).toMatchObject({ graded: 80, supported: 80 })
  expect(rewards.snips.value).toBe(1)
  expect(rewards.snips.difference.ci[0]).toBeGreaterThan(0.2)
  const fixed = logOf((record) => (record.type === 'decision' ? graded(record, 1) : record))
  const none = JSON.parse((await runProgram(['replay', fixed, ...args])).stdout).rewards
  expect(none).toMatchObject({ graded: 40, matching: 0, ips: null, snips: null, dr: null })
  expect(none.notes).toHaveLength(1)
})

test('signals are logged where something was amiss alone, and do not stand beside what users said', async () => {
  const args = ['--policy', 'newest', '--json']
  let decided = 0
  const mixed = logOf((record) => {
    if (record.type !== 'decision') return record
    decided += 1
    return decided <= 30 ? graded(record, 1) : amiss(record)
  })
  const rated = JSON.parse((await runProgram(['replay', mixed, ...args])).stdout).rewards
  expect(rated).toMatchObject({ graded: 30, logged: { value: 1 } })
  expect(rated.notes.join(' ')).toContain('10 decisions were judged by what the gateway saw alone')
  let ended = 0
  const unrated = logOf((record) => (record.type === 'decision' && ++ended <= 10 ? amiss(record) : record))
  const seen = JSON.parse((await runProgram(['replay', unrated, ...args])).stdout).rewards
  expect(seen).toMatchObject({ graded: 40, logged: { value: 0.75 } })
  expect(seen.notes.join(' ')).toContain('Nobody rated these answers')
})

/** The same log with every decision once more, under another id. */
function twice(path: string): string {
  const text = readFileSync(path, 'utf8')
  appendFileSync(path, text.replaceAll('"rt_', '"rt_again_'))
  return path
}

test('a line that was cut short is skipped, and that is said', async () => {
  const path = logOf()
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -30))
  const { status, stdout } = await runProgram(['replay', path, '--verify'])
  expect([status, stdout]).toEqual([0, expect.stringContaining('skipped: 1 line cut short')])
})

test.for([
  [[], /say what to change: --policy NAME/],
  [['--policy', 'newst'], /no policy "newst"\. Did you mean "newest"\?/],
  [['--flags', 'chep'], /chep/],
  [['--verify', '--policy', 'cheap'], /leave --policy, --flags and --router out/],
  [['--router', 'none'], /no router "none"/],
] as const)('%j is wrong usage, and it is said what is right', async ([args, said]) => {
  const { status, stderr } = await runProgram(['replay', logOf(), ...args])
  expect([status, stderr]).toEqual([2, expect.stringMatching(said)])
})

test('a log that is not there is named', async () => {
  const { status, stderr } = await runProgram(['replay', '/nowhere.jsonl', '--policy', 'cheap'])
  expect([status, stderr]).toEqual([2, expect.stringMatching(/There is no \/nowhere\.jsonl/)])
})

test('eval reads a log in which several models answered the same prompts', async () => {
  const other = (record: DecisionRecord, reward: number): LogRecord[] =>
    graded({ ...record, id: `${record.id}b`, decision: { ...record.decision, model: 'up/dear' } }, reward)
  const path = logOf((record, index) => {
    if (record.type === 'decision') return [...graded(record, index % 3 === 0 ? 1 : 0), ...other(record, 1)]
    return record.type === 'call' ? [record, { ...record, id: `${record.id}b`, model: 'up/dear' }] : record
  })
  const temporary = mkdtempSync(join(tmpdir(), 'thalamus-tmp-'))
  const args = ['eval', '--data', path, '--router', 'uniform', '--seeds', '1', '--json']
  const { status, stdout } = await runProgram(args, { environment: { TMPDIR: temporary } })
  expect(status).toBe(0)
  // Its prompts are not left lying about.
  expect(readdirSync(temporary).filter((name) => name.startsWith('thalamus-log'))).toEqual([])
  expect(JSON.parse(stdout)).toMatchObject({ sets: [{ prompts: 40, models: ['up/dear', 'up/ok'] }] })
})

test('eval scores what users said, and not the bad signals of answers that nobody rated', async () => {
  let decided = 0
  const path = logOf((record) => {
    if (record.type !== 'decision') return record
    decided += 1
    const isRated = decided <= 30
    const other = { ...record, id: `${record.id}b`, decision: { ...record.decision, model: 'up/dear' } }
    return [record, other].flatMap((one) => (isRated ? graded(one, decided % 2) : amiss(one)))
  })
  const { stdout } = await runProgram(['eval', '--data', path, '--router', 'uniform', '--seeds', '1', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ sets: [{ prompts: 30, models: ['up/dear', 'up/ok'] }] })
})

test('eval says why a log cannot be scored, and what can be done with it', async () => {
  const single = logOf((record) => (record.type === 'decision' ? graded(record, 1) : record))
  const found = await runProgram(['eval', '--data', single, '--router', 'uniform'])
  expect([found.status, found.stderr]).toEqual([1, expect.stringMatching(/thalamus replay .* --policy NAME judges/)])
  const silent = logOf((record) => {
    if (record.type !== 'decision') return record
    const { text: _, ...signals } = record.signals
    return graded({ ...record, signals }, 1)
  })
  expect((await runProgram(['eval', '--data', silent])).stderr).toContain('log with prompts: true')
})

test('models that a caller put in order are his: no policy moves them, and they verify', async () => {
  const path = logOf((record) =>
    record.type === 'decision'
      ? {
          ...record,
          decision: { ...record.decision, model: 'up/dear', plan: ['up/dear', 'up/ok'], reason: 'first in the list' },
        }
      : record,
  )
  expect((await runProgram(['replay', path, '--verify'])).status).toBe(0)
  const moved = async (...options: string[]): Promise<number> => {
    const { stdout } = await runProgram(['replay', path, '--policy', 'cheap', '--json', ...options])
    return (JSON.parse(stdout) as { readonly moved: number }).moved
  }
  expect([await moved(), await moved('--override-callers')]).toEqual([0, 40])
})
