import { createHash } from 'node:crypto'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { CryptoKey, JWK, JWTPayload } from 'jose'
import { base64url, CompactSign, exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { JwtSettings } from '../../src/core/snapshot.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { eventually, HELLO, post, startGateway } from '../flow/start-gateway.ts'

type Claims = { readonly [claim: string]: unknown }

type SigningKey = {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

let simulator: RunningSimulator
let issuerServer: Server
let issuer: string
let gateway: TestGateway
let rsa: SigningKey
let ec: SigningKey
let ed: SigningKey
/** What the issuer publishes, how often it was asked, and what it says when it is out of order. */
let published: JWK[]
let fetches: number
let failure: number | undefined

async function createKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } }
}

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  ;[rsa, ec, ed] = await Promise.all([createKey('RS256', 'rsa'), createKey('ES256', 'ec'), createKey('EdDSA', 'ed')])
  issuerServer = createServer((request, response) => {
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }))
      return
    }
    fetches += 1
    response.writeHead(failure ?? 200, failure === 302 ? { location: `${issuer}/elsewhere` } : {})
    response.end(failure === undefined || failure === 302 ? JSON.stringify({ keys: published }) : 'out of order')
  })
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve))
  const address = issuerServer.address()
  issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})

afterAll(async () => {
  issuerServer.closeAllConnections()
  issuerServer.close()
  await simulator.close()
})

beforeEach(async () => {
  published = [rsa.jwk, ec.jwk, ed.jwk]
  fetches = 0
  failure = undefined
  gateway = await start()
})

afterEach(() => gateway.close())

function start(more: Partial<JwtSettings> = {}): Promise<TestGateway> {
  return startGateway({
    models: ['ok'],
    upstream: `${simulator.url}/v1`,
    keys: [
      {
        name: 'team-a',
        sha256: new Uint8Array(createHash('sha256').update('a-plain-key').digest()),
        routing: {},
        promptFlags: 'off',
      },
    ],
    jwt: {
      issuer,
      audiences: ['thalamus', 'other'],
      jwksUrl: undefined,
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      nameClaim: 'sub',
      skewSeconds: 30,
      rules: [],
      ...more,
    },
  })
}

const now = (): number => Math.floor(Date.now() / 1_000)
const claims = (more: Claims = {}): JWTPayload => ({
  iss: issuer,
  aud: 'thalamus',
  sub: 'alice',
  exp: now() + 600,
  ...more,
})

function token(
  more: Claims = {},
  key: SigningKey = rsa,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT(claims(more))
    .setProtectedHeader({ alg: key.alg, kid: key.jwk.kid ?? '', ...header })
    .sign(key.privateKey)
}

async function ask(secret: string, headers: Record<string, string> = { authorization: `Bearer ${secret}` }) {
  const response = await post(gateway.url, { model: 'up/ok', messages: HELLO }, headers)
  const body: { readonly error?: { readonly code: string; readonly message: string } } = JSON.parse(
    await response.text(),
  )
  return {
    status: response.status,
    code: body.error?.code,
    message: body.error?.message ?? '',
    headers: response.headers,
  }
}

async function expectRefused(secret: string, words: string | RegExp): Promise<void> {
  const { status, code, message, headers } = await ask(secret)
  expect([status, code], message).toEqual([401, 'invalid_api_key'])
  expect(message).toMatch(words)
  expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="thalamus", error="invalid_token"/)
}

test('tokens of each algorithm are taken beside keys, and their callers have names that no key has', async () => {
  for (const key of [rsa, ec, ed])
    expect(await ask(await token({ sub: `by-${key.alg}` }, key)), key.alg).toMatchObject({ status: 200 })
  expect((await ask('a-plain-key')).status).toBe(200)
  await eventually('the calls are logged', () => gateway.log.filter(({ event }) => event === 'request').length === 4)
  const callers = gateway.log.filter(({ event }) => event === 'request').map(({ key }) => key)
  expect(callers).toEqual(['jwt:by-RS256', 'jwt:by-ES256', 'jwt:by-EdDSA', 'team-a'])
  const metrics = await (
    await fetch(`${gateway.url}/metrics`, { headers: { authorization: 'Bearer a-plain-key' } })
  ).text()
  expect(metrics).not.toContain('by-RS256')
  expect(fetches).toBe(1)
})

