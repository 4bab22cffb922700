import { expect, test } from 'vitest'
import { failingTargets } from './failing-targets.ts'
import { eventually, HELLO } from './start-gateway.ts'

// A model that says in the middle of its stream that it failed, and then ends the stream as if it had not. Its client speaks
// its format, so that the stream is passed on unread.

const { start, startUpstream } = failingTargets()

const sse = (...events: readonly (object | string)[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')

const named = (...events: readonly { readonly type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

const chunk = (choice: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, ...choice }],
  ...more,
})
const said = chunk({ delta: { role: 'assistant', content: 'the beginning' }, finish_reason: null })
const stopped = chunk({ delta: {}, finish_reason: 'stop' })
const boom = { message: 'boom', code: 502 }

const CHAT = { path: '/v1/chat/completions', body: { messages: HELLO, stream: true } }
const chat = (...failure: readonly object[]) => sse(said, ...failure, stopped, '[DONE]')

const LEGACY = { path: '/v1/completions', body: { prompt: 'Hello', stream: true } }
const legacy = (choice: object, more: object = {}) => ({
  id: 'cmpl-1',
  object: 'text_completion',
  choices: [{ index: 0, text: '', finish_reason: null, ...choice }],
  ...more,
})

const MESSAGES = { path: '/v1/messages', body: { messages: HELLO, max_tokens: 50, stream: true } }
const delta = (text: string, more: object = {}) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
  ...more,
})
const begun = [
  { type: 'message_start', message: { id: 'msg_1', role: 'assistant', model: 'm', content: [], usage: {} } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  delta('the beginning'),
]
const messageEnd = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
]

const RESPONSES = { path: '/v1/responses', body: { input: 'Hello', stream: true } }
const spoken = [
  { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', error: null } },
  { type: 'response.output_item.added', output_index: 0, item: { id: 'i', type: 'message', content: [] } },
  { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'i', delta: 'the beginning' },
]
const completed = {
  type: 'response.completed',
  response: { id: 'resp_1', status: 'completed', error: null, output: [] },
}

const GEMINI = {
  path: '/v1beta/models/up/m:streamGenerateContent?alt=sse',
  body: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
}
const gemini = (text: string, more: object = {}, finish: object = {}) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...finish }],
  modelVersion: 'm',
  ...more,
})

type Case = {
  readonly what: string
  readonly door: { readonly path: string; readonly body: object }
  readonly stream: string
  readonly provider?: string
  readonly format?: 'openai-responses'
}

const CASES: readonly Case[] = [
  { what: 'the error of a choice', door: CHAT, stream: chat(chunk({ delta: {}, error: boom })) },
  { what: 'an error beside choices', door: CHAT, stream: chat(chunk({ delta: { content: 'x' } }, { error: boom })) },
  { what: 'a finish that is an error', door: CHAT, stream: chat(chunk({ delta: {}, finish_reason: 'error' })) },
  {
    what: 'a finish for want of resources',
    door: CHAT,
    stream: sse(said, chunk({ delta: {}, finish_reason: 'insufficient_system_resource' }), '[DONE]'),
  },
  {
    what: 'an error after the finish',
    door: CHAT,
    stream: sse(said, stopped, chunk({ delta: {} }, { error: boom }), '[DONE]'),
  },
  {
    what: 'an error of a completion',
    door: LEGACY,
    provider: 'vllm',
    stream: sse(
      legacy({ text: 'the beginning' }),
      legacy({}, { error: boom }),
      legacy({ finish_reason: 'stop' }),
      '[DONE]',
    ),
  },
  {
    what: 'the error of a completion’s choice',
    door: LEGACY,
    provider: 'vllm',
    stream: sse(
      legacy({ text: 'the beginning' }),
      legacy({ error: boom }),
      legacy({ finish_reason: 'stop' }),
      '[DONE]',
    ),
  },
  {
    what: 'an error event',
    door: MESSAGES,
    provider: 'anthropic',
    stream: named(
      ...begun,
      { type: 'error', error: { type: 'overloaded_error', message: 'boom' } } as never,
      ...messageEnd,
    ),
  },
  {
    what: 'an error in a delta',
    door: MESSAGES,
    provider: 'anthropic',
    stream: named(...begun, delta('', { error: { type: 'api_error', message: 'boom' } }), ...messageEnd),
  },
  {
    what: 'a failed response',
    door: RESPONSES,
    provider: 'openai-compatible',
    format: 'openai-responses',
    stream: named(
      ...spoken,
      {
        type: 'response.failed',
        response: { id: 'resp_1', status: 'failed', error: { code: 'server_error', message: 'boom' } },
      } as never,
      completed,
    ),
  },
  {
    what: 'a failed response that does not say why',
    door: RESPONSES,
    format: 'openai-responses',
    stream: named(
      ...spoken,
      { type: 'response.failed', response: { id: 'resp_1', status: 'failed' } } as never,
      completed,
    ),
  },
  {
    what: 'an error beside a candidate',
    door: GEMINI,
    provider: 'google',
    stream: sse(
      gemini('the beginning'),
      gemini('', { error: { code: 503, message: 'boom', status: 'UNAVAILABLE' } }),
      gemini('', {}, { finishReason: 'STOP' }),
    ),
  },
  ...['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL'].map((finishReason) => ({
    what: `a finish that is ${finishReason}`,
    door: GEMINI,
    provider: 'google',
    stream: sse(gemini('the beginning'), gemini('', {}, { finishReason })),
  })),
]

