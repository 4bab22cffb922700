import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { chat, runProgram, startProgram } from '../cli/program.ts'
import { createClients, openCall } from './streams.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const MODELS = ['ok', 'itl=1', 'tokens=5', 'slow-ttft=5;tokens=20', 'cut@20', 'empty-200']

function config(more = ''): string {
  const models = MODELS.map((name) => `{ id: "up/${name}", facts: { price_in: 1, price_out: 2 } }`)
  const claude = '{ id: "claude/itl=1", facts: { price_in: 3, price_out: 15 } }'
  return [
    'server: { keys: [{ name: team-a, key: env:TEAM_A }] }',
    'ledger: { sqlite: usage.sqlite }',
    'providers:',
    `  up: { base_url: "${simulator.url}/v1" }`,
    `  claude: { type: anthropic, base_url: "${simulator.url}/v1", key: env:TEAM_A }`,
    `models: [${[...models, claude].join(', ')}]`,
    more,
  ].join('\n')
}

const environment = { TEAM_A: 'team-a-secret' }
const headers = { authorization: 'Bearer team-a-secret' }
const MESSAGES = [{ role: 'user', content: 'Hello' }]

type Row = Readonly<Record<string, unknown>>

function rowsOf(folder: string): readonly Row[] {
  const database = new DatabaseSync(join(folder, 'usage.sqlite'), { readOnly: true })
  try {
    return database.prepare('SELECT * FROM usage ORDER BY seq').all()
  } finally {
    database.close()
  }
}

/** The calls whose end a client has seen: the end of the response, or the event before it that says as much. */
const ENDS = ['data: [DONE]', '"message_stop"', '"response.completed"']

const CALLS = [
  ['/v1/chat/completions', { model: 'up/ok', messages: MESSAGES }],
  ['/v1/chat/completions', { model: 'up/tokens=5', stream: true, messages: MESSAGES }],
  ['/v1/chat/completions', { model: 'claude/itl=1', stream: true, messages: MESSAGES }],
  ['/v1/messages', { model: 'claude/itl=1', stream: true, max_tokens: 50, messages: MESSAGES }],
  ['/v1/messages', { model: 'up/itl=1', max_tokens: 50, messages: MESSAGES }],
  ['/v1/responses', { model: 'up/slow-ttft=5;tokens=20', stream: true, input: 'Hello' }],
  ['/v1/embeddings', { model: 'up/text-embedding-3-small', input: 'Hello' }],
] as const

test('kill -9 under load: every call whose end a client saw is in the ledger once, after each of five deaths', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-ledger-'))
  const seen: string[] = []
  for (let round = 0; round < 5; round += 1) {
    const program = await startProgram(['serve', '--port', '0'], { config: config(), environment, folder })
    const agent = createClients()
    let isDead = false
    let ends = 0
    const client = async (first: number): Promise<void> => {
      for (let turn = first; !isDead; turn += 1) {
        const [path, body] = CALLS[turn % CALLS.length] ?? CALLS[0]
        const {
          status,
          headers: head,
          body: text,
          isWhole,
        } = await openCall(program.url + path, body, { agent, headers }).ended
        const id = head['x-route-id']
        if (status !== 200 || typeof id !== 'string') continue
        if (!isWhole && !ENDS.some((mark) => text.includes(mark))) continue
        ends += 1
        seen.push(id)
        // At a moment that differs from round to round, with the other clients anywhere in their calls.
        if (ends < 40 + round * 23) continue
        isDead = true
        program.signal('SIGKILL')
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, index) => client(index)))
    await program.finished
    agent.destroy()
  }
  const counted = new Map<unknown, number>()
  for (const { id, role } of rowsOf(folder)) if (role === 'answer') counted.set(id, (counted.get(id) ?? 0) + 1)
  expect(seen.length).toBeGreaterThan(400)
  expect(seen.filter((id) => counted.get(id) !== 1)).toEqual([])
  expect([...counted.values()].filter((times) => times !== 1)).toEqual([])
}, 120_000)

test('a drain under 200 open streams that ends them loses no record of what they took', async () => {
  const program = await startProgram(['serve', '--port', '0'], {
    config: config().replace('server: {', 'server: { grace_ms: 200,').replace('up/itl=1"', 'up/itl=20;tokens=9000"'),
    environment,
  })
  const agent = createClients()
  const body = { model: 'up/itl=20;tokens=9000', stream: true, messages: MESSAGES }
  const calls = Array.from({ length: 200 }, () =>
    openCall(`${program.url}/v1/chat/completions`, body, { agent, headers }),
  )
  await Promise.all(calls.map(({ begun }) => begun))
  program.signal('SIGTERM')
  const received = await Promise.all(calls.map(({ ended }) => ended))
  expect((await program.finished).status).toBe(0)
  const rows = rowsOf(program.folder)
  expect(rows.map(({ id }) => id).toSorted()).toEqual(
    received.map(({ headers: head }) => head['x-route-id']).toSorted(),
  )
  for (const row of rows)
    expect(row).toMatchObject({ role: 'answer', outcome: 'shutting_down', key: 'team-a', estimated: 1 })
  expect(rows.filter(({ output_tokens: tokens }) => Number(tokens) > 0)).toHaveLength(200)
  agent.destroy()
}, 60_000)

