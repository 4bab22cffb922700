import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

let upstream: CaptureUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const LOOK = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } }
const among = (...names: readonly string[]) => {
  const tools = names.map((name) => ({ type: 'function', function: { name } }))
  return { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools } }
}

const cases: readonly (readonly [string, unknown, number, string, RegExp])[] = [
  ['malformed JSON', '{"model": "auto", ', 400, 'invalid_json', /not valid JSON/],
  ['an empty body', '', 400, 'invalid_json', /empty/],
  ['JSON that is no object', '[1,2]', 400, 'invalid_json', /must be a JSON object; got array/],
  ['no model', { messages: HELLO }, 400, 'invalid_request', /model must be a string/],
  ['no messages', { model: 'auto' }, 400, 'invalid_request', /messages must be a list/],
  ['empty messages', { model: 'auto', messages: [] }, 400, 'invalid_request', /at least one message/],
  ['a message that is no object', { model: 'auto', messages: ['hi'] }, 400, 'invalid_request', /messages\[0\] must be/],
  [
    'an unknown role',
    { model: 'auto', messages: [{ role: 'robot', content: 'x' }] },
    400,
    'invalid_request',
    /messages\[0\]\.role must be one of/,
  ],
  [
    'content of the wrong kind',
    { model: 'auto', messages: [{ role: 'user', content: 7 }] },
    400,
    'invalid_request',
    /messages\[0\]\.content must be/,
  ],
  [
    'stream of the wrong kind',
    { model: 'auto', messages: HELLO, stream: 'yes' },
    400,
    'invalid_request',
    /stream must be true or false/,
  ],
  [
    'max_tokens of the wrong kind',
    { model: 'auto', messages: HELLO, max_tokens: 'many' },
    400,
    'invalid_request',
    /max_tokens must be a number/,
  ],
  [
    'tools of the wrong kind',
    { model: 'auto', messages: HELLO, tools: 'all' },
    400,
    'invalid_request',
    /tools must be a list/,
  ],
  [
    'a choice of a tool that is not declared',
    { model: 'up/m', messages: HELLO, tools: [LOOK], tool_choice: { type: 'function', function: { name: 'zz' } } },
    400,
    'invalid_request',
    /^tool_choice names the tool "zz", which is not declared. Declared: "look"\.$/,
  ],
  [
    'a choice of a function of old that is not declared',
    { model: 'auto', messages: HELLO, functions: [LOOK.function], function_call: { name: 'zz' } },
    400,
    'invalid_request',
    /^function_call names the tool "zz"/,
  ],
  [
    'a choice among tools of which one is not declared',
    { model: 'up/m', messages: HELLO, tools: [LOOK], tool_choice: among('look', 'zz') },
    400,
    'invalid_request',
    /^tool_choice names the tool "zz"/,
  ],
  [
    'a choice among no tools',
    { model: 'up/m', messages: HELLO, tools: [LOOK], tool_choice: among() },
    400,
    'invalid_request',
    /allowed_tools\.tools must be a list of one tool or more/,
  ],
  ['an unknown model', { model: 'up/n', messages: HELLO }, 404, 'model_not_found', /Did you mean "up\/m"/],
  ['an unknown pool', { model: 'auto/nowhere', messages: HELLO }, 404, 'model_not_found', /no pool "nowhere"/],
  ['an unknown flag', { model: 'auto:chaep', messages: HELLO }, 400, 'unknown_flag', /chaep.*cheap/s],
  [
    'an unknown routing member',
    { model: 'auto', messages: HELLO, routing: { weights: { cst: 1 } } },
    400,
    'unknown_flag',
    /cst.*cost/s,
  ],
]

test.each(cases)('%s is answered with a 4xx that says what to do', async (_name, body, status, code, message) => {
  const response = await post(gateway.url, body)
  expect(response.status).toBe(status)
  const { error } = await readError(response)
  expect(error).toMatchObject({ code, type: expect.any(String) })
  expect(error.message).toMatch(message)
})

test('invalid UTF-8 is refused', async () => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: Buffer.concat([
      Buffer.from('{"model":"auto","messages":[{"role":"user","content":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}]}'),
    ]),
  })
  expect(response.status).toBe(400)
  expect((await readError(response)).error.message).toContain('UTF-8')
})

test('a body of 40 MB is refused, and the client gets to read why', async () => {
  const response = await post(gateway.url, {
    model: 'auto',
    messages: [{ role: 'user', content: 'x'.repeat(40 * 1024 * 1024) }],
  })
  expect(response.status).toBe(413)
  expect((await readError(response)).error).toMatchObject({ code: 'request_too_large' })
})

test('a body that grows beyond the limit without announcing it is refused', async () => {
  const piece = new TextEncoder().encode(' '.repeat(1024 * 1024))
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      sent += 1
      if (sent > 40) controller.close()
      else controller.enqueue(piece)
    },
  })
  const init: RequestInit = { method: 'POST', body, duplex: 'half' }
  const response = await fetch(`${gateway.url}/v1/chat/completions`, init)
  expect(response.status).toBe(413)
})

async function readError(
  response: Response,
): Promise<{ readonly error: { readonly message: string; readonly code: string } }> {
  return (await response.json()) as { error: { message: string; code: string } }
}

async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data.toString()
  })
  socket.on('error', () => undefined)
  socket.write(request)
  await once(socket, 'close')
  return answer
}

test('a header bomb is a 431 in the API’s error shape', async () => {
  const answer = await raw(`GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx-bomb: ${'x'.repeat(200_000)}\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).error.code).toBe('headers_too_large')
})

test('something that is not HTTP is a 400 in the API’s error shape', async () => {
  const answer = await raw('this is not http\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).error.code).toBe('invalid_http')
})

test('a compressed body is refused with what to do', async () => {
  const response = await post(gateway.url, { model: 'auto', messages: HELLO }, { 'content-encoding': 'gzip' })
  expect(response.status).toBe(415)
})

test('unknown paths and methods are told what is served', async () => {
  const unknown = await fetch(`${gateway.url}/v2/chat`)
  expect(unknown.status).toBe(404)
  expect((await readError(unknown)).error.message).toContain('POST /v1/chat/completions')
  const method = await fetch(`${gateway.url}/v1/chat/completions`)
  expect(method.status).toBe(405)
  expect(method.headers.get('allow')).toBe('POST')
})

test('a page of another origin cannot use a gateway without keys', async () => {
  const page = await post(gateway.url, { model: 'auto', messages: HELLO }, { origin: 'https://evil.example' })
  expect(page.status).toBe(403)
  const rebound = await raw('GET /v1/models HTTP/1.1\r\nhost: evil.example:8787\r\nconnection: close\r\n\r\n')
  expect(rebound).toMatch(/^HTTP\/1\.1 403 /)
  const local = await post(gateway.url, { model: 'auto', messages: HELLO }, { origin: 'http://localhost:3000' })
  expect(local.status).toBe(200)
})

test('the gateway still answers after all of this', async () => {
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  expect((await post(gateway.url, { model: 'auto', messages: HELLO })).status).toBe(200)
})
