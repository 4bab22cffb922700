import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

test('the body goes upstream byte for byte, apart from model and the routing member', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  const body =
    '{ "messages" : [{"role":"user","content":"caf\\u00e9 ☕ \\"model\\": 1"}],\n "seed": 12345678901234567890, "temperature":1.0, "vendor_field": {"model":"keep"}, "routing": {"preset":"cheap"}, "model":"up/m" }'
  const response = await post(gateway.url, body)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual(COMPLETION)
  expect(upstream.requests[0]?.body.toString()).toBe(
    body.replace('"up/m"', '"m"').replace(' "routing": {"preset":"cheap"},', ''),
  )
})

test('a byte order mark before the body is passed over and reaches no upstream', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  // The alias of `auto` is the model's own name as well, so that nothing of the body is edited.
  gateway = await startGateway({ models: ['gpt-4o'], upstream: upstream.url })
  const body = '{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}'
  expect((await post(gateway.url, `\ufeff${body}`)).status).toBe(200)
  expect(upstream.requests[0]?.body.toString()).toBe(body)
})

test('a second model gets the same bytes under its own name, longer or shorter than the first', async () => {
  const models = ['m', 'a-much-longer-name', 'mm']
  upstream = await startCaptureUpstream((response, { body }) => {
    if (body.includes('"mm"')) response.end(JSON.stringify(COMPLETION))
    else response.writeHead(500).end()
  })
  gateway = await startGateway({ models, upstream: upstream.url, maxAttempts: 3 })
  const body = '{"seed": 12345678901234567890, "model":"auto","messages":[{"role":"user","content":"x"}],"routing":{} }'
  expect((await post(gateway.url, body)).status).toBe(200)
  const sent = upstream.requests.map((request) => request.body.toString())
  expect(sent).toEqual(models.map((model) => body.replace('auto', model).replace(',"routing":{}', '')))
})

test('the upstream gets the configured key and none of the client’s headers', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  await post(
    gateway.url,
    { model: 'up/m', messages: HELLO },
    { authorization: 'Bearer client-key', cookie: 'a=b', 'x-secret': 'c' },
  )
  const [request] = upstream.requests
  expect(request?.path).toBe('/v1/chat/completions')
  expect(request?.headers['authorization']).toBe('Bearer upstream-key')
  expect(request?.headers['accept-encoding']).toBe('identity')
  expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
    'accept-encoding',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'x-route-hop',
  ])
})