test('a whole answer, a cut one, a failed attempt and embeddings are each written down with what they took', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config(), environment })
  await (await chat(program.url, { model: 'up/ok', max_tokens: 30 }, headers)).text()
  await (await chat(program.url, { model: 'up/cut@20', stream: true }, headers)).text()
  await (await chat(program.url, { model: 'up/empty-200' }, headers)).text()
  const embedding = { model: 'up/text-embedding-3-small', input: 'Hello' }
  await openCall(`${program.url}/v1/embeddings`, embedding, { headers }).ended
  const rows = rowsOf(program.folder)
  expect(
    rows.map(({ model, role, outcome, endpoint, estimated }) => [model, role, outcome, endpoint, estimated]),
  ).toEqual([
    ['up/ok', 'answer', 'complete', 'chat_completions', 0],
    ['up/cut@20', 'answer', 'stream_interrupted', 'chat_completions', 1],
    ['up/empty-200', 'attempt', 'upstream_empty', 'chat_completions', 0],
    ['up/text-embedding-3-small', 'answer', 'complete', 'embeddings', 0],
  ])
  const [whole] = rows
  const { input_tokens: read, output_tokens: written } = whole ?? {}
  expect(written).toBe(30)
  // A dollar for a million tokens of the prompt, two for the answer's.
  expect(whole?.['cost_nano_usd']).toBe((Number(read) + 60) * 1_000)
  const { status, stdout } = await runProgram(['usage', '--by', 'model', '--json'], { folder: program.folder })
  expect(status).toBe(0)
  const { usage }: { readonly usage: readonly Row[] } = JSON.parse(stdout)
  expect(usage.map(({ name, calls, unseen }) => [name, calls, unseen])).toContainEqual(['up/empty-200', 0, 1])
  const table = await runProgram(['usage'], { folder: program.folder })
  expect(table.stdout).toMatch(/^team-a +3 +1 /m)
  await program.stop()
})

test('a call passed on unread is a row without counts; one that failed and counting tokens are none', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config(), environment })
  const count = { model: 'claude/itl=1', messages: MESSAGES }
  const passed = '/v1/projects/p/locations/l/publishers/google/models/ok:countTokens?provider=up'
  const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]
  const answers = [
    await openCall(`${program.url}/v1/moderations?provider=up`, { model: 'ok', input: 'Hello' }, { headers }).ended,
    await openCall(program.url + passed, { contents }, { headers }).ended,
    await openCall(`${program.url}/v1/messages/count_tokens`, count, { headers }).ended,
    await openCall(`${program.url}/v1/chat/completions`, { model: 'nobody/knows', messages: MESSAGES }, { headers })
      .ended,
  ]
  expect(answers.map(({ status }) => status)).toEqual([404, 200, 200, 404])
  expect(rowsOf(program.folder)).toMatchObject([
    { model: 'up/*', endpoint: 'passthrough', outcome: 'complete', input_tokens: null, cost_nano_usd: null },
  ])
  await program.stop()
})

test('a client who leaves in the middle of a stream leaves one row of what it took so far', async () => {
  const program = await startProgram(['serve', '--port', '0'], {
    config: config().replace('up/itl=1"', 'up/itl=20;tokens=9000"'),
    environment,
  })
  const body = { model: 'up/itl=20;tokens=9000', stream: true, messages: MESSAGES }
  const call = openCall(`${program.url}/v1/chat/completions`, body, { headers })
  await call.begun
  call.leave()
  await program.until(/"outcome":"client_closed_request"/)
  expect(rowsOf(program.folder)).toMatchObject([{ role: 'answer', outcome: 'client_closed_request', estimated: 1 }])
  await program.stop()
})

test('a ledger that cannot be written: served on and written later when open, refused with 503 when closed', async () => {
  for (const policy of ['open', 'closed']) {
    const program = await startProgram(['serve', '--port', '0'], {
      config: config().replace('usage.sqlite }', `usage.sqlite, on_failure: ${policy} }`),
      environment,
    })
    const other = new DatabaseSync(join(program.folder, 'usage.sqlite'))
    other.exec('BEGIN IMMEDIATE')
    expect((await chat(program.url, { model: 'up/ok' }, headers)).status).toBe(200)
    await program.until(/"event":"ledger_failed"/)
    const next = await chat(program.url, { model: 'up/ok' }, headers)
    expect(next.status, policy).toBe(policy === 'open' ? 200 : 503)
    if (policy === 'closed') expect(await next.json()).toMatchObject({ error: { code: 'ledger_unavailable' } })
    other.exec('ROLLBACK')
    other.close()
    await program.until(/"event":"ledger_recovered"/)
    expect((await chat(program.url, { model: 'up/ok' }, headers)).status).toBe(200)
    expect(rowsOf(program.folder)).toHaveLength(policy === 'open' ? 3 : 2)
    await program.stop()
  }
})

test('a file that is no ledger keeps the gateway from starting, and says what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-ledger-'))
  const { status, stderr } = await runProgram(['serve', '--port', '0'], {
    config: config().replace('usage.sqlite', '.'),
    environment,
    folder,
  })
  expect(status).toBe(1)
  expect(stderr).toContain('ledger.sqlite: ')
  expect(stderr).toContain('cannot be opened')
})
