import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../cli/program.ts'
import { runProgram, startProgram } from '../cli/program.ts'
import { eventually } from '../flow/start-gateway.ts'
import type { HostileUpstream } from './hostile-upstream.ts'
import { BEHAVIOURS, startHostileUpstream } from './hostile-upstream.ts'

// One gateway with every output on, asked in every way for answers of an upstream that tells all it knows. Then every output is
// looked through: secrets stand in none, and what people and models said only in answers to them.

const JWT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6ImNhbmFyeSJ9.eyJzdWIiOiJjYW5hcnktand0In0xyz.Y2FuYXJ5LWp3dC1zaWduYXR1cmU'
const SECRETS = {
  TEAM_KEY: 'canary-inbound-0123456789',
  UP_KEY: 'canary-upstream/+=9876543210',
  EXTRA: 'canary-extra-header-13579',
  ANT_KEY: 'canary-anthropic-24680aaa',
  GEM_KEY: 'canary-gemini-24680bbb',
  AWS_KEY: 'CANARYACCESSKEY0123:canaryAwsSecretAccessKey0123456789:canaryAwsSessionToken0123456789',
}
/** Wrong keys of clients, and what else must be seen nowhere. */
const WRONG = ['canary-wrong-key-777777', JWT]
const SAID = ['canary-prompt', 'canary-system', 'canary-argument', 'canary-answer', 'canary-user', 'canary-broken']

let upstream: HostileUpstream
let program: Running
let config = ''
const traces: Buffer[] = []
const collector = createServer((incoming, outgoing) => {
  incoming.on('data', (chunk: Buffer) => traces.push(chunk)).on('end', () => outgoing.end('{}'))
})
/** All that clients were answered, with the headers. */
const answers: string[] = []
let decisionId = ''

beforeAll(async () => {
  upstream = await startHostileUpstream('canary-answer')
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const base = upstream.url
  config = `server:
  keys: [{ name: team, key: env:TEAM_KEY }]
providers:
  up: { base_url: "${base}", key: env:UP_KEY, refine: 1, headers: { x-extra: env:EXTRA, authorization: "Bearer env:UP_KEY" } }
  ant: { type: anthropic, base_url: "${base}", key: env:ANT_KEY }
  gem: { type: google, base_url: "${base}", key: env:GEM_KEY }
  bed: { type: aws-bedrock, base_url: "${base}", key: env:AWS_KEY }
  co: { type: cohere, base_url: "${base}", key: env:UP_KEY }
  ol: { type: ollama, base_url: "${base}", key: env:UP_KEY }
models: [${['up', 'ant', 'gem', 'bed', 'co', 'ol'].flatMap((one) => BEHAVIOURS.map((name) => `${one}/${name}`)).join(', ')}]
router: { use: static }
telemetry:
  otlp_endpoint: "http://127.0.0.1:${(collector.address() as AddressInfo).port}"
  otlp: { metrics: true, logs: true, usage: true, decisions: true }
  decision_log: { path: decisions.jsonl }
`
  program = await startProgram(['--port', '0'], { config, environment: SECRETS })
  for (const behaviour of BEHAVIOURS) await askAll(behaviour)
  await askWrongly()
}, 120_000)

afterAll(async () => {
  await program.stop()
  upstream.close()
  collector.closeAllConnections()
  collector.close()
})

async function call(path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const key: Record<string, string> = { authorization: `Bearer ${SECRETS.TEAM_KEY}`, cookie: 'session=canary-cookie' }
  try {
    const response = await fetch(program.url + path, {
      ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...key, ...headers },
      redirect: 'manual',
    })
    decisionId = response.headers.get('x-route-id') ?? decisionId
    answers.push(JSON.stringify([...response.headers]))
    const text = await response.text()
    // What was passed through and is no failure is passed on unread, by design (docs/security.md).
    if (headers['x-route-provider'] === undefined || !response.ok) answers.push(text)
  } catch (cause) {
    // A connection that the gateway broke on purpose.
    answers.push(String(cause))
  }
}

const TOOL = {
  name: 'look_up',
  parameters: { type: 'object', properties: { q: { type: 'integer' } }, required: ['q'] },
}

