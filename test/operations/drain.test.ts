import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { chat, startProgram } from '../cli/program.ts'
import type { OpenCall, Received } from './streams.ts'
import { createClients, openCall } from './streams.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const MESSAGES = [{ role: 'user', content: 'Hello' }]

/** A gateway before the simulator's OpenAI, Anthropic and Gemini formats. */
function config(server: string): string {
  return [
    `server: { ${server} }`,
    'providers:',
    `  up: { base_url: "${simulator.url}/v1" }`,
    `  claude: { type: anthropic, base_url: "${simulator.url}/v1", key: env:UP_KEY }`,
    'models: ["up/itl=20;tokens=100", "up/itl=25;tokens=40000", "up/slow-head=60000", "up/ok", "claude/itl=25;tokens=40000"]',
    'timeouts: { headers_ms: 120000 }',
  ].join('\n')
}

const environment = { UP_KEY: 'secret' }

async function endOf(calls: readonly OpenCall[]): Promise<readonly Received[]> {
  return Promise.all(calls.map(({ ended }) => ended))
}

test('SIGTERM under 200 open streams: all of them finish, new connections are refused, and the exit status is 0', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config('grace_ms: 60000'), environment })
  const agent = createClients()
  const body = { model: 'up/itl=20;tokens=100', stream: true, messages: MESSAGES }
  const calls = Array.from({ length: 200 }, () => openCall(`${program.url}/v1/chat/completions`, body, { agent }))
  await Promise.all(calls.map(({ begun }) => begun))
  program.signal('SIGTERM')
  await program.until(/"event":"draining"/)
  const refused = openCall(`${program.url}/v1/chat/completions`, body)
  const received = await endOf(calls)
  expect(
    received.filter(
      ({ status, isWhole, body: text }) => status === 200 && isWhole && text.endsWith('data: [DONE]\n\n'),
    ),
  ).toHaveLength(200)
  expect(received.filter(({ body: text }) => text.includes('error'))).toEqual([])
  expect((await refused.ended).status).toBe(0)
  const { status } = await program.finished
  expect(status).toBe(0)
  agent.destroy()
}, 60_000)

const DOORS = [
  ['openai-chat', '/v1/chat/completions', (model: string) => ({ model, stream: true, messages: MESSAGES })],
  ['openai-responses', '/v1/responses', (model: string) => ({ model, stream: true, input: 'Hello' })],
  [
    'anthropic-messages',
    '/v1/messages',
    (model: string) => ({ model, stream: true, max_tokens: 50_000, messages: MESSAGES }),
  ],
  ['openai-completions', '/v1/completions', (model: string) => ({ model, stream: true, prompt: 'Hello' })],
  [
    'gemini-generate',
    (model: string) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    () => ({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
  ],
] as const

const TERMINATORS = ['[DONE]', 'message_stop', 'response.completed', '"STOP"', '"MAX_TOKENS"', '"stop"', '"length"']

test('a grace shorter than the streams: each of 200 ends with the error of its format and no word of success', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config('grace_ms: 300'), environment })
  const agent = createClients()
  const doors = DOORS.flatMap(([format, path, write]) =>
    ['up/itl=25;tokens=40000', 'claude/itl=25;tokens=40000'].map((model) => ({
      format,
      url: program.url + (typeof path === 'string' ? path : path(model)),
      body: write(model),
    })),
  )
  const calls = Array.from({ length: 200 }, (_, index) => {
    const door = doors[index % doors.length]
    if (door === undefined) throw new Error('no door')
    return { ...door, call: openCall(door.url, door.body, { agent }) }
  })
  const whole = openCall(`${program.url}/v1/chat/completions`, { model: 'up/slow-head=60000', messages: MESSAGES })
  await Promise.all(calls.map(({ call }) => call.begun))
  program.signal('SIGTERM')
  const received = await endOf(calls.map(({ call }) => call))
  for (const [index, { status, body, isWhole }] of received.entries()) {
    const what = `${calls[index]?.format} ${JSON.stringify(calls[index]?.body)}`
    expect(status, what).toBe(200)
    expect(isWhole, what).toBe(true)
    expect(body, what).toContain('The gateway is being stopped')
    for (const mark of TERMINATORS) expect(body, what).not.toContain(mark)
  }
  const { status, headers, body } = await whole.ended
  expect(status).toBe(503)
  expect(headers['retry-after']).toBe('1')
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'shutting_down', type: 'server_error' } })
  const finished = await program.finished
  expect(finished.status).toBe(0)
  const written = finished.stdout.split('\n').filter((line) => line.includes('"event":"request"'))
  expect(written.filter((line) => line.includes('"outcome":"shutting_down"'))).toHaveLength(201)
  // What was spent on the cut answers is known.
  expect(written.filter((line) => /"tokens_out":[1-9]/.test(line))).toHaveLength(200)
  agent.destroy()
}, 60_000)