const SUCCESS = ['[DONE]', 'message_stop', 'response.completed', '"STOP"', '"stop"']

test.each(CASES)(
  'after its first content $what ends the stream with one error and no word of success ($door.path)',
  async ({ door, stream, provider, format }) => {
    const upstream = await startUpstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      // The client has the beginning when the rest comes.
      const rest = stream.indexOf('\n\n', stream.indexOf('the beginning')) + 2
      response.write(stream.slice(0, rest), () => setTimeout(() => response.end(stream.slice(rest)), 20))
    })
    const { url, log } = await start({
      models: ['m'],
      upstream: provider === 'google' ? `${upstream.url}beta` : upstream.url,
      ...(provider === undefined ? {} : { provider }),
      ...(format === undefined ? {} : { format }),
    })
    const response = await fetch(url + door.path, {
      method: 'POST',
      body: JSON.stringify({ model: 'up/m', ...door.body }),
    })
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(text).toContain('the beginning')
    // What was said before the failure is passed on.
    const before = stream.slice(0, stream.indexOf('boom'))
    for (const mark of SUCCESS.filter((one) => !before.includes(one))) expect(text).not.toContain(mark)
    expect(text.match(/"error":\{/g)).toHaveLength(1)
    await eventually('the record', () => log.some(({ event }) => event === 'request'))
    expect(log.find(({ event }) => event === 'request')?.['outcome']).toMatch(/^upstream_/)
    expect(log.filter(({ event }) => event === 'attempt_failed')).toHaveLength(1)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toMatch(/thalamus_upstream_failures_total\{model="up\/m",code="upstream_\w+"\} 1/)
  },
)

test('the word error in what a model says is no failure of its', async () => {
  const words = ['error', '"error"', '{"error": {"message": "boom"}}', 'finish_reason "error"', 'response.failed']
  const upstream = await startUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const chunks = words.map((content) => chunk({ delta: { content }, finish_reason: null }, { error: null }))
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }
    const pieces = ['{"a":"', 'error', '"}'].map((text) =>
      chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } }),
    )
    response.end(
      sse(
        said,
        ...chunks,
        chunk({ delta: { tool_calls: [call] } }),
        ...pieces,
        { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
        '[DONE]',
      ),
    )
  })
  const { url } = await start({ models: ['m'], upstream: upstream.url })
  const response = await fetch(url + CHAT.path, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/m', ...CHAT.body }),
  })
  const text = await response.text()
  for (const word of words) expect(text).toContain(JSON.stringify(word))
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
})

test('a whole answer that ended with an error is a failure: the next model is asked', async () => {
  const upstream = await startUpstream((response, model) => {
    const finish = model === 'broken' ? 'error' : 'stop'
    const choices = [{ index: 0, message: { role: 'assistant', content: `of ${model}` }, finish_reason: finish }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model, choices }))
  })
  const { url } = await start({ models: ['broken', 'ok'], upstream: upstream.url })
  const routing = { models: ['up/broken', 'up/ok'] }
  const response = await fetch(url + CHAT.path, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: HELLO, routing }),
  })
  expect(await response.text()).toContain('of ok')
})
