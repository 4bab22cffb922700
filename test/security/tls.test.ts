import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Running } from '../cli/program.ts'
import { chat, runProgram, startProgram } from '../cli/program.ts'
import { COMPLETION } from '../flow/capture-upstream.ts'
import { eventually } from '../flow/start-gateway.ts'
import type { Authority, Certificate } from './certificates.ts'
import { createAuthority, pemOf } from './certificates.ts'

const authority: Authority = createAuthority()
const stranger: Authority = createAuthority()
const gatewayCertificate = authority.issue('gateway.test')
const clientCertificate = authority.issue('a client')
const ca = readFileSync(authority.cert, 'utf8')

/** An upstream over TLS that asks for a certificate of the authority's. */
let upstream: Server
let upstreamUrl = ''
let clients: string[] = []
let program: Running | undefined

beforeAll(async () => {
  const options = { ...pemOf(authority.issue('upstream.test')), ca, requestCert: true, rejectUnauthorized: true }
  upstream = createServer(options, (incoming, outgoing) => {
    clients.push(String((incoming.socket as TLSSocket).getPeerCertificate().subject.CN))
    incoming.resume()
    outgoing.setHeader('content-type', 'application/json')
    outgoing.end(JSON.stringify(COMPLETION))
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  upstreamUrl = `https://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
})

afterEach(async () => {
  await program?.stop()
  program = undefined
  clients = []
})
afterAll(() => void upstream.close())

const withUpstream = (tls: string): string =>
  `providers: { up: { base_url: "${upstreamUrl}", tls: ${tls} } }\nmodels: [up/m]\n`
const mutual = (): string =>
  `{ ca: "file:${authority.cert}", cert: "file:${clientCertificate.cert}", key: "file:${clientCertificate.key}" }`

type Got = { readonly status: number; readonly peer: PeerCertificate }

function get(url: string, options: { readonly cert?: string; readonly key?: string } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(`${url}/healthz`, { ca, agent: false, ...options }, (incoming: IncomingMessage) => {
      const peer = (incoming.socket as TLSSocket).getPeerCertificate()
      incoming.resume().on('end', () => resolve({ status: incoming.statusCode ?? 0, peer }))
    })
      .on('error', reject)
      .end()
  })
}

test('an upstream that wants a certificate gets the configured one, and is held to the configured authority', async () => {
  program = await startProgram(['--port', '0'], { config: withUpstream(mutual()) })
  const response = await chat(program.url, { model: 'up/m' })
  expect(response.status).toBe(200)
  expect(clients).toEqual(['a client'])
})

test.each([
  ['the system’s authorities', () => '{ server_name: upstream.test }'],
  ['another authority', () => mutual().replace(authority.cert, stranger.cert)],
  ['another name', () => mutual().replace(' }', ', server_name: elsewhere.test }')],
  ['no certificate of the gateway’s own', () => `{ ca: "file:${authority.cert}" }`],
])('with %s it is not asked', async (_what, tls) => {
  program = await startProgram(['--port', '0'], { config: withUpstream(tls()) })
  const response = await chat(program.url, { model: 'up/m' })
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_unreachable' } })
  expect(clients).toEqual([])
})

test('check --live says why an upstream’s certificate is not taken', async () => {
  const config = withUpstream(mutual().replace(' }', ', server_name: elsewhere.test }'))
  const { stderr, stdout } = await runProgram(['check', '--live'], { config })
  expect(stderr + stdout).toContain('providers.up: does not answer (ERR_TLS_CERT_ALTNAME_INVALID)')
})

const served = (certificate: Certificate, more = ''): string =>
  `server: { tls: { cert: "file:${certificate.cert}", key: "file:${certificate.key}"${more} } }\n${withUpstream(mutual())}`

test('the gateway serves https, from TLS 1.2 on, and nothing else', async () => {
  program = await startProgram(['--port', '0'], { config: served(gatewayCertificate) })
  expect(program.url).toMatch(/^https:/)
  expect(await get(program.url)).toMatchObject({ status: 200, peer: { subject: { CN: 'gateway.test' } } })
  const port = Number(new URL(program.url).port)
  const tooOld = await new Promise((resolve) => {
    // Level 0, or this side would refuse it first.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    connect({ port, host: '127.0.0.1', ca, ...old }, () => resolve('connected')).on('error', (cause) =>
      resolve('code' in cause ? cause.code : cause),
    )
  })
  expect(tooOld).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
  await expect(fetch(program.url.replace('https', 'http'))).rejects.toThrow()
  expect((await get(program.url)).status).toBe(200)
})

test('with client_ca only clients with a certificate of it get through', async () => {
  program = await startProgram(['--port', '0'], {
    config: served(gatewayCertificate, `, client_ca: "file:${authority.cert}"`),
  })
  const { url } = program
  expect((await get(url, pemOf(clientCertificate))).status).toBe(200)
  await expect(get(url)).rejects.toThrow()
  await expect(get(url, pemOf(stranger.issue('a client')))).rejects.toThrow()
})

test('a certificate that is renewed is served to new connections, without a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-tls-'))
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  const replaceBy = (certificate: Certificate): void => {
    copyFileSync(certificate.cert, files.cert)
    copyFileSync(certificate.key, files.key)
  }
  replaceBy(gatewayCertificate)
  program = await startProgram(['--port', '0'], { config: served(files) })
  const { url } = program
  expect((await get(url)).peer.subject.CN).toBe('gateway.test')
  replaceBy(authority.issue('renewed.test'))
  await eventually('the new certificate', async () => (await get(url)).peer.subject.CN === 'renewed.test', 15_000)
})

test('a key that is not the certificate’s is a problem of the configuration, and is not quoted', async () => {
  const config = served({ cert: gatewayCertificate.cert, key: clientCertificate.key })
  const { status, stderr } = await runProgram(['check'], { config })
  expect(status).toBe(1)
  expect(stderr).toContain('server.tls: cannot be used: ')
  expect(stderr).not.toContain('PRIVATE KEY-----')
})
