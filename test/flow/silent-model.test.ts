import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { chunk, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, startGateway } from './start-gateway.ts'

// A model that has begun to answer and thinks on in silence: connections that look dead are cut by what lies between.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const LAST = `${chunk('', 'stop')}data: [DONE]\n\n`

/** The URL of a gateway to a model that begins to answer; `then` has the rest. */
async function start(then: (response: ServerResponse) => void): Promise<string> {
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('Hi'))
    then(response)
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, timeouts: { idleMs: 20_000 } })
  return gateway.url
}

type Asking = { readonly path: string; readonly body: object; readonly comment: string }

const gemini = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
const ASKING: readonly Asking[] = [
  { path: '/v1/messages', body: { model: 'up/m', max_tokens: 5, stream: true, messages: HELLO }, comment: ': ' },
  { path: '/v1/responses', body: { model: 'up/m', stream: true, input: 'Hi' }, comment: ': ' },
  { path: '/v1beta/models/up/m:streamGenerateContent', body: gemini, comment: '\n' },
]

const GEMINI_SSE = { path: '/v1beta/models/up/m:streamGenerateContent?alt=sse', body: gemini }

const ask = (url: string, { path, body }: Pick<Asking, 'path' | 'body'>): Promise<Response> =>
  fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })

test('clients of every format hear that a silent model is still there', { timeout: 30_000 }, async () => {
  const answering: ServerResponse[] = []
  const url = await start((response) => void answering.push(response))
  const hearings: Promise<void>[] = []
  for (const [index, asking] of ASKING.entries()) {
    const response = await ask(url, asking)
    hearings.push(hears(response, asking.comment, () => answering[index]?.end(LAST)))
  }
  await Promise.all(hearings)
})

/** Reads until a comment comes, has the model go on then, and reads the rest. */
async function hears(response: Response, comment: string, goOn: () => void): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const said: string[] = []
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    said.push(read.value)
    if (read.value.startsWith(comment)) goOn()
  }
  expect(said.filter((text) => text.startsWith(comment))).toHaveLength(1)
  expect(said.join('')).not.toContain('upstream_timeout')
}

test('Google’s clients of server-sent events hear no comment: they take it for JSON', { timeout: 30_000 }, async () => {
  // Pings of the upstream, for longer than any client is left without a word.
  const url = await start((response) => {
    let pings = 0
    const timer = setInterval(() => {
      pings += 1
      if (pings < 30) response.write(': ping\n\n')
      else response.end(LAST)
    }, 200)
    response.on('close', () => clearInterval(timer))
  })
  const text = await (await ask(url, GEMINI_SSE)).text()
  expect(text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('data: '))).toEqual([])
  expect(text).toContain('"finishReason":"STOP"')
})

test('a call whose first event says nothing to the client is no reason for a comment', async () => {
  const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }
  const head = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' }
  const events = [
    { ...head, choices: [{ index: 0, delta: { role: 'assistant', tool_calls: [call] }, finish_reason: null }] },
    { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ]
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`)
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  for (const asking of [...ASKING, GEMINI_SSE]) {
    expect(await (await ask(gateway.url, asking)).text(), asking.path).not.toMatch(/keep-alive|^\n/)
  }
})