test('an answer that comes compressed all the same is a 502 that names the coding, a refusal keeps its status', async () => {
  let status = 200
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    response.end(gzipSync(JSON.stringify(COMPLETION)))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  for (const stream of [false, true]) {
    const answer = await post(gateway.url, { model: 'up/m', messages: HELLO, stream })
    expect(answer.status).toBe(502)
    expect(await answer.text()).toMatch(/content coding \\"gzip\\".*upstream_malformed/s)
  }
  status = 429
  const refused = await post(gateway.url, { model: 'up/m', messages: HELLO })
  expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining('gzip')])
  status = 200
  const embedded = await fetch(`${gateway.url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/e', input: 'x' }),
  })
  expect([embedded.status, await embedded.text()]).toEqual([502, expect.stringContaining('gzip')])
})

test('the log line of a failed call has the client’s status, and the upstream’s beside it', async () => {
  upstream = await startCaptureUpstream((response) => response.writeHead(403).end('{"error":{"message":"no"}}'))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  expect((await post(gateway.url, { model: 'up/m', messages: HELLO })).status).toBe(502)
  await eventually('the log line', () => gateway?.log.some((line) => line['endpoint'] === 'chat_completions') === true)
  const line = gateway.log.find((one) => one['endpoint'] === 'chat_completions')
  expect(line).toMatchObject({ status: 502, upstream_status: 403 })
})

test('nothing reaches the client before the first content part', async () => {
  let answer: import('node:http').ServerResponse | undefined
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': ping\n\ndata: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n')
    answer = response
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  const pending = post(gateway.url, { model: 'up/m', messages: HELLO, stream: true })
  await eventually('the upstream to be asked', () => answer !== undefined)
  const first = await Promise.race([pending, new Promise((resolve) => setTimeout(resolve, 150, 'nothing'))])
  expect(first).toBe('nothing')
  answer?.end(`${chunk('Hi', 'stop')}data: [DONE]\n\n`)
  const text = await (await pending).text()
  expect(text).toBe(
    `: ping\n\ndata: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n${chunk('Hi', 'stop')}data: [DONE]\n\n`,
  )
})

test('T-09 each frame is forwarded when it comes, cut frames when they are whole', async () => {
  let answer: import('node:http').ServerResponse | undefined
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('one'))
    answer = response
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  const response = await post(gateway.url, { model: 'up/m', messages: HELLO, stream: true })
  const reader = response.body?.getReader()
  const read = async () => new TextDecoder().decode((await reader?.read())?.value)
  expect(await read()).toBe(chunk('one'))
  answer?.write(chunk('two').slice(0, 20))
  answer?.write(chunk('two').slice(20) + chunk('thr').slice(0, 30))
  expect(await read()).toBe(chunk('two'))
  answer?.end(`${chunk('thr').slice(30)}${chunk('', 'stop')}data: [DONE]\n\n`)
  let rest = ''
  for (let text = await read(); text !== ''; text = await read()) rest += text
  expect(rest).toBe(`${chunk('thr')}${chunk('', 'stop')}data: [DONE]\n\n`)
})

test('a client that leaves closes the upstream’s socket and is no failure of the model', async () => {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('one'))
  })
  gateway = await startGateway({ models: ['m', 'other'], upstream: upstream.url })
  const abort = new AbortController()
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: HELLO, stream: true }),
    signal: abort.signal,
  })
  expect(response.status).toBe(200)
  abort.abort()
  await eventually('the upstream’s socket to close', () => upstream?.closed() === 1)
  await eventually('the log line', () => gateway?.log.some((line) => line.event === 'request') === true)
  expect(gateway.log.find((line) => line.event === 'request')).toMatchObject({
    status: 499,
    outcome: 'client_closed_request',
  })
  expect(gateway.log.some((line) => line.event === 'attempt_failed')).toBe(false)
  expect(upstream.requests).toHaveLength(1)
})

test('a client that leaves while the model is thinking starts no other attempt', async () => {
  upstream = await startCaptureUpstream(() => undefined)
  gateway = await startGateway({ models: ['m', 'other'], upstream: upstream.url })
  const abort = new AbortController()
  const pending = fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: HELLO }),
    signal: abort.signal,
  })
  await eventually('the upstream to be asked', () => upstream?.requests.length === 1)
  abort.abort()
  await expect(pending).rejects.toThrow()
  await eventually('the upstream’s socket to close', () => upstream?.closed() === 1)
  expect(upstream.requests).toHaveLength(1)
})

test('a client that does not read stops the upstream instead of filling memory', async () => {
  let sent = 0
  const frame = chunk('x'.repeat(16_000))
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const pump = () => {
      while (!response.destroyed && response.write(frame)) sent += frame.length
      response.once('drain', pump)
    }
    pump()
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  const { host, hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  const body = JSON.stringify({ model: 'up/m', messages: HELLO, stream: true })
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  await once(socket, 'readable')
  let before = -1
  await eventually('the upstream to stall', async () => {
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 300))
    return sent === before
  })
  expect(sent).toBeLessThan(32 * 1024 * 1024)
  socket.resume()
  await eventually('the upstream to go on', () => sent > before)
  socket.destroy()
})

test('the decision stands in the answer when it is asked for', async () => {
  upstream = await startCaptureUpstream((response, { body }) => {
    if (!body.includes('"stream":true')) return void response.end(JSON.stringify(COMPLETION))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chunk('Hi', 'stop')}data: [DONE]\n\n`)
  })
  gateway = await startGateway({ models: ['m', 'other'], upstream: upstream.url })
  const whole = await (await post(gateway.url, { model: 'auto', messages: HELLO, routing: { explain: true } })).json()
  expect(whole).toMatchObject({ ...COMPLETION, routing: { model: 'up/m', policy: 'balanced' } })
  const streamed = await post(gateway.url, { model: 'auto', messages: HELLO, stream: true, routing: { explain: true } })
  const [first] = (await streamed.text()).split('\n\n')
  expect(JSON.parse(first?.slice(6) ?? '')).toMatchObject({ choices: [], routing: { model: 'up/m' } })
})
