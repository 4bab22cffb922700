import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { NodeExchange } from './node-exchange.ts'

test.each(['in the middle of his request', 'behind his request'])(
  'a client who left %s before anyone read it is told of',
  async (where) => {
    const read = Promise.withResolvers<unknown>()
    const server = createServer(async (incoming, outgoing) => {
      const exchange = new NodeExchange(incoming, outgoing)
      await once(outgoing, 'close')
      exchange.readBody(1_000).then(read.reject, read.resolve)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': '10' } })
    client.on('error', () => undefined)
    server.on('request', () => client.destroy())
    client.write(where.startsWith('in') ? 'half' : '0123456789')
    expect(await read.promise).toMatchObject({ code: 'client_closed_request' })
    server.close()
  },
)

test('who takes nothing of the answer he asked for is let go of', async () => {
  const closed = Promise.withResolvers<boolean>()
  const server = createServer((incoming, outgoing) => {
    const exchange = new NodeExchange(incoming, outgoing, 50)
    outgoing.on('close', () => closed.resolve(outgoing.writableFinished))
    exchange.head(200, {})
    exchange.end(new Uint8Array(64 * 1024 * 1024))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  client.on('error', () => undefined)
  client.pause()
  client.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  expect(await closed.promise).toBe(false)
  client.destroy()
  server.close()
})
