import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { adjusted } from '../../src/providers/openai-chat/test-adjusted.ts'
import perplexity from '../../src/providers/perplexity.ts'
import { createReader } from '../../src/wire/openai-responses/read-stream.ts'
import { readUsage } from '../../src/wire/openai-responses/usage.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// The simulator at /perplexity refuses what the Agent API refuses: every member that it does not know.

let simulator: RunningSimulator
let gateway: TestGateway
let client: OpenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({
    models: ['ok', 'tool:get_weather', 'think=3'],
    upstream: `${simulator.url}/perplexity/v1`,
    provider: 'perplexity',
    maxAttempts: 1,
  })
  client = new OpenAI({ apiKey: 'none', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
})

afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const chatTool = { type: 'function', function: { name: 'get_weather', parameters: schema } } as const
const picture = 'data:image/png;base64,iVBORw0KGgo='
const history = (id: string) =>
  [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: picture, detail: 'low' } },
      ],
    },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bern"}' } }],
    },
    { role: 'tool', tool_call_id: id, content: [{ type: 'text', text: 'sunny' }] },
  ] as const satisfies OpenAI.ChatCompletionMessageParam[]

test.each([false, true])('a chat client is answered by the Agent API, streamed: %s', async (stream) => {
  const request = {
    model: 'up/ok',
    messages: [...history('call_1')],
    tools: [chatTool],
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
    reasoning_effort: 'low',
    max_completion_tokens: 500,
    stop: ['x'],
  } as const satisfies OpenAI.ChatCompletionCreateParams
  if (stream) {
    const answer = await client.chat.completions
      .stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion()
    expect(answer.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'get_weather' } })
    expect(answer.usage?.completion_tokens).toBeGreaterThan(0)
    return
  }
  const { data, response } = await client.chat.completions.create(request).withResponse()
  expect(data.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'get_weather' } })
  const losses = response.headers.get('x-route-losses')
  expect(losses).toContain('stop')
})

test('a schema, a result of a tool and a turn of its own reach it', async () => {
  const answer = await client.chat.completions.create({
    model: 'up/ok',
    messages: [...history('call_1')],
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
  })
  expect(Object.keys(JSON.parse(answer.choices[0]?.message.content ?? ''))).toEqual(['city'])
})

test('Responses clients pass through, without what it refuses', async () => {
  const { data, response } = await client.responses
    .create({
      model: 'up/ok',
      input: [
        { role: 'user', content: 'Hi' },
        {
          type: 'message',
          role: 'assistant',
          id: 'msg_1',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
        },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
        { role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
      ],
      tools: [{ type: 'web_search_preview', user_location: { type: 'approximate', country: 'CH' } }],
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      text: { format: { type: 'text' }, verbosity: 'low' },
      store: false,
      prompt_cache_key: 'k',
    })
    .withResponse()
  expect(data.output_text).toContain('simulated')
  const losses = (response.headers.get('x-route-losses') ?? '').split(/[,;]\s*/)
  for (const path of ['text.verbosity', 'reasoning.summary', 'prompt_cache_key', 'input[2]'])
    expect(losses.some((loss) => loss.startsWith(path))).toBe(true)
  expect(losses).toHaveLength(4)
})

test('a body that it takes stays as it is', () => {
  const body = {
    model: 'm',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'x' },
          { type: 'input_image', image_url: picture },
        ],
      },
    ],
    tools: [
      { type: 'web_search', filters: { search_domain_filter: ['a.example'] } },
      { type: 'function', name: 'f' },
    ],
    tool_choice: { type: 'web_search' },
    response_format: { type: 'json_schema', json_schema: { schema } },
    reasoning: { effort: 'xhigh' },
    previous_response_id: 'resp_1',
  }
  const result = adjusted(perplexity, body, { format: 'openai-responses' })
  expect(result).toEqual({ body, lost: [] })
  expect(result.body).toBe(body)
})

test('what it cannot do is said: other tools, other effort, other answers, files', () => {
  const { body, lost } = adjusted(
    perplexity,
    {
      model: 'anthropic/claude-opus-5',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_file', file_id: 'f' },
            { type: 'input_text', text: 'x' },
          ],
        },
        { type: 'custom_tool_call', call_id: 'c', name: 'f', input: 'a' },
        { type: 'custom_tool_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'b' }] },
      ],
      tools: [{ type: 'file_search', vector_store_ids: [] }],
      tool_choice: 'required',
      reasoning: { effort: 'none' },
      text: { format: { type: 'json_object' } },
    },
    { format: 'openai-responses', model: 'anthropic/claude-opus-5', facts: { max_output_tokens: 1_000 } },
  )
  expect(lost.toSorted()).toEqual(['input[0].content[0]', 'reasoning.effort', 'text.format', 'tools[0]'])
  expect(body).toEqual({
    model: 'anthropic/claude-opus-5',
    input: [
      { role: 'user', content: [{ type: 'input_text', text: 'x' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"input":"a"}' },
      { type: 'function_call_output', call_id: 'c', output: 'b' },
    ],
    max_output_tokens: 1_000,
  })
})

test('a server that still serves chats is spoken to in them where the configuration says so', async () => {
  const upstream = `${simulator.url}/perplexity/v1`
  const told = await startGateway({ models: ['ok'], upstream, provider: 'perplexity', format: 'openai-chat' })
  const chat = new OpenAI({ apiKey: 'none', baseURL: `${told.url}/v1`, maxRetries: 0 })
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'user', content: 'b' },
  ] as const
  const answer = await chat.chat.completions.create({ model: 'up/ok', messages: [...messages], tools: [chatTool] })
  expect(answer.choices[0]?.message.content).toContain('simulated')
  // Only chat completions have them at the top.
  expect(answer).toHaveProperty('citations')
  await told.close()
})

test('the Agent API’s own events: why an answer failed, a cancelled one, tokens of the cache', () => {
  // https://docs.perplexity.ai/api-reference/agent-post: ResponseFailedEvent, ResponsesUsage.
  const failed = {
    type: 'response.failed',
    sequence_number: 3,
    error: { message: 'No', type: 'internal_error', code: 500 },
  }
  expect(() => createReader().push({ event: undefined, data: JSON.stringify(failed) })).toThrow('No')
  const cancelled = { type: 'response.cancelled', response: { status: 'cancelled', output: [] } }
  expect(createReader().push({ event: undefined, data: JSON.stringify(cancelled) })).toMatchObject([
    { type: 'response-end', finishReason: 'error' },
  ])
  const usage = {
    input_tokens: 9,
    output_tokens: 1,
    input_tokens_details: { cache_read_input_tokens: 4, cache_creation_input_tokens: 2 },
  }
  expect(readUsage(usage)).toMatchObject({ cachedInputTokens: 4, cacheWriteTokens: 2 })
})