async function askAll(model: string): Promise<void> {
  const messages = [
    { role: 'system', content: 'canary-system' },
    { role: 'user', content: `canary-prompt ${model}` },
  ]
  const tools = [{ type: 'function', function: TOOL }]
  const history = [
    ...messages,
    {
      role: 'assistant',
      tool_calls: [{ id: 'c0', type: 'function', function: { name: 'look_up', arguments: '{"q":"canary-argument"}' } }],
    },
    { role: 'tool', tool_call_id: 'c0', content: 'canary-argument' },
  ]
  const anthropic = { max_tokens: 99, system: 'canary-system', messages: messages.slice(1) }
  const gemini = { contents: [{ role: 'user', parts: [{ text: `canary-prompt ${model}` }] }] }
  await Promise.all([
    ...['up', 'ant', 'gem', 'bed', 'co', 'ol'].flatMap((provider) => [
      call('/v1/chat/completions', { model: `${provider}/${model}`, messages: history, tools, user: 'canary-user' }),
      call('/v1/chat/completions', { model: `${provider}/${model}`, messages, stream: true }),
      call('/v1/messages', { model: `${provider}/${model}`, ...anthropic }),
    ]),
    call('/v1/chat/completions', {
      model: `auto:cheap+models=*/${model}`,
      messages,
      routing: { explain: true },
      metadata: { who: 'canary-user' },
    }),
    call('/v1/responses', { model: `up/${model}`, input: `canary-prompt ${model}` }),
    call('/v1/completions', { model: `up/${model}`, prompt: `canary-prompt ${model}` }),
    call('/v1/embeddings', { model: `up/${model}`, input: `canary-prompt ${model}` }),
    call('/v1/messages/count_tokens', { model: `ant/${model}`, ...anthropic }),
    call(`/v1beta/models/gem/${model}:generateContent?key=${SECRETS.TEAM_KEY}`, gemini, { authorization: '' }),
    call(`/v1/images/edits?about=${model}&canary-prompt`, { prompt: 'canary-prompt' }, { 'x-route-provider': 'up' }),
    call(`/v1/files/${model}`, undefined, { 'x-route-provider': 'bed' }),
    call('/v1/route', { model: 'auto', messages }),
  ])
}

async function askWrongly(): Promise<void> {
  const body = { model: 'up/ok', messages: [{ role: 'user', content: 'canary-prompt' }] }
  for (const wrong of WRONG) {
    await call('/v1/chat/completions', body, { authorization: `Bearer ${wrong}` })
    await call('/v1/chat/completions', body, { 'x-api-key': wrong, authorization: '' })
    await call(`/v1beta/models/gem/ok:generateContent?key=${wrong}`, body, { authorization: '' })
    await call(`/v1/files?api_key=${wrong}`, undefined, { authorization: '' })
  }
  await call('/v1/chat/completions', '{"model":"up/ok","messages":[{"role":"user","content":"canary-broken')
  await call('/v1/chat/completions', '"canary-broken"')
  await call('/v1/chat/completions', { model: 'up/ok', messages: 'canary-broken' })
  await call('/v1/chat/completions', { ...body, model: 'auto', routing: { 'canary-user': 1 } })
  await call('/v1/feedback', { id: decisionId, reward: 1, comment: 'canary-prompt' })
  await call(`/v1/decisions/${decisionId}`, undefined)
  await call('/v1/models', undefined)
  await call('/metrics', undefined)
}

function expectNone(canaries: readonly string[], output: string): void {
  const spelled = canaries.flatMap((one) => [one, encodeURIComponent(one), JSON.stringify(one).slice(1, -1)])
  const found = spelled.filter((one) => output.includes(one))
  const [first] = found
  const at = first === undefined ? 0 : output.indexOf(first)
  expect(found, output.slice(Math.max(0, at - 300), at + 100)).toEqual([])
}

const secretParts = [...Object.values(SECRETS), ...SECRETS.AWS_KEY.split(':'), ...WRONG, 'canary-cookie']

test('answers hold no secret, whatever the upstream says', () => {
  expect(answers.length).toBeGreaterThan(1_000)
  // It was asked, and did say so.
  expect(answers.join('\n')).toContain('[redacted]')
  expect(answers.join('\n')).toContain('canary-answer')
  for (const answer of answers) expectNone(secretParts, answer)
})

test('the log holds no secret, no prompt, no call and no answer', async () => {
  await program.until(/"outcome":"stream_interrupted"/)
  expect(program.output()).toContain('attempt_failed')
  expectNone([...secretParts, ...SAID], program.output())
})

test('neither do metrics', async () => {
  const response = await fetch(`${program.url}/metrics`, { headers: { authorization: `Bearer ${SECRETS.TEAM_KEY}` } })
  const metrics = await response.text()
  expect(metrics).toContain('thalamus_upstream_failures_total')
  expectNone([...secretParts, ...SAID], metrics)
})

test('nor traces', async () => {
  await eventually('traces', () => Buffer.concat(traces).includes('gen_ai'), 15_000)
  expectNone([...secretParts, ...SAID], Buffer.concat(traces).toString('latin1'))
})

test('nor the decision log without prompts', async () => {
  const log = (): string =>
    readdirSync(program.folder)
      .filter((name) => name.startsWith('decisions.jsonl'))
      .map((name) => readFileSync(join(program.folder, name), 'utf8'))
      .join('')
  await eventually('decisions', () => log().includes('rt_'), 15_000)
  expectNone([...secretParts, ...SAID], log())
})

test.each([[['check']], [['check', '--json']], [['check', '--live', '--json']], [['route', '--json', 'canary-asked']]])(
  'nor what %j prints',
  async (args) => {
    const { stdout, stderr } = await runProgram(args, { config, environment: SECRETS })
    expect(stdout.length).toBeGreaterThan(100)
    expectNone([...secretParts, ...SAID], stdout + stderr)
  },
)