test('before it stops to listen, readiness turns and calls are served on connections that close', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config('drain_delay_ms: 1500'), environment })
  expect((await fetch(`${program.url}/readyz`)).status).toBe(200)
  program.signal('SIGTERM')
  await program.until(/"event":"draining"/)
  const readiness = await fetch(`${program.url}/readyz`)
  expect(readiness.status).toBe(503)
  expect(await readiness.json()).toMatchObject({ ready: false, checks: { lifecycle: 'draining' } })
  expect((await fetch(`${program.url}/healthz`)).status).toBe(200)
  const answer = await chat(program.url, { model: 'up/ok' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('connection')).toBe('close')
  expect((await program.finished).status).toBe(0)
})

test('a second signal ends the process at once', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config('grace_ms: 600000'), environment })
  const body = { model: 'up/itl=25;tokens=40000', stream: true, messages: MESSAGES }
  const call = openCall(`${program.url}/v1/chat/completions`, body)
  await call.begun
  program.signal('SIGTERM')
  await program.until(/"event":"draining"/)
  program.signal('SIGTERM')
  expect((await program.finished).status).toBe(130)
  expect((await call.ended).isWhole).toBe(false)
})

const UPLOADS = [
  ...DOORS.map(([format, path]) => ({ format, path: typeof path === 'string' ? path : path('up/ok') })),
  { format: 'embeddings', path: '/v1/embeddings' },
  { format: 'passthrough', path: '/v1/audio/speech' },
]

/** The head of a request, and the beginning of its body. */
function upload(url: string, path: string): { readonly ended: Promise<string> } {
  const { hostname, port } = new URL(url)
  const ended = Promise.withResolvers<string>()
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  socket.on('close', () => ended.resolve(text))
  socket.on('error', () => ended.resolve(text))
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"model":`,
  )
  return { ended: ended.promise }
}

test('a request that is not whole when the grace is over is answered with 503 in the format of its path', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config('grace_ms: 300'), environment })
  const uploads = UPLOADS.map((one) => ({ ...one, ...upload(program.url, one.path) }))
  // Answered after those before it were taken.
  await fetch(`${program.url}/healthz`)
  program.signal('SIGTERM')
  for (const { format, ended } of uploads) {
    const text = await ended
    expect(text, format).toMatch(/^HTTP\/1\.1 503 /)
    expect(text, format).toMatch(/\r\nretry-after: 1\r\n/i)
    const { error } = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
    expect(error.message, format).toContain('The gateway is being stopped')
    if (format === 'gemini-generate') expect(error).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
    else if (format === 'anthropic-messages') expect(error.type).not.toBe('server_error')
    else expect(error).toMatchObject({ code: 'shutting_down', type: 'server_error' })
  }
  const finished = await program.finished
  expect(finished.status).toBe(0)
  expect(finished.stdout.match(/"outcome":"shutting_down"/g)).toHaveLength(UPLOADS.length)
})
