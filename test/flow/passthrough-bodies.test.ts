import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { eventually } from './start-gateway.ts'
import { named, twoProviders } from './two-providers.ts'

// How answers are passed on: as they come, as far as they are read, and no further than they or their client last.

const { start, up, gateway, call } = twoProviders()

test('an answer is passed on as it comes', async () => {
  let answering: import('node:http').ServerResponse | undefined
  await start((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: one\n\n')
    answering = response
  })
  const response = await call('/v1/threads/runs', { method: 'POST', headers: named, body: '{}' })
  const reader = response.body?.getReader()
  const read = async () => new TextDecoder().decode((await reader?.read())?.value)
  expect(await read()).toBe('data: one\n\n')
  answering?.end('data: two\n\n')
  expect(await read()).toBe('data: two\n\n')
})

test('a client that leaves closes the upstream’s socket', async () => {
  await start((response) => {
    response.writeHead(200, { 'content-type': 'audio/wav' })
    response.write('x')
  })
  const abort = new AbortController()
  const response = await call('/v1/audio/speech', { method: 'POST', headers: named, body: '{}', signal: abort.signal })
  expect(response.status).toBe(200)
  abort.abort()
  await eventually('the upstream’s socket to close', () => up()?.closed() === 1)
  await eventually('the log line', () => gateway()?.log.some((line) => line['endpoint'] === 'passthrough') === true)
  expect(gateway()?.log.find((line) => line['endpoint'] === 'passthrough')).toMatchObject({
    outcome: 'client_closed_request',
  })
})

test('an answer that breaks off breaks the client’s connection too', async () => {
  await start((response) => {
    response.writeHead(200, { 'content-type': 'audio/wav' })
    response.write('half')
    setImmediate(() => response.destroy())
  })
  const response = await call('/v1/audio/speech', { method: 'POST', headers: named, body: '{}' })
  await expect(response.arrayBuffer()).rejects.toThrow()
})

test('a provider that does not answer is a 504 in time', async () => {
  await start(() => undefined, { timeouts: { totalMs: 100 } })
  const response = await call('/v1/files', { headers: named })
  expect(response.status).toBe(504)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_timeout' } })
})

test('a client that does not read stops the upstream instead of filling memory', async () => {
  let sent = 0
  const block = Buffer.alloc(64 * 1024)
  await start((response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    const pump = () => {
      let hasRoom = true
      while (hasRoom && !response.destroyed) {
        hasRoom = response.write(block)
        sent += block.length
      }
      response.once('drain', pump)
    }
    pump()
  })
  const { host, hostname, port } = new URL(gateway()?.url ?? '')
  const socket = connect(Number(port), hostname)
  socket.write(`GET /v1/files/a/content HTTP/1.1\r\nhost: ${host}\r\nx-route-provider: up\r\n\r\n`)
  socket.pause()
  let before = -1
  await eventually('the upstream to be held back', async () => {
    const stalled = sent > 0 && sent === before
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 200))
    return stalled
  })
  expect(sent).toBeLessThan(32 * 1024 * 1024)
  socket.destroy()
})
