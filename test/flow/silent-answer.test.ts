import { afterEach, describe, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Claude may end its turn without a word after the results of tools:
// https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons#empty-responses-with-end-turn

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const THOUGHT = { type: 'thinking', thinking: '', signature: 'EqQB' }
const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null }

/** An upstream that answers with nothing, or with a thought whose text it keeps to itself. */
async function start(content: readonly (typeof THOUGHT)[], stop_reason = 'end_turn'): Promise<string> {
  const usage = { input_tokens: 5, output_tokens: 2 }
  const events = [
    { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null, usage } },
    ...content.flatMap(({ signature }, index) => [
      { type: 'content_block_start', index, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature } },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ]
  upstream = await startCaptureUpstream((response, { body }) => {
    if (!body.includes('"stream":true')) {
      response.end(JSON.stringify({ ...MESSAGE, content, stop_reason, usage }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  })
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'anthropic' })
  return gateway.url
}

type Asking = (stream: boolean, hasResults: boolean) => readonly [path: string, body: object]

const CLIENTS: Readonly<Record<string, Asking>> = {
  'anthropic-messages': (stream, hasResults) => {
    const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] }
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'ok' }] }
    const messages = [{ role: 'user', content: 'Hi' }, ...(hasResults ? [call, result] : [])]
    return ['/v1/messages', { model: 'auto', max_tokens: 100, messages, stream }]
  },
  'openai-chat': (stream, hasResults) => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const results = [
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
      { role: 'user', content: 'Quick' },
    ]
    const messages = [{ role: 'user', content: 'Hi' }, ...(hasResults ? results : [])]
    return ['/v1/chat/completions', { model: 'auto', messages, stream }]
  },
  'openai-responses': (stream, hasResults) => {
    const results = [
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'ok' },
    ]
    const input = [{ role: 'user', content: 'Hi' }, ...(hasResults ? results : [])]
    return ['/v1/responses', { model: 'auto', input, stream, store: false }]
  },
  'gemini-generate': (stream, hasResults) => {
    const results = [
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
    ]
    const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }, ...(hasResults ? results : [])]
    return [`/v1beta/models/auto:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, { contents }]
  },
}

/** The finish that each format says of a turn that is over. */
const FINISHED = /"stop_reason":"end_turn"|"finish_reason":"stop"|"status":"completed"|"finishReason":"STOP"/

async function ask(url: string, [path, body]: ReturnType<Asking>): Promise<{ status: number; text: string }> {
  const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, text: await response.text() }
}

describe.each(Object.entries(CLIENTS))('a client of %s', (_name, asking) => {
  describe.each([false, true])('streamed: %s', (stream) => {
    test('gets silence after results as the end of the turn that it is', async () => {
      const { status, text } = await ask(await start([]), asking(stream, true))
      expect(status).toBe(200)
      expect(text).toMatch(FINISHED)
    })

    test('gets a thought that says nothing as the same', async () => {
      const { status, text } = await ask(await start([THOUGHT]), asking(stream, false))
      expect(status).toBe(200)
      expect(text).toMatch(FINISHED)
    })

    test('gets silence to a first question, or for no reason, as a failure', async () => {
      const url = await start([])
      expect(await ask(url, asking(stream, false))).toMatchObject({ status: 502 })
      await gateway?.close()
      await upstream?.close()
      expect(await ask(await start([], 'tool_use'), asking(stream, true))).toMatchObject({ status: 502 })
    })
  })
})
