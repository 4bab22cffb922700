import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import OpenAI, { toFile } from 'openai'
import { afterEach, expect, test } from 'vitest'
import type { Directives } from '../../src/core/directives.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, startGateway } from './start-gateway.ts'

// Paths that the gateway does not serve itself: to one provider and back, unread.

let upstream: CaptureUpstream | undefined
let other: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  await other?.close()
  other = undefined
})

type Answering = Parameters<typeof startCaptureUpstream>[0]

/** Two providers, `up` and `work`, so that one has to be named. */
async function startTwo(answer: Answering, options: Partial<Parameters<typeof startGateway>[0]> = {}): Promise<void> {
  upstream = await startCaptureUpstream(answer)
  other = await startCaptureUpstream((response) => response.end('{"from":"work"}'))
  gateway = await startGateway({
    models: ['m'],
    upstream: upstream.url,
    more: { work: { upstream: other.url, headers: { 'x-team': 'blue' }, models: ['w'] } },
    ...options,
  })
}

const json: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end('{"object":"list","data":[]}')
}

function key(name: string, routing: Directives) {
  return {
    name,
    sha256: new Uint8Array(createHash('sha256').update(name).digest()),
    routing,
    promptFlags: 'off' as const,
  }
}

const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${gateway?.url}${path}`, init)
const named = { 'x-route-provider': 'up' }

/** The path as it is written, no headers but these. */
function bare(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const { hostname, port } = new URL(gateway?.url ?? '')
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, headers: { ...named, ...headers } }
    httpRequest(options, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
}

test('without a name the answer says how to name a provider, and nobody is asked', async () => {
  await startTwo(json)
  const response = await call('/v1/files')
  expect(response.status).toBe(404)
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  expect(error.code).toBe('route_not_found')
  expect(error.message).toMatch(/x-route-provider: NAME.*\?provider=NAME.*"model": "NAME\/MODEL"/)
  expect(upstream?.requests).toHaveLength(0)
})

test('an unknown name is a 404 that lists the providers', async () => {
  await startTwo(json)
  const response = await call('/v1/files', { headers: { 'x-route-provider': 'nobody' } })
  expect(response.status).toBe(404)
  expect(await response.text()).toMatch(/no provider \\"nobody\\".*up, work/)
})

test('the only provider there is needs no name', async () => {
  upstream = await startCaptureUpstream(json)
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  expect((await call('/v1/files?limit=2')).status).toBe(200)
  expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/v1/files?limit=2' })
})

test('header, query and model each name a provider; the query’s name is taken out, the model’s too', async () => {
  await startTwo(json)
  await call('/v1/files?order=asc&after=a%20b', { headers: { 'x-route-provider': 'work' } })
  await call('/v1/files?order=asc&provider=work&after=a%20b')
  await call('/v1/moderations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "input": "x",  "seed": 12345678901234567890, "model": "work/omni-moderation-latest" }',
  })
  expect(other?.requests.map(({ path }) => path)).toEqual([
    '/v1/files?order=asc&after=a%20b',
    '/v1/files?order=asc&after=a%20b',
    '/v1/moderations',
  ])
  expect(other?.requests[2]?.body.toString()).toBe(
    '{ "input": "x",  "seed": 12345678901234567890, "model": "omni-moderation-latest" }',
  )
})

test('the provider’s key and headers go with it; the client’s key, cookies and other headers do not', async () => {
  await startTwo(json)
  await call('/v1/files?provider=work&key=client-key', {
    headers: {
      authorization: 'Bearer client-key',
      'x-api-key': 'client-key',
      'api-key': 'client-key',
      cookie: 'a=client-key',
      'openai-organization': 'client-key',
      'openai-beta': 'assistants=v2',
      accept: 'application/json',
      range: 'bytes=0-9',
    },
  })
  const [request] = other?.requests ?? []
  expect(JSON.stringify(request?.headers) + request?.path).not.toContain('client-key')
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer work-key',
    'x-team': 'blue',
    'openai-beta': 'assistants=v2',
    accept: 'application/json',
    range: 'bytes=0-9',
  })
  expect(request?.headers['content-type']).toBeUndefined()
})

test('every byte, the status and the harmless headers come back; cookies and unknown headers do not', async () => {
  const sound = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256))
  await startTwo((response) => {
    response.writeHead(203, {
      'content-type': 'audio/mpeg',
      'content-length': String(sound.length),
      'content-disposition': 'attachment; filename="a.mp3"',
      'retry-after': '3',
      'x-request-id': 'req_1',
      'openai-processing-ms': '12',
      'openai-organization': 'secret-organization',
      'openai-project': 'secret-project',
      'anthropic-organization-id': 'secret-organization',
      'anthropic-ratelimit-requests-remaining': '9',
      'set-cookie': 'session=secret',
      'x-internal': 'secret',
    })
    response.end(sound)
  })
  const response = await call('/v1/audio/speech', { method: 'POST', headers: named, body: '{}' })
  expect(response.status).toBe(203)
  expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true)
  const headers = Object.fromEntries(response.headers)
  expect(headers).toMatchObject({
    'content-type': 'audio/mpeg',
    'content-length': String(sound.length),
    'content-disposition': 'attachment; filename="a.mp3"',
    'retry-after': '3',
    'x-request-id': 'req_1',
    'openai-processing-ms': '12',
    'anthropic-ratelimit-requests-remaining': '9',
  })
  expect(JSON.stringify(headers)).not.toContain('secret')
})

test('a refusal of the provider’s is passed on as it is, and a redirect neither followed nor passed on', async () => {
  await startTwo((response, { path }) => {
    if (path === '/v1/moved') response.writeHead(302, { location: `${other?.url}/files` }).end('moved')
    else response.writeHead(422, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
  })
  const refused = await call('/v1/images/edits', { method: 'POST', headers: named, body: 'x' })
  expect([refused.status, await refused.text()]).toEqual([422, '{"error":{"message":"no"}}'])
  const moved = await call('/v1/moved', { headers: named, redirect: 'manual' })
  expect([moved.status, moved.headers.get('location')]).toEqual([502, null])
  expect(await moved.json()).toMatchObject({ error: { code: 'upstream_error', upstream: { status: 302 } } })
  expect(other?.requests).toHaveLength(0)
})

test.each([401, 403])('a %i is about the gateway’s own key: a 502, and its words stay here', async (status) => {
  await startTwo((response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"Incorrect API key provided: upst***-key","code":"invalid_api_key"}}')
  })
  const response = await call('/v1/files', { headers: named })
  const body = await response.text()
  expect(response.status).toBe(502)
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'upstream_auth_failed', upstream: { status } } })
  expect(body).not.toContain('upst***')
  await eventually('the log line', () => gateway?.log.some((line) => line['endpoint'] === 'passthrough') === true)
  expect(gateway?.log.find((line) => line['endpoint'] === 'passthrough')).toMatchObject({
    outcome: 'upstream_auth_failed',
    status: 502,
  })
})

test('each method arrives as itself, and HEAD has no body', async () => {
  await startTwo(json)
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']) {
    const response = await call('/v1/things/1', { method, headers: named })
    expect([method, response.status]).toEqual([method, 200])
  }
  expect(upstream?.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
  expect((await call('/v1/things/1', { method: 'OPTIONS', headers: named })).status).toBe(405)
})

test('a path that misses the gateway’s own by its slashes, case or encoding goes to nobody', async () => {
  await startTwo(json)
  const paths = [
    '/v1/chat/completions/',
    '/v1//chat/completions',
    '/v1/Chat/Completions',
    '/v1/chat%2fcompletions',
    '/v1/chat%252fcompletions',
    '/v1/chat/completions;a=b',
    '/v1/chat/completions%20',
  ]
  const body = JSON.stringify({ model: 'up/m', messages: [] })
  for (const path of paths) {
    const response = await call(path, {
      method: 'POST',
      headers: { ...named, 'content-type': 'application/json' },
      body,
    })
    expect([path, response.status]).toEqual([path, 404])
    expect(await response.text()).toContain('Did you mean /v1/chat/completions?')
  }
  const doubled = await call('/v1/v1/messages', { method: 'POST', headers: named, body })
  expect([doubled.status, await doubled.text()]).toEqual([404, expect.stringContaining('Did you mean /v1/messages?')])
  expect((await call('/v1/messages/', { method: 'POST', headers: named, body })).status).toBe(404)
  expect(upstream?.requests).toHaveLength(0)
  expect((await call('/v1/chat/completions/c_1%2f2', { headers: named })).status).toBe(200)
})

test('an answer may be compressed as the client asks, and is not otherwise', async () => {
  await startTwo(json)
  await bare('/v1/files', { 'accept-encoding': 'br' })
  await bare('/v1/files')
  expect(upstream?.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['br', 'identity'])
})

test('the gateway’s own paths stay its own, unless a provider is named for another method', async () => {
  await startTwo(json)
  expect((await call('/v1/chat/completions')).status).toBe(405)
  expect((await call('/v1/models', { headers: named })).status).toBe(200)
  expect(upstream?.requests).toHaveLength(0)
  expect((await call('/v1/chat/completions?limit=1', { headers: named })).status).toBe(200)
  expect(upstream?.requests[0]).toMatchObject({ method: 'GET', path: '/v1/chat/completions?limit=1' })
})

test.each([
  '/v1/files/..%2f..%2fadmin',
  '/v1/files/%2e%2e%2fadmin',
  '/v1/files/%252e%252e%252fadmin',
  '/v1/files/..%5cadmin',
  '/v1/files/..;/admin',
  '/v1/files/%00',
  '/v1/files/../organization/x',
  '/v1/./files',
  '/v1/files/..',
  '/x/../v1/files',
  '/../v1/files',
])('%s is refused', async (path) => {
  await startTwo(json)
  expect(await bare(path)).toBe(400)
  expect(upstream?.requests).toHaveLength(0)
})

test('what is encoded without leading out stays as it is written', async () => {
  await startTwo(json)
  const path = '/v1/files/org%2Fname%20%C3%A9/..x?q=%2e%2e%2f..'
  expect((await call(path, { headers: named })).status).toBe(200)
  expect(upstream?.requests[0]?.path).toBe(path)
})

test('plain dot segments lead out of /v1 here already', async () => {
  await startTwo(json)
  expect(await bare('/v1/files/../../admin')).toBe(404)
  expect(upstream?.requests).toHaveLength(0)
})

test('an upload larger than server.max_body_bytes is a 413', async () => {
  await startTwo(json, { maxBodyBytes: 1_000 })
  const response = await call('/v1/files', { method: 'POST', headers: named, body: 'x'.repeat(2_000) })
  expect(response.status).toBe(413)
  expect(upstream?.requests).toHaveLength(0)
})

test('an answer is passed on as it comes', async () => {
  let answering: import('node:http').ServerResponse | undefined
  await startTwo((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: one\n\n')
    answering = response
  })
  const response = await call('/v1/threads/runs', { method: 'POST', headers: named, body: '{}' })
  const reader = response.body?.getReader()
  const read = async () => new TextDecoder().decode((await reader?.read())?.value)
  expect(await read()).toBe('data: one\n\n')
  answering?.end('data: two\n\n')
  expect(await read()).toBe('data: two\n\n')
})

test('a client that leaves closes the upstream’s socket', async () => {
  await startTwo((response) => {
    response.writeHead(200, { 'content-type': 'audio/wav' })
    response.write('x')
  })
  const abort = new AbortController()
  const response = await call('/v1/audio/speech', { method: 'POST', headers: named, body: '{}', signal: abort.signal })
  expect(response.status).toBe(200)
  abort.abort()
  await eventually('the upstream’s socket to close', () => upstream?.closed() === 1)
  await eventually('the log line', () => gateway?.log.some((line) => line['endpoint'] === 'passthrough') === true)
  expect(gateway?.log.find((line) => line['endpoint'] === 'passthrough')).toMatchObject({
    outcome: 'client_closed_request',
  })
})

test('an answer that breaks off breaks the client’s connection too', async () => {
  await startTwo((response) => {
    response.writeHead(200, { 'content-type': 'audio/wav' })
    response.write('half')
    setImmediate(() => response.destroy())
  })
  const response = await call('/v1/audio/speech', { method: 'POST', headers: named, body: '{}' })
  await expect(response.arrayBuffer()).rejects.toThrow()
})

test('a provider that does not answer is a 504 in time', async () => {
  await startTwo(() => undefined, { timeouts: { totalMs: 100 } })
  const response = await call('/v1/files', { headers: named })
  expect(response.status).toBe(504)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_timeout' } })
})

test('a client that does not read stops the upstream instead of filling memory', async () => {
  let sent = 0
  const block = Buffer.alloc(64 * 1024)
  await startTwo((response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    const pump = () => {
      let hasRoom = true
      while (hasRoom && !response.destroyed) {
        hasRoom = response.write(block)
        sent += block.length
      }
      response.once('drain', pump)
    }
    pump()
  })
  const { port } = new URL(gateway?.url ?? '')
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('GET /v1/files/a/content HTTP/1.1\r\nhost: 127.0.0.1\r\nx-route-provider: up\r\n\r\n')
  socket.pause()
  let before = -1
  await eventually('the upstream to be held back', async () => {
    const stalled = sent > 0 && sent === before
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 200))
    return stalled
  })
  expect(sent).toBeLessThan(32 * 1024 * 1024)
  socket.destroy()
})

test('keys are asked for', async () => {
  await startTwo(json, { keys: [key('team', {})] })
  expect((await call('/v1/files', { headers: named })).status).toBe(401)
  expect((await call('/v1/files', { headers: { ...named, authorization: 'Bearer team' } })).status).toBe(200)
  expect(upstream?.requests[0]?.headers['authorization']).toBe('Bearer upstream-key')
})

const models = (...patterns: string[]): Directives => ({ models: [patterns] })
const ask = { model: 'tts-1' }
const batch = { model: 'm', input_file_id: 'file-1', endpoint: '/v1/chat/completions' }
test.each<[string, Directives, object | undefined, number, string?]>([
  ['no limits', {}, ask, 200],
  ['a pattern of the listed models, and a batch that names one of them', models('up/m'), batch, 422, '/v1/batches'],
  ['a pattern of the whole provider, and a batch', models('up/*'), batch, 200, '/v1/batches'],
  ['a pattern of the whole provider', models('up/*'), ask, 200],
  ['a pattern of the whole provider, a body without a model', models('up/*'), { endpoint: '/v1/x' }, 200],
  ['a pattern of the model and the listed ones', models('up/m', 'up/tts-1'), ask, 200],
  ['a pattern of the listed models only', models('up/m'), ask, 422],
  ['a pattern of the listed models, no body', models('up/m'), undefined, 200],
  ['a pattern of the listed models, a body without a model', models('up/m'), { endpoint: '/v1/x' }, 422],
  ['a pattern that leaves out a listed model', models('up/tts-1'), ask, 422],
  ['an exception, and a body that does not say which', models('!up/gpt-3*'), { endpoint: '/v1/x' }, 422],
  ['an exception of the model', models('!up/tts*'), ask, 422],
  ['an exception of another provider', models('!work/*'), { endpoint: '/v1/x' }, 200],
  ['a fact that nobody knows of the model', { require: { region: ['eu'] } }, ask, 422],
  ['a fact of all listed models, no body', { require: { tools: true } }, undefined, 200],
  ['a bound on cost, which nobody can estimate', { max: { cost_usd: 1 } }, undefined, 422],
])('a key with %s', async (_name, routing, body, status, path = '/v1/audio/speech') => {
  await startTwo(json, { keys: [key('team', routing)] })
  const headers = { ...named, authorization: 'Bearer team', 'content-type': 'application/json' }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await call(path, init)
  expect(response.status).toBe(status)
  expect(upstream?.requests).toHaveLength(status === 200 ? 1 : 0)
  if (status === 422) expect(await response.json()).toMatchObject({ error: { code: 'no_feasible_model' } })
})

test('a repeated model member cannot hide the one that is asked', async () => {
  await startTwo(json, { keys: [key('team', models('up/m'))] })
  const headers = { ...named, authorization: 'Bearer team', 'content-type': 'application/json' }
  await call('/v1/audio/speech', { method: 'POST', headers, body: '{"model":"forbidden","model":"m"}' })
  expect(upstream?.requests[0]?.body.toString()).toBe('{"model":"m","model":"m"}')
})

test('the OpenAI SDK lists files, speaks and uploads through it', async () => {
  const form: string[] = []
  await startTwo((response, { path, body, headers }) => {
    if (path.startsWith('/v1/audio/speech')) {
      response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(Buffer.from([1, 2, 3]))
    } else if (headers['content-type']?.startsWith('multipart/form-data') === true) {
      form.push(headers['content-type'], body.toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"file-1","object":"file"}')
    } else {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"object":"list","data":[{"id":"file-1","object":"file"}],"has_more":false}')
    }
  })
  const client = new OpenAI({
    baseURL: `${gateway?.url}/v1`,
    apiKey: 'client-key',
    defaultHeaders: { 'x-route-provider': 'up' },
  })
  const files = await client.files.list()
  expect(files.data.map(({ id }) => id)).toEqual(['file-1'])
  const speech = await client.audio.speech.create({ model: 'up/tts-1', voice: 'alloy', input: 'Hello' })
  expect([...new Uint8Array(await speech.arrayBuffer())]).toEqual([1, 2, 3])
  expect(JSON.parse(upstream?.requests[1]?.body.toString() ?? '')).toMatchObject({ model: 'tts-1', input: 'Hello' })
  const uploaded = await client.files.create({
    file: await toFile(Buffer.from('{"a":1}\n'), 'a.jsonl'),
    purpose: 'batch',
  })
  expect(uploaded.id).toBe('file-1')
  expect(form[0]).toContain('boundary=')
  expect(form[1]).toContain('{"a":1}')
})
