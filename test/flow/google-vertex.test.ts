import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// Vertex AI, with a key of each kind. The service account has a real key, and a token server that checks what it signs.

let upstream: CaptureUpstream | undefined
let tokens: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  await tokens?.close()
})

const PLACE = '/projects/p/locations/europe-west4'

async function start(secret: string, models: readonly string[] = ['gemini-2.5-flash']): Promise<TestGateway> {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }))
  })
  gateway = await startGateway({ models, upstream: `${upstream.url}${PLACE}`, provider: 'google-vertex', secret })
  return gateway
}

const ask = (url: string, more: object = {}) => post(url, { model: 'auto', messages: HELLO, ...more })

type Rsa = { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2_048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
}

/** A service account as Google's console downloads it, and the key that checks its signatures. */
async function createAccount(tokenUrl: string): Promise<{ readonly json: string; readonly publicKey: CryptoKey }> {
  const pair = (await crypto.subtle.generateKey(RSA, true, ['sign', 'verify'])) as Rsa
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey)).toString('base64')
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`
  const account = {
    type: 'service_account',
    private_key_id: 'k1',
    private_key: pem,
    client_email: 'a@p.iam',
    token_uri: tokenUrl,
  }
  return { json: JSON.stringify(account, null, 2), publicKey: pair.publicKey }
}

test('the path names project, place and model; an access token is a bearer, any other key Google’s own header', async () => {
  const bearing = await start('ya29.token')
  expect((await ask(bearing.url)).status).toBe(200)
  expect(upstream?.requests[0]?.path).toBe(`/v1${PLACE}/publishers/google/models/gemini-2.5-flash:generateContent`)
  expect(upstream?.requests[0]?.headers).toMatchObject({ authorization: 'Bearer ya29.token' })
  await gateway?.close()
  await upstream?.close()
  const express = await start('AQ.express')
  expect((await ask(express.url)).status).toBe(200)
  expect(upstream?.requests[0]?.headers['x-goog-api-key']).toBe('AQ.express')
  expect(upstream?.requests[0]?.headers['authorization']).toBeUndefined()
})

test('a service account is exchanged for a token once, for all calls, with claims that its key signed', async () => {
  tokens = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ access_token: 'fresh', expires_in: 3_599, token_type: 'Bearer' }))
  })
  const { json, publicKey } = await createAccount(`${tokens.url}/token`)
  const { url } = await start(json)
  const statuses = await Promise.all([ask(url), ask(url), ask(url)].map(async (answer) => (await answer).status))
  expect(statuses).toEqual([200, 200, 200])
  expect((await ask(url)).status).toBe(200)
  expect(upstream?.requests.map(({ headers }) => headers['authorization'])).toEqual(Array(4).fill('Bearer fresh'))
  expect(tokens.requests).toHaveLength(1)

  const [{ path, headers, body } = { path: '', headers: {}, body: Buffer.alloc(0) }] = tokens.requests
  expect(path).toBe('/v1/token')
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
  const form = new URLSearchParams(body.toString())
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  const isSigned = await crypto.subtle.verify(
    RSA.name,
    publicKey,
    Buffer.from(signature, 'base64url'),
    Buffer.from(`${header}.${claims}`),
  )
  expect(isSigned).toBe(true)
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' })
  const { iat, exp, ...rest } = read(claims)
  expect(rest).toEqual({
    iss: 'a@p.iam',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: `${tokens.url}/token`,
  })
  expect(exp - iat).toBe(3_600)
  expect(Math.abs(iat - Date.now() / 1_000)).toBeLessThan(60)
})

test('a token about to end is replaced', async () => {
  let issued = 0
  tokens = await startCaptureUpstream((response) => {
    issued += 1
    response.end(JSON.stringify({ access_token: `t${issued}`, expires_in: issued === 1 ? 59 : 3_600 }))
  })
  const { url } = await start((await createAccount(`${tokens.url}/token`)).json)
  for (let turn = 0; turn < 3; turn += 1) await ask(url)
  expect(upstream?.requests.map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer t1',
    'Bearer t2',
    'Bearer t2',
  ])
})

test('an account that Google refuses is a failure of its target, said to be the operator’s, and asked again next time', async () => {
  let isRefused = true
  tokens = await startCaptureUpstream((response) => {
    response.writeHead(isRefused ? 400 : 200)
    response.end(JSON.stringify(isRefused ? { error: 'invalid_grant' } : { access_token: 'good', expires_in: 3_600 }))
  })
  const { url, log } = await start((await createAccount(`${tokens.url}/token`)).json, ['gemini-a', 'gemini-b'])
  const refused = await ask(url)
  expect(refused.status).toBe(502)
  expect(await refused.json()).toMatchObject({ error: { code: 'upstream_auth_failed' } })
  // Both targets of the provider were tried, since the next may have another key.
  expect(refused.headers.get('x-route-attempts')).toMatch(/up\/gemini-a.*up\/gemini-b/)
  expect(JSON.stringify(log)).not.toContain('PRIVATE KEY')
  isRefused = false
  expect((await ask(url)).status).toBe(200)
})

test.each([
  ['{"type":"authorized_user"}', /no service account/],
  ['{"client_email":"a","private_key":"nonsense"}', /no RSA key/],
])('the key %s is refused in words', async (secret, words) => {
  const { url } = await start(secret)
  const answer = (await (await ask(url)).json()) as { error: { code: string; message: string } }
  expect(answer.error.code).toBe('upstream_auth_failed')
  expect(answer.error.message).toMatch(words)
})

test('calls and results reach Vertex AI without ids, from every client', async () => {
  const { url } = await start('ya29.x', ['gemini-3-pro-preview'])
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
  await ask(url, {
    messages: [...HELLO, { role: 'assistant', tool_calls: [call] }, { role: 'tool', tool_call_id: 'c1', content: 'x' }],
  })
  const contents = [
    { role: 'user', parts: [{ text: 'Hello' }] },
    { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'f', args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'f', response: { output: 'x' } } }] },
  ]
  await fetch(`${url}/v1beta/models/auto:generateContent`, { method: 'POST', body: JSON.stringify({ contents }) })
  const sent = upstream?.requests.map(({ body }) => JSON.parse(body.toString()).contents) ?? []
  expect(sent).toHaveLength(2)
  expect(sent[0]).toEqual(sent[1])
  expect(JSON.stringify(sent)).toContain('functionResponse')
  expect(JSON.stringify(sent)).not.toContain('"id"')
})