test('without anything, and with a wrong key, the answer says how to come in', async () => {
  const nothing = await ask('', {})
  expect(nothing.status).toBe(401)
  expect(nothing.headers.get('www-authenticate')).toBe('Bearer realm="thalamus"')
  await expectRefused('a-wrong-key', 'not one of the keys')
})

test('alg none is refused, whatever its letters', async () => {
  const unsecured = new UnsecuredJWT(claims()).encode()
  await expectRefused(unsecured, 'signed in a way')
  const [, payload = ''] = unsecured.split('.')
  for (const alg of ['None', 'NONE', 'nOnE', '']) {
    await expectRefused(`${base64url.encode(JSON.stringify({ alg, kid: 'rsa' }))}.${payload}.`, 'signed in a way')
  }
})

test('a token signed with the public key as a shared secret is refused', async () => {
  const texts = [await exportSPKI(rsa.publicKey), JSON.stringify(rsa.jwk), String(rsa.jwk.n)]
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    for (const text of texts) {
      const forged = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims())))
        .setProtectedHeader({ alg, kid: 'rsa' })
        .sign(new TextEncoder().encode(text))
      await expectRefused(forged, 'signed in a way')
    }
  }
})

test('a shared secret in the issuer’s keys is none that tokens are checked with, even where its algorithm were taken', async () => {
  await gateway.close()
  published = [rsa.jwk, { kty: 'oct', kid: 'shared', k: base64url.encode('0'.repeat(32)), alg: 'HS256' }]
  gateway = await start({ algorithms: ['RS256', 'HS256'] })
  const forged = await new SignJWT(claims())
    .setProtectedHeader({ alg: 'HS256', kid: 'shared' })
    .sign(new TextEncoder().encode('0'.repeat(32)))
  await expectRefused(forged, 'does not have')
})

test('a key that the token brings along, or points to, is not looked at', async () => {
  const own = await createKey('RS256', 'rsa')
  for (const header of [{ jwk: own.jwk }, { jku: `${issuer}/keys` }, { x5u: `${issuer}/cert` }, {}]) {
    await expectRefused(await token({}, own, header), 'not its issuer')
  }
  for (const kid of ['../../etc/passwd', "' OR 1=1 --", '__proto__', 'x'.repeat(1_000), '\u0000']) {
    await expectRefused(await token({}, own, { kid }), 'key that its issuer does not have')
  }
})

test('a key of another kind than the algorithm says is not used', async () => {
  const [header = '', payload = ''] = (await token({}, ec)).split('.')
  expect(header).not.toBe('')
  const mixed = base64url.encode(JSON.stringify({ alg: 'RS256', kid: 'ec' }))
  await expectRefused(`${mixed}.${payload}.${'A'.repeat(342)}`, 'does not have')
})

test('times, issuer and audience must hold', async () => {
  await expectRefused(await token({ exp: now() - 31 }), 'has expired')
  expect((await ask(await token({ exp: now() - 10 }))).status).toBe(200)
  await expectRefused(await token({ nbf: now() + 60 }), 'not valid yet')
  await expectRefused(await token({ iss: 'https://elsewhere.example' }), 'another issuer')
  await expectRefused(await token({ aud: 'somebody' }), 'not issued for this gateway')
  await expectRefused(await token({ aud: undefined }), 'not issued for this gateway')
  expect((await ask(await token({ aud: ['somebody', 'other'] }))).status).toBe(200)
  await expectRefused(await token({ exp: undefined }), 'when it expires')
  await expectRefused(await token({ sub: undefined }), 'names nobody')
  await expectRefused(await token({ sub: 'x'.repeat(201) }), 'names nobody')
  // Half a character: stores and files of counts would take two such names for one.
  await expectRefused(await token({ sub: 'a\ud800' }), 'names nobody')
})

