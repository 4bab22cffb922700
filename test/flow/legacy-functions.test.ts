import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// A client that knows `functions` and `function_call` alone, and a model that is asked in Anthropic's format.

let upstream: CaptureUpstream
let gateway: TestGateway

const USAGE = { input_tokens: 3, output_tokens: 2 }
const HEAD = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', usage: USAGE }
const CALLS = ['Paris', 'Rome'].map((city, index) => ({
  type: 'tool_use',
  id: `toolu_${index}`,
  name: 'weather',
  input: { city },
}))

beforeAll(async () => {
  upstream = await startCaptureUpstream((response, { body }) => {
    if (JSON.parse(body.toString()).stream !== true) {
      response.end(JSON.stringify({ ...HEAD, content: CALLS, stop_reason: 'tool_use' }))
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    const blocks = CALLS.flatMap((call, index) => [
      { type: 'content_block_start', index, content_block: { ...call, input: {} } },
      {
        type: 'content_block_delta',
        index,
        delta: { type: 'input_json_delta', partial_json: JSON.stringify(call.input) },
      },
      { type: 'content_block_stop', index },
    ])
    const events = [
      { type: 'message_start', message: { ...HEAD, content: [] } },
      ...blocks,
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: USAGE },
      { type: 'message_stop' },
    ]
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  })
  gateway = await startGateway({ models: ['claude-sonnet-4-5'], upstream: upstream.url, provider: 'anthropic' })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

test('it gets one call, as a function call, whole and streamed', async () => {
  const { chat } = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'unused', maxRetries: 0 })
  const asked = {
    model: 'up/claude-sonnet-4-5',
    messages: [{ role: 'user' as const, content: 'Weather in Paris and Rome?' }],
    functions: [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }],
  }
  const whole = await chat.completions.create(asked)
  const streamed = await chat.completions.stream(asked).finalChatCompletion()
  for (const { choices } of [whole, streamed]) {
    expect(choices[0]?.finish_reason).toBe('function_call')
    expect(choices[0]?.message.function_call).toEqual({ name: 'weather', arguments: '{"city":"Paris"}' })
    expect(choices[0]?.message.tool_calls ?? []).toEqual([])
  }
  const [request] = upstream.requests.map(({ body }) => JSON.parse(body.toString()))
  expect(request.tool_choice).toMatchObject({ disable_parallel_tool_use: true })
})
