import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// Server-sent events as the standard allows them and few write them: as good in the client's own format as in another.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

async function start(provider: string, answer: (response: ServerResponse) => void): Promise<string> {
  upstream = await startCaptureUpstream((response) =>
    answer(response.writeHead(200, { 'content-type': 'text/event-stream' })),
  )
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider })
  return gateway.url
}

const asked = { model: 'up/m', messages: HELLO, stream: true }

const payloadsOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => (line === 'data: [DONE]' ? '[DONE]' : JSON.parse(line.slice(6))))

const PLAIN = [chunk('Hel'), chunk('lo'), chunk('', 'stop'), 'data: [DONE]\n\n']
// The first line alone looks like an object of its own.
const looksWhole = (frame: string): string => frame.replace('}]}', '}\ndata: ]}')
const overLines = (frame: string): string => frame.replace(',"object"', ',\ndata: "object"')

test('values over several lines', async () => {
  const frames = [PLAIN[0], ...PLAIN.slice(1).map(overLines)].join('')
  const url = await start('openai-compatible', (response) => response.end(frames))
  const response = await post(url, asked)
  expect(response.status).toBe(200)
  expect(payloadsOf(await response.text())).toEqual(payloadsOf(PLAIN.join('')))
})

test.each([
  ['that comes first', PLAIN.map(overLines)],
  ['whose first line looks whole', [PLAIN[0], ...PLAIN.slice(1).map(looksWhole)]],
])('a value over several lines %s', async (_, frames) => {
  const url = await start('openai-compatible', (response) => response.end(frames.join('')))
  const response = await post(url, asked)
  expect(response.status).toBe(200)
  expect(payloadsOf(await response.text())).toEqual(payloadsOf(PLAIN.join('')))
})

test('lines that end with a carriage return, in reads of every size', async () => {
  for (const size of [1, 2, 7, 100_000]) {
    const bytes = PLAIN.join('').replaceAll('\n', '\r')
    const url = await start('openai-compatible', (response) => {
      for (let at = 0; at < bytes.length; at += size) response.write(bytes.slice(at, at + size))
      response.end()
    })
    const response = await post(url, asked)
    expect(response.status).toBe(200)
    expect(payloadsOf(await response.text())).toEqual(payloadsOf(PLAIN.join('')))
    await gateway?.close()
    await upstream?.close()
  }
})

test('an event in carriage returns is passed on when it is whole, not when the stream ends', async () => {
  let answering: ServerResponse | undefined
  const url = await start('openai-compatible', (response) => {
    answering = response
    response.write(chunk('Hello').replaceAll('\n', '\r'))
  })
  const response = await post(url, asked)
  const reader = response.body?.getReader()
  const first = await reader?.read()
  expect(new TextDecoder().decode(first?.value)).toBe(chunk('Hello'))
  answering?.destroy()
  await reader?.cancel()
})

test('events with names keep them', async () => {
  const events: readonly (readonly [string, object])[] = [
    [
      'message_start',
      {
        message: { id: 'm', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
      },
    ],
    ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }],
    ['content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hi' } }],
    ['content_block_stop', { index: 0 }],
    ['message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } }],
    ['message_stop', {}],
  ]
  const frames = events.map(([type, members]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`)
  const url = await start('anthropic', (response) => response.end(frames.join('').replaceAll('\n', '\r')))
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ ...asked, max_tokens: 5 }),
  })
  expect(await response.text()).toBe(frames.join(''))
})
