import type { LookupAddress } from 'node:dns'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import type { HttpRequest, Transport } from '../../src/core/ports.ts'
import { createOpenInferenceClient } from '../../src/platform/node/inference/open-inference.ts'
import { openCollector } from '../../src/platform/node/otlp/collector.ts'
import { createUndiciTransport } from '../../src/platform/node/transport-undici.ts'
import { ADDRESS_REFUSED } from '../../src/platform/web/reachable.ts'

// T-70: the guard is where sockets are opened, so whatever leads to an address, it is checked.

let hits: string[] = []
const server = createServer((incoming, outgoing) => {
  hits.push(incoming.url ?? '')
  outgoing.setHeader('connection', 'close')
  outgoing.end('hello')
})
let port = 0

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
beforeEach(() => {
  hits = []
})
afterAll(() => void server.close())

/** A transport for which names resolve to these addresses, one list a look-up and the last for good. */
function transportFor(...answers: readonly (readonly string[])[]): Transport {
  let turn = 0
  return createUndiciTransport({
    connectMs: 1_000,
    maxSocketsPerOrigin: 2,
    lookup(_hostname, _options, answered) {
      const addresses = answers[Math.min(turn, answers.length - 1)] ?? []
      turn += 1
      answered(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    },
  })
}

function get(transport: Transport, origin: string): Promise<number> {
  const request: HttpRequest = {
    method: 'GET',
    origin: new URL(origin).origin,
    path: '/',
    headers: {},
    body: undefined,
  }
  return new Promise((resolve, reject) => {
    let status = 0
    transport.send(request, {
      onHead: (code) => {
        status = code
      },
      onData: () => undefined,
      onEnd: () => resolve(status),
      onError: reject,
    })
  })
}

async function expectRefused(transport: Transport, origin: string): Promise<void> {
  const failed: unknown = await get(transport, origin).then(
    () => 'answered',
    (thrown: unknown) => thrown,
  )
  expect(failed).toBeInstanceOf(GatewayError)
  expect(failed).toMatchObject({ code: 'upstream_address_refused', detail: { origin: new URL(origin).origin } })
  expect(hits).toEqual([])
}

test('T-70 the router’s server and the collector of telemetry are held to the same', async () => {
  const client = createOpenInferenceClient({ ...REMOTE, url: 'http://169.254.169.254' })
  await expect(client.ready(AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: ADDRESS_REFUSED })
  await client.close()
  const lines: unknown[] = []
  const collector = openCollector({
    endpoint: 'http://[fd00:ec2::254]:4318',
    headers: {},
    log: (level, event, fields) => void lines.push({ level, event, ...fields }),
  })
  expect(lines).toMatchObject([{ level: 'error', event: 'telemetry_not_sent' }])
  expect(collector).toBeUndefined()
})

const REMOTE = { model: 'm', headers: {}, timeoutMs: 1_000, maxConcurrent: 1, maxBatch: 1 }
const named = (): string => `http://api.provider.example:${port}`
const own = (origin: string): ReadonlyMap<string, { readonly allowsPrivate: boolean }> =>
  new Map([[origin, { allowsPrivate: true }]])

test('T-70 a public name that resolves to this machine is refused', async () => {
  const transport = transportFor(['127.0.0.1'])
  await expectRefused(transport, named())
  await transport.close()
})

test('a name of one’s own network is reached where the configuration says so', async () => {
  const transport = transportFor(['127.0.0.1'])
  transport.reach?.(own(named()))
  expect(await get(transport, named())).toBe(200)
  await transport.close()
})

test('an address of this machine is reached as it is written', async () => {
  const transport = transportFor()
  expect(await get(transport, `http://127.0.0.1:${port}`)).toBe(200)
  expect(await get(transport, `http://2130706433:${port}`)).toBe(200)
  await transport.close()
})

test.each([
  '169.254.169.254',
  '100.100.100.200',
  '168.63.129.16',
  'fd00:ec2::254',
  'fe80::1',
  '::ffff:169.254.169.254',
])('T-70 a name that resolves to %s is refused, whatever the configuration allows', async (address) => {
  const transport = transportFor([address])
  transport.reach?.(own(named()))
  await expectRefused(transport, named())
  await transport.close()
})

test.each([
  'http://169.254.169.254',
  'http://2852039166',
  'http://0xa9fea9fe',
  'http://0251.0376.0251.0376',
  'http://[fd00:ec2::254]',
  'http://[::ffff:169.254.169.254]',
  'http://[64:ff9b::a9fe:a9fe]',
])('T-70 %s is refused as it is written, whatever the configuration allows', async (origin) => {
  const transport = transportFor()
  transport.reach?.(own(new URL(origin).origin))
  await expectRefused(transport, origin)
  await transport.close()
})

test('of several addresses of a name only those are tried that may be', async () => {
  const transport = transportFor(['169.254.169.254', '127.0.0.1'])
  transport.reach?.(own(named()))
  expect(await get(transport, named())).toBe(200)
  await transport.close()
})

test('a name that is bound to another address later is refused then', async () => {
  const transport = transportFor(['127.0.0.1'], ['169.254.169.254'])
  transport.reach?.(own(named()))
  expect(await get(transport, named())).toBe(200)
  hits = []
  await expectRefused(transport, named())
  await transport.close()
})

test('what a new configuration forbids is not reached over a connection that is open', async () => {
  const transport = transportFor(['127.0.0.1'])
  transport.reach?.(own(named()))
  expect(await get(transport, named())).toBe(200)
  transport.reach?.(new Map([[named(), { allowsPrivate: false }]]))
  hits = []
  await expectRefused(transport, named())
  await transport.close()
})
