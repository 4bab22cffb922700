import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import type { GatewayError } from '../../core/errors.ts'
import type { HttpRequest, ResponseHeaders } from '../../core/ports.ts'
import { createFetchTransport } from './transport-fetch.ts'

const running: { close(): void }[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.close()
})

async function upstream(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  running.push({
    close() {
      server.close()
      server.closeAllConnections()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Told = {
  status?: number
  headers?: ResponseHeaders
  body: string
  error?: GatewayError
  readonly over: Promise<void>
  readonly call: ReturnType<ReturnType<typeof createFetchTransport>['send']>
}

function send(origin: string, given: Partial<HttpRequest> = {}): Told {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const call = createFetchTransport({ decodes: ['gzip'] }).send(
    { method: 'POST', origin, path: '/v1/x?y=1', headers: { 'x-own': 'kept' }, body: '{}', ...given },
    {
      onHead: (status, headers) => Object.assign(told, { status, headers }),
      onData(chunk) {
        told.body += new TextDecoder().decode(chunk)
      },
      onEnd: resolve,
      onError(error) {
        told.error = error
        resolve()
      },
    },
  )
  const told: Told = { body: '', over, call }
  return told
}

test('a redirect is an answer like any other, and nothing is asked where it points', async () => {
  let asked = 0
  const other = await upstream((response) => {
    asked += 1
    response.end()
  })
  const origin = await upstream((response) => response.writeHead(302, { location: other }).end('moved'))
  const told = send(origin)
  await told.over
  expect([told.status, asked]).toEqual([302, 0])
})

test('of an answer that was decoded on the way, neither coding nor length is told', async () => {
  const zipped = gzipSync('hello')
  const origin = await upstream((response) =>
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length }).end(zipped),
  )
  const told = send(origin)
  await told.over
  expect(told.body).toBe('hello')
  expect(told.headers).not.toHaveProperty('content-encoding')
  expect(told.headers).not.toHaveProperty('content-length')
})

test('an answer is read no faster than it is asked for, and all of it once it is', async () => {
  const piece = 'x'.repeat(65_536)
  let sent = 0
  const origin = await upstream((response) => {
    const pump = (): void => {
      while (sent < 400) {
        sent += 1
        if (!response.write(piece)) return void response.once('drain', pump)
      }
      response.end()
    }
    pump()
  })
  const told = send(origin)
  told.call.pause()
  let before = -1
  for (let still = 0; still < 3; still = sent === before ? still + 1 : 0) {
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(sent).toBeLessThan(400)
  told.call.resume()
  await told.over
  expect(told.body).toHaveLength(400 * piece.length)
})

test('a call that is given up closes the connection, and its handler hears nothing more', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const origin = await upstream((response) => {
    response.on('close', resolve)
    response.write('half')
    begin()
  })
  const told = send(origin)
  await begun
  told.call.abort()
  await closed
  expect(told.error).toBeUndefined()
})

test('addresses and names where no upstream is are not asked; one’s own machine is, where the origin says so', async () => {
  for (const origin of ['http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://metadata.google.internal']) {
    const told = send(origin)
    await told.over
    expect([origin, told.error?.code]).toEqual([origin, 'upstream_address_refused'])
  }
  const told = send(await upstream((response) => response.end('here')))
  await told.over
  expect(told.body).toBe('here')
})

test('nobody at the other end is an error of its own', async () => {
  const told = send('http://127.0.0.1:9')
  await told.over
  expect(told.error?.code).toBe('upstream_unreachable')
})
