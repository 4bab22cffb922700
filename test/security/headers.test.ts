import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { providers } from '../../src/providers/index.ts'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { COMPLETION, chunk, startCaptureUpstream } from '../flow/capture-upstream.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { HELLO, startGateway } from '../flow/start-gateway.ts'

// Lists of what passes, in both directions and through every door: what nobody thought of stays where it is.

let gateway: TestGateway | undefined
let upstream: CaptureUpstream | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

/** One of every kind that a client or a proxy in front of the gateway may send; each value names its kind. */
const FROM_CLIENTS = {
  authorization: 'Bearer canary-credential',
  'x-api-key': 'canary-credential',
  'x-goog-api-key': 'canary-credential',
  'api-key': 'canary-credential',
  'proxy-authorization': 'Basic canary-credential',
  cookie: 'session=canary-cookie',
  'x-amz-security-token': 'canary-credential',
  'x-forwarded-for': '10.0.0.1, canary-address',
  'x-forwarded-host': 'canary-address',
  'x-real-ip': 'canary-address',
  forwarded: 'for=canary-address',
  via: '1.1 canary-address',
  'cf-connecting-ip': 'canary-address',
  origin: 'http://localhost',
  referer: 'http://localhost/canary-page',
  'user-agent': 'canary-agent',
  'accept-language': 'canary-language',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'canary=trace',
  baggage: 'canary=baggage',
  'openai-organization': 'canary-account',
  'openai-project': 'canary-account',
  'x-route': 'cheap',
  'x-route-secret': 'canary-route',
  'x-session-id': 'canary-session',
  'x-unheard-of': 'canary-unknown',
  te: 'trailers',
  'keep-alive': 'timeout=canary',
  'x-stainless-lang': 'canary-sdk',
}
const TO_UPSTREAMS = [
  'host',
  'connection',
  'content-length',
  'content-type',
  'accept-encoding',
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'anthropic-version',
  'x-route-hop',
]
const OF_BODIES = ['accept']

const FROM_UPSTREAMS = {
  'set-cookie': 'session=canary-cookie',
  'www-authenticate': 'Bearer realm="canary-realm"',
  'proxy-authenticate': 'Basic realm="canary-realm"',
  authorization: 'Bearer canary-credential',
  'x-api-key': 'canary-credential',
  'openai-organization': 'canary-account',
  'anthropic-organization-id': 'canary-account',
  server: 'canary-server',
  via: '1.1 canary-address',
  'x-served-by': 'canary-address',
  'x-powered-by': 'canary-server',
  location: 'http://canary-elsewhere',
  link: '<http://canary-elsewhere>',
  refresh: '0; url=http://canary-elsewhere',
  'access-control-allow-origin': 'http://canary-elsewhere',
  'access-control-allow-credentials': 'true',
  'content-security-policy': 'canary-policy',
  'strict-transport-security': 'max-age=1',
  'alt-svc': 'h3="canary-elsewhere:443"',
  trailer: 'canary-trailer',
  'keep-alive': 'timeout=canary',
  'proxy-connection': 'canary',
  'x-route-model': 'canary-forged',
  'x-route-id': 'canary-forged',
  'x-unheard-of': 'canary-unknown',
  'clear-site-data': '"canary"',
}
const TO_CLIENTS = [
  /^content-(?:type|length)$/,
  /^(?:date|connection|keep-alive|transfer-encoding)$/,
  /^cache-control$/,
  /^x-route-/,
  /^retry-after$/,
]

/** The gateway's own, so that no page of an upstream's runs in a browser as one of this address. */
const NO_PAGE = { 'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff' }

type Doors = Readonly<Record<string, { readonly path: string; readonly body: object; readonly type: string }>>
const GEMINI = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
const doors = (): Doors => ({
  chat: { path: '/v1/chat/completions', body: { model: 'up/m', messages: HELLO }, type: 'openai-compatible' },
  stream: {
    path: '/v1/chat/completions',
    body: { model: 'up/m', messages: HELLO, stream: true },
    type: 'openai-compatible',
  },
  translated: { path: '/v1/chat/completions', body: { model: 'up/m', messages: HELLO }, type: 'anthropic' },
  messages: { path: '/v1/messages', body: { model: 'up/m', messages: HELLO, max_tokens: 9 }, type: 'anthropic' },
  count: { path: '/v1/messages/count_tokens', body: { model: 'up/m', messages: HELLO }, type: 'anthropic' },
  gemini: { path: '/v1beta/models/up/m:generateContent', body: GEMINI, type: 'google' },
  responses: { path: '/v1/responses', body: { model: 'up/m', input: 'Hi' }, type: 'openai-compatible' },
  completions: { path: '/v1/completions', body: { model: 'up/m', prompt: 'Hi' }, type: 'openai-compatible' },
  embeddings: { path: '/v1/embeddings', body: { model: 'up/m', input: 'Hi' }, type: 'openai-compatible' },
  passthrough: { path: '/v1/rerank', body: { model: 'up/m', query: 'Hi' }, type: 'openai-compatible' },
})

type Answer = { readonly status: number; readonly headers: Readonly<Record<string, unknown>> }

/** Node's own client: `fetch` refuses to send half of these. */
function send(url: string, body: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...FROM_CLIENTS }
    const sent = request(url, { method: 'POST', headers, agent: false }, (incoming) => {
      incoming.resume().on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers }))
    })
    sent.on('error', reject).end(JSON.stringify(body))
  })
}

const STATUSES = [200, 400, 429, 500]
const CASES = Object.keys(doors()).flatMap((door) => STATUSES.map((status) => [door, status] as const))

test.each(CASES)('only listed headers pass at %s, and come back with a %i', async (door, status) => {
  const one = doors()[door]
  if (one === undefined) throw new Error(door)
  upstream = await startCaptureUpstream((response) => {
    const isStream = door === 'stream' && status === 200
    response.writeHead(status, {
      ...FROM_UPSTREAMS,
      'content-type': isStream ? 'text/event-stream' : 'application/json',
    })
    response.end(isStream ? `${chunk('Hi', 'stop')}data: [DONE]\n\n` : JSON.stringify(COMPLETION))
  })
  const provider = providers.get(one.type)
  if (provider === undefined) throw new Error(one.type)
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider })
  const answer = await send(gateway.url + one.path, one.body)
  const [asked] = upstream.requests
  const more = door === 'passthrough' ? OF_BODIES : []
  expect(Object.keys(asked?.headers ?? {}).filter((name) => ![...TO_UPSTREAMS, ...more].includes(name))).toEqual([])
  expect(JSON.stringify(asked?.headers)).not.toContain('canary')
  expect(JSON.stringify(asked?.headers)).toContain('upstream-key')
  if (door === 'passthrough') expect(answer.headers).toMatchObject(NO_PAGE)
  const own = door === 'passthrough' ? Object.keys(NO_PAGE) : []
  const names = Object.keys(answer.headers).filter((name) => !own.includes(name))
  expect(names.filter((name) => !TO_CLIENTS.some((pattern) => pattern.test(name)))).toEqual([])
  expect(JSON.stringify(answer.headers)).not.toContain('canary')
})
