import { expect, test } from 'vitest'
import { WebExchange } from './web-exchange.ts'

function exchangeOf(init: RequestInit = {}): WebExchange {
  return new WebExchange(new Request('http://localhost/v1/x', { method: 'POST', ...init }))
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a whole answer is one body with its length, a streamed one is there from its first byte', async () => {
  const whole = exchangeOf()
  whole.head(200, { 'content-type': 'application/json' })
  whole.end('{}')
  expect(await (await whole.response()).text()).toBe('{}')

  const streamed = exchangeOf()
  streamed.head(200, {})
  streamed.write('first')
  const reader = (await streamed.response()).body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first')
  streamed.end('last')
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('last')
  expect((await reader?.read())?.done).toBe(true)
  await streamed.over
})

test('a head without any byte yet is an answer already', async () => {
  const exchange = exchangeOf()
  exchange.head(202, { 'x-own': 'kept' })
  const response = await exchange.response()
  expect([response.status, response.headers.get('x-own')]).toEqual([202, 'kept'])
  exchange.end()
  expect(await response.text()).toBe('')
})

test('who reads slowly holds up the writer, and lets it go on when he has read', async () => {
  const exchange = exchangeOf()
  exchange.head(200, {})
  const piece = new Uint8Array(16_384)
  let written = 1
  while (exchange.write(piece)) written += 1
  expect(written * piece.length).toBeLessThan(1_000_000)
  let isDrained = false
  exchange.onDrain(() => {
    isDrained = true
  })
  await settled()
  expect(isDrained).toBe(false)
  const reader = (await exchange.response()).body?.getReader()
  for (let read = 0; read < written && !isDrained; read += 1) await reader?.read()
  await settled()
  expect(isDrained).toBe(true)
})

test('a client who leaves is told of once, by his signal or by his stream', async () => {
  for (const leave of ['signal', 'stream']) {
    const leaving = new AbortController()
    const exchange = exchangeOf({ signal: leaving.signal })
    let told = 0
    exchange.onAbort(() => {
      told += 1
    })
    exchange.head(200, {})
    exchange.write('x')
    const response = await exchange.response()
    if (leave === 'signal') leaving.abort()
    else await response.body?.cancel()
    await exchange.over
    expect([leave, told, exchange.isAborted()]).toEqual([leave, 1, true])
    exchange.write('nobody reads this')
    exchange.end()
  }
})

test('an answer that is broken cannot be read as a whole one', async () => {
  const exchange = exchangeOf()
  exchange.head(200, {})
  exchange.write('half')
  exchange.destroy()
  await expect((await exchange.response()).text()).rejects.toThrow('cut')
})

test('a body is read up to its bound', async () => {
  expect(new TextDecoder().decode(await exchangeOf({ body: 'abc' }).readBody(3))).toBe('abc')
  expect(await exchangeOf().readBody(3)).toHaveLength(0)
  await expect(exchangeOf({ body: 'abcd' }).readBody(3)).rejects.toMatchObject({ code: 'request_too_large' })
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1_000)) })
  const init = { body: endless, duplex: 'half' } as RequestInit
  await expect(exchangeOf(init).readBody(10_000)).rejects.toMatchObject({ code: 'request_too_large' })
})