test('a changed payload, a cut signature and a critical header that nobody knows are refused', async () => {
  const [header = '', , signature = ''] = (await token()).split('.')
  await expectRefused(
    `${header}.${base64url.encode(JSON.stringify(claims({ sub: 'root' })))}.${signature}`,
    'not its issuer',
  )
  const [, payload = ''] = (await token()).split('.')
  await expectRefused(`${header}.${payload}.${signature.slice(0, 10)}`, 'not its issuer')
  await expectRefused(`${header}.${payload}.`, 'not its issuer')
  await expectRefused(await token({}, rsa, { crit: ['exp'], exp: 1 }).catch(() => `${header}.${payload}.AA`), /not/)
})

test('an oversized token is refused before anything is done with it', async () => {
  await expectRefused(await token({ padding: 'x'.repeat(7_000) }), 'longer than 8192')
  expect(fetches).toBeLessThanOrEqual(1)
})

test('a token is taken from the authorization header alone', async () => {
  const secret = await token()
  for (const name of ['x-api-key', 'x-goog-api-key', 'api-key']) {
    const { status, message } = await ask('', { [name]: secret })
    expect([status, message], name).toEqual([401, 'A token is taken from "Authorization: Bearer" alone.'])
  }
  const query = await fetch(`${gateway.url}/v1beta/models?key=${secret}`)
  expect(query.status).toBe(401)
  expect((await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200)
})

test('a flood of key ids that nobody knows makes one more fetch, not a storm', async () => {
  expect((await ask(await token())).status).toBe(200)
  const own = await createKey('RS256', 'x')
  const forged = await Promise.all(Array.from({ length: 50 }, (_, index) => token({}, own, { kid: `k${index}` })))
  const answers = await Promise.all(forged.map((one) => ask(one)))
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(50)
  // The first fetch is not half a minute old.
  expect(fetches).toBe(1)
})

test('keys are kept while the issuer is away; without any, tokens cannot be checked, and keys still let in', async () => {
  expect((await ask(await token())).status).toBe(200)
  failure = 503
  expect((await ask(await token({ sub: 'bob' }))).status).toBe(200)
  await gateway.close()
  gateway = await start()
  const { status, code, headers } = await ask(await token())
  expect([status, code, headers.get('retry-after')]).toEqual([503, 'issuer_unavailable', '2'])
  expect((await ask('a-plain-key')).status).toBe(200)
})

test('a redirect of the issuer’s is not followed', async () => {
  await gateway.close()
  failure = 302
  fetches = 0
  gateway = await start()
  expect((await ask(await token())).status).toBe(503)
  expect(fetches).toBe(1)
})

test('rules give callers what their claims are worth; a rule may take it from a key; who matches none stays out', async () => {
  await gateway.close()
  const grant = { routing: {}, promptFlags: 'off' as const }
  gateway = await start({
    nameClaim: 'https://example.com/mail',
    rules: [
      { match: new Map([['realm.roles', ['search', 'ads']]]), grant: { ...grant, isSensitive: true }, label: 'roles' },
      {
        match: new Map([
          ['tier', ['gold']],
          ['verified', ['true']],
        ]),
        grant,
        label: 'gold',
      },
    ],
  })
  const mail = { 'https://example.com/mail': 'a@example.com' }
  expect((await ask(await token({ ...mail, realm: { roles: ['x', 'ads'] } }))).status).toBe(200)
  expect((await ask(await token({ ...mail, tier: 'gold', verified: true }))).status).toBe(200)
  await expectRefused(await token({ ...mail, tier: 'gold' }), 'claims let nobody in')
  await expectRefused(await token({ ...mail, realm: { roles: 'adsx' } }), 'claims let nobody in')
  await expectRefused(await token({ ...mail, '__proto__.x': 'y', realm: null }), 'claims let nobody in')
  await expectRefused(await token({ realm: { roles: ['ads'] } }), 'names nobody')
})

test('without a key id, the keys that fit are tried one after the other', async () => {
  await gateway.close()
  const other = await createKey('RS256', 'other')
  const { kid: _, ...first } = other.jwk
  const { kid: __, ...second } = rsa.jwk
  published = [first, second]
  gateway = await start()
  const anonymous = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256' }).sign(rsa.privateKey)
  expect((await ask(anonymous)).status).toBe(200)
  const stranger = await createKey('RS256', 'stranger')
  const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256' }).sign(stranger.privateKey)
  await expectRefused(forged, 'not its issuer')
})
