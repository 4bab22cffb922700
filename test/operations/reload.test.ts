import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../cli/program.ts'
import { chat, startProgram } from '../cli/program.ts'
import { eventually } from '../flow/start-gateway.ts'
import { createClients, openCall } from './streams.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const environment = { TEAM_A: 'team-a-secret', TEAM_B: 'team-b-secret' }
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })

type Edit = { readonly keys?: string; readonly models?: string; readonly policy?: string; readonly upKey?: string }

function config({ keys = 'a', models = 'up/itl=1', policy = 'balanced', upKey = '' }: Edit): string {
  const listed = { a: '{ name: team-a, key: env:TEAM_A }', b: '{ name: team-b, key: env:TEAM_B }' }
  const named = [...keys].map((key) => (key === 'b' ? listed.b : listed.a)).join(', ')
  const key = upKey === '' ? '' : `, key: "file:${upKey}"`
  return [
    `server: { keys: [${named}] }`,
    `providers: { up: { base_url: "${simulator.url}/v1"${key} } }`,
    `models: [${models}]`,
    `policy: ${policy}`,
  ].join('\n')
}

/** How often the program has applied an edit, or refused one. */
function times(program: Running, event: string): number {
  return program.output().split(`"event":"${event}"`).length - 1
}

test('edits of models, keys, policy and providers’ keys under load lose no request, and a bad edit keeps the state and says why', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-reload-'))
  const upKey = join(folder, 'up-key')
  writeFileSync(upKey, 'first-key')
  const program = await startProgram(['serve', '--port', '0'], { config: config({ keys: 'ab' }), environment, folder })
  const agent = createClients()
  const bad: unknown[] = []
  let isOver = false
  let calls = 0
  const client = async (first: number): Promise<void> => {
    for (let turn = first; !isOver; turn += 1) {
      const stream = turn % 2 === 0
      const body = { model: 'auto', stream, messages: [{ role: 'user', content: 'Hello' }] }
      const headers = bearer(environment.TEAM_A)
      const received = await openCall(`${program.url}/v1/chat/completions`, body, { agent, headers }).ended
      calls += 1
      const isGood =
        received.status === 200 && received.isWhole && (!stream || received.body.endsWith('data: [DONE]\n\n'))
      if (!isGood) bad.push(received)
    }
  }
  const clients = Array.from({ length: 12 }, (_, index) => client(index))

  const good: readonly Edit[] = [
    { models: 'up/itl=1, up/tokens=5' },
    { models: 'up/tokens=5', policy: 'cheap' },
    { models: 'up/tokens=5', upKey },
    { models: 'up/itl=1', keys: 'ab' },
    { keys: 'a' },
  ]
  for (const [index, edit] of good.entries()) {
    const before = calls
    program.edit(config(edit))
    await eventually('the edit is applied', () => times(program, 'config_reloaded') === index + 1, 30_000)
    await eventually('calls after it', () => calls > before + 24, 30_000)
    program.edit(`${config(edit)}\nnonsense: true`)
    await eventually('the bad edit is refused', () => times(program, 'config_refused') === index + 1, 30_000)
  }
  isOver = true
  await Promise.all(clients)
  agent.destroy()
  expect(bad).toEqual([])
  expect(calls).toBeGreaterThan(100)
  expect(program.output()).toContain('"path":"nonsense"')
  await program.stop()
}, 120_000)

test('a key that an edit takes away lets in no new call, and ends none that is under way', async () => {
  const models = '"up/itl=20;tokens=150"'
  const program = await startProgram(['serve', '--port', '0'], { config: config({ keys: 'ab', models }), environment })
  const body = { model: 'auto', stream: true, messages: [{ role: 'user', content: 'Hello' }] }
  const call = openCall(`${program.url}/v1/chat/completions`, body, { headers: bearer(environment.TEAM_B) })
  await call.begun
  program.edit(config({ keys: 'a', models }))
  await program.until(/"event":"config_reloaded"/)
  expect((await chat(program.url, { model: 'auto' }, bearer(environment.TEAM_B))).status).toBe(401)
  const received = await call.ended
  expect(received.isWhole && received.body.endsWith('data: [DONE]\n\n')).toBe(true)
  await program.stop()
})

test('an edit that takes all keys away opens no gateway that is still on a public address', async () => {
  const upstream = `providers: { up: { base_url: "${simulator.url}/v1" } }\nmodels: [up/m]\n`
  const keys = 'keys: [{ name: team-a, key: env:TEAM_A }]'
  const program = await startProgram(['serve', '--port', '0'], {
    config: `server: { host: 0.0.0.0, ${keys} }\n${upstream}`,
    environment,
  })
  const url = program.url.replace('0.0.0.0', '127.0.0.1')
  for (const server of ['{ host: 0.0.0.0 }', '{ host: 127.0.0.1 }', '{}']) {
    const before = times(program, 'config_refused')
    program.edit(`server: ${server}\n${upstream}`)
    await eventually('the refusal', () => times(program, 'config_refused') > before)
    expect((await chat(url, { model: 'up/m' })).status).toBe(401)
  }
  program.edit(`server: { host: 127.0.0.1, ${keys} }\n${upstream}`)
  await program.until(/"event":"config_needs_restart","part":"server.host"/)
  await program.stop()
})

test('SIGHUP reads everything again, and ends no stream', async () => {
  const program = await startProgram(['serve', '--port', '0'], {
    config: config({ models: 'up/itl=20;tokens=100' }),
    environment,
  })
  const body = { model: 'up/itl=20;tokens=100', stream: true, messages: [{ role: 'user', content: 'Hello' }] }
  const call = openCall(`${program.url}/v1/chat/completions`, body, { headers: bearer(environment.TEAM_A) })
  await call.begun
  program.signal('SIGHUP')
  await program.until(/"event":"config_reloaded"/)
  const received = await call.ended
  expect(received.isWhole).toBe(true)
  expect(received.body.endsWith('data: [DONE]\n\n')).toBe(true)
  program.signal('SIGTERM')
  expect((await program.finished).status).toBe(0)
})
