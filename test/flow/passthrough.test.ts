import OpenAI, { toFile } from 'openai'
import { expect, test } from 'vitest'
import { eventually } from './start-gateway.ts'
import { json, named, twoProviders } from './two-providers.ts'

// Paths that the gateway does not serve itself: to one provider and back, unread.

const { start, startOne, up, work, gateway, call, bare } = twoProviders()

test('without a name the answer says how to name a provider, and nobody is asked', async () => {
  await start(json)
  const response = await call('/v1/files')
  expect(response.status).toBe(404)
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  expect(error.code).toBe('route_not_found')
  expect(error.message).toMatch(/x-route-provider: NAME.*\?provider=NAME.*"model": "NAME\/MODEL"/)
  expect(up()?.requests).toHaveLength(0)
})

test('an unknown name is a 404 that lists the providers', async () => {
  await start(json)
  const response = await call('/v1/files', { headers: { 'x-route-provider': 'nobody' } })
  expect(response.status).toBe(404)
  expect(await response.text()).toMatch(/no provider \\"nobody\\".*up, work/)
})

test('the only provider there is needs no name', async () => {
  await startOne(json)
  expect((await call('/v1/files?limit=2')).status).toBe(200)
  expect(up()?.requests[0]).toMatchObject({ method: 'GET', path: '/v1/files?limit=2' })
})

test('header, query and model each name a provider; the query’s name is taken out, the model’s too', async () => {
  await start(json)
  await call('/v1/files?order=asc&after=a%20b', { headers: { 'x-route-provider': 'work' } })
  await call('/v1/files?order=asc&provider=work&after=a%20b')
  await call('/v1/moderations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "input": "x",  "seed": 12345678901234567890, "model": "work/omni-moderation-latest" }',
  })
  expect(work()?.requests.map(({ path }) => path)).toEqual([
    '/v1/files?order=asc&after=a%20b',
    '/v1/files?order=asc&after=a%20b',
    '/v1/moderations',
  ])
  expect(work()?.requests[2]?.body.toString()).toBe(
    '{ "input": "x",  "seed": 12345678901234567890, "model": "omni-moderation-latest" }',
  )
})

test('the provider’s key and headers go with it; the client’s key, cookies and other headers do not', async () => {
  await start(json)
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
  const [request] = work()?.requests ?? []
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
  await start((response) => {
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
  await start((response, { path }) => {
    if (path === '/v1/moved') response.writeHead(302, { location: `${work()?.url}/files` }).end('moved')
    else response.writeHead(422, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
  })
  const refused = await call('/v1/images/edits', { method: 'POST', headers: named, body: 'x' })
  expect([refused.status, await refused.text()]).toEqual([422, '{"error":{"message":"no"}}'])
  const moved = await call('/v1/moved', { headers: named, redirect: 'manual' })
  expect([moved.status, moved.headers.get('location')]).toEqual([502, null])
  expect(await moved.json()).toMatchObject({ error: { code: 'upstream_error', upstream: { status: 302 } } })
  expect(work()?.requests).toHaveLength(0)
})

test.each([401, 403])('a %i is about the gateway’s own key: a 502, and its words stay here', async (status) => {
  await start((response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"Incorrect API key provided: upst***-key","code":"invalid_api_key"}}')
  })
  const response = await call('/v1/files', { headers: named })
  const body = await response.text()
  expect(response.status).toBe(502)
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'upstream_auth_failed', upstream: { status } } })
  expect(body).not.toContain('upst***')
  await eventually('the log line', () => gateway()?.log.some((line) => line['endpoint'] === 'passthrough') === true)
  expect(gateway()?.log.find((line) => line['endpoint'] === 'passthrough')).toMatchObject({
    outcome: 'upstream_auth_failed',
    status: 502,
  })
})

test.each([
  ['escapes of JSON', String.raw`{"error":{"message":"no key upstream\u002dk\u0065y","\u0075pstream-key":1}}`],
  ['base64', `{"error":{"message":"got Basic ${btoa('me:upstream-key')}"}}`],
  ['other letters than UTF-8’s', 'clé upstream-key'],
])('a refusal that quotes the provider’s key in %s is masked, and else the same', async (_what, said) => {
  await start((response) => {
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end(Buffer.from(said, 'latin1'))
  })
  const response = await call('/v1/files', { headers: named })
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1')
  expect(response.status).toBe(400)
  expect(body).toContain('[redacted]')
  expect(body.slice(0, 4)).toBe(said.slice(0, 4))
  const parsed = body.startsWith('{') ? JSON.stringify(JSON.parse(body)) : body
  expect(parsed).not.toContain('upstream-key')
  expect(Buffer.from(/Basic ([^"[]*)/.exec(body)?.[1] ?? '', 'base64').toString()).not.toContain('upstream')
})

test('each method arrives as itself, and HEAD has no body', async () => {
  await start(json)
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']) {
    const response = await call('/v1/things/1', { method, headers: named })
    expect([method, response.status]).toEqual([method, 200])
  }
  expect(up()?.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
  expect((await call('/v1/things/1', { method: 'OPTIONS', headers: named })).status).toBe(405)
})

test('an answer may be compressed as the client asks, and is not otherwise', async () => {
  await start(json)
  await bare('/v1/files', { 'accept-encoding': 'br' })
  await bare('/v1/files')
  expect(up()?.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['br', 'identity'])
})

test('an upload larger than server.max_body_bytes is a 413', async () => {
  await start(json, { maxBodyBytes: 1_000 })
  const response = await call('/v1/files', { method: 'POST', headers: named, body: 'x'.repeat(2_000) })
  expect(response.status).toBe(413)
  expect(up()?.requests).toHaveLength(0)
})

test('the OpenAI SDK lists files, speaks and uploads through it', async () => {
  const form: string[] = []
  await start((response, { path, body, headers }) => {
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
    baseURL: `${gateway()?.url}/v1`,
    apiKey: 'client-key',
    defaultHeaders: { 'x-route-provider': 'up' },
  })
  const files = await client.files.list()
  expect(files.data.map(({ id }) => id)).toEqual(['file-1'])
  const speech = await client.audio.speech.create({ model: 'up/tts-1', voice: 'alloy', input: 'Hello' })
  expect([...new Uint8Array(await speech.arrayBuffer())]).toEqual([1, 2, 3])
  expect(JSON.parse(up()?.requests[1]?.body.toString() ?? '')).toMatchObject({ model: 'tts-1', input: 'Hello' })
  const uploaded = await client.files.create({
    file: await toFile(Buffer.from('{"a":1}\n'), 'a.jsonl'),
    purpose: 'batch',
  })
  expect(uploaded.id).toBe('file-1')
  expect(form[0]).toContain('boundary=')
  expect(form[1]).toContain('{"a":1}')
})
