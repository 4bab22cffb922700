import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// Tools that a target can only be told of in another way: they come back as the client declared them.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const PATCH = '*** Begin Patch\n*** Update File: a.ts\n-"a"\n+"é"\n*** End Patch'
const MODEL = 'claude-sonnet-4-5'

/** The target's words for a tool that it was told of. */
type Declared = { readonly name: string; readonly input_schema: unknown }

function declared(): readonly Declared[] {
  return JSON.parse(upstream?.requests.at(-1)?.body.toString() ?? '').tools
}

function event(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
}

const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: MODEL, stop_sequence: null }
const USAGE = { input_tokens: 3, output_tokens: 2 }

function whole(name: string, input: object): string {
  const content = [{ type: 'tool_use', id: 'toolu_1', name, input }]
  return JSON.stringify({ ...MESSAGE, content, stop_reason: 'tool_use', usage: USAGE })
}

/** The arguments in pieces of three characters. */
function streamed(name: string, input: object): string {
  const pieces = JSON.stringify(input).match(/.{1,3}/gs) ?? []
  return [
    event('message_start', { message: { ...MESSAGE, content: [], stop_reason: null, usage: USAGE } }),
    event('content_block_start', {
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', name, input: {} },
    }),
    ...pieces.map((partial_json) =>
      event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } }),
    ),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: USAGE }),
    event('message_stop', {}),
  ].join('')
}

async function startAnthropic(input: object): Promise<OpenAI> {
  upstream = await startCaptureUpstream((response, { body }) => {
    const { stream, tools } = JSON.parse(body.toString())
    response.writeHead(200, { 'content-type': stream === true ? 'text/event-stream' : 'application/json' })
    response.end(stream === true ? streamed(tools[0].name, input) : whole(tools[0].name, input))
  })
  gateway = await startGateway({ models: [MODEL], upstream: upstream.url, provider: 'anthropic' })
  return new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}

const APPLY_PATCH = { type: 'custom', name: 'apply_patch', description: 'Applies a patch' } as const

test.each([false, true])('a free-text tool of a Responses client at Anthropic, streamed: %s', async (isStreamed) => {
  const client = await startAnthropic({ input: PATCH })
  const asked = { model: `up/${MODEL}`, input: 'Patch it.', tools: [APPLY_PATCH] }
  const { data: answer, response } = isStreamed
    ? { data: await client.responses.stream(asked).finalResponse(), response: undefined }
    : await client.responses.create(asked).withResponse()
  expect(answer.output).toMatchObject([{ type: 'custom_tool_call', name: 'apply_patch', input: PATCH }])
  expect(declared()).toMatchObject([{ name: 'apply_patch', input_schema: { required: ['input'] } }])
  expect(response?.headers.get('x-route-losses') ?? null).toBeNull()

  const [call] = answer.output
  if (call?.type !== 'custom_tool_call') throw new Error('No call came back.')
  const output = { type: 'custom_tool_call_output', call_id: call.call_id, output: 'done' } as const
  await client.responses.create({ ...asked, input: [{ role: 'user', content: 'Patch it.' }, call, output] })
  const sent = JSON.parse(upstream?.requests.at(-1)?.body.toString() ?? '')
  expect(sent.messages[1].content).toEqual([
    { type: 'tool_use', id: 'toolu_1', name: 'apply_patch', input: { input: PATCH } },
  ])
  expect(sent.messages[2].content[0]).toMatchObject({ type: 'tool_result', tool_use_id: 'toolu_1' })
})

test('a grammar is told and its loss is said', async () => {
  const client = await startAnthropic({ input: PATCH })
  const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } as const
  const { response } = await client.responses
    .create({ model: `up/${MODEL}`, input: 'Patch it.', tools: [{ ...APPLY_PATCH, format }] })
    .withResponse()
  expect(response.headers.get('x-route-losses')).toBe('tools[0].format')
  expect(JSON.stringify(declared())).toContain('start:')
})

test.each([false, true])(
  'a name that Anthropic refuses comes back as the client’s, streamed: %s',
  async (isStreamed) => {
    await startAnthropic({ city: 'Paris' })
    const name = `mcp.weather/${'x'.repeat(70)}`
    const tools = [{ type: 'function', function: { name, parameters: { type: 'object' } } }]
    const asked = {
      model: `up/${MODEL}`,
      messages: HELLO,
      tools,
      tool_choice: { type: 'function', function: { name } },
    }
    const response = await post(gateway?.url ?? '', { ...asked, stream: isStreamed })
    expect(await response.text()).toContain(`"name":"${name}"`)
    expect(declared()[0]?.name).toMatch(/^mcp_weather_x+_[0-9A-Za-z]{10}$/)
    expect(response.headers.get('x-route-losses')).toBeNull()
  },
)

test('a free-text tool at a chat provider that knows functions only', async () => {
  const called = { name: 'apply_patch', arguments: JSON.stringify({ input: PATCH }) }
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: called }],
  }
  const completion = { ...COMPLETION, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(completion)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'mistral' })
  const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  const { data, response } = await client.responses
    .create({ model: 'up/m', input: 'Patch it.', tools: [APPLY_PATCH] })
    .withResponse()
  expect(data.output).toMatchObject([{ type: 'custom_tool_call', name: 'apply_patch', input: PATCH }])
  expect(declared()).toMatchObject([{ type: 'function', function: { name: 'apply_patch' } }])
  expect(response.headers.get('x-route-losses')).toBeNull()
})

const TIME = { type: 'function', name: 'time', parameters: { type: 'object' }, strict: false } as const

test.each([
  [[TIME], 'time', '{"zone":"CET"}'],
  [[TIME, { ...TIME, name: 'parallel' }], 'parallel', undefined],
])('a call of several at once, where the tools are %j, is one of %s', async (tools, name, inner) => {
  const uses = JSON.stringify({ tool_uses: [{ recipient_name: 'functions.time', parameters: { zone: 'CET' } }] })
  const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'parallel', arguments: uses } }]
  const message = { role: 'assistant', content: null, tool_calls }
  const completion = { ...COMPLETION, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(completion)))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'mistral' })
  const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  const { output } = await client.responses.create({ model: 'up/m', input: 'When?', tools })
  expect(output).toMatchObject([{ type: 'function_call', name, arguments: inner ?? uses }])

  // Answered in the client's own format, but anew.
  const functions = tools.map(({ type, name: tool, parameters }) => ({ type, function: { name: tool, parameters } }))
  const answer = await post(gateway.url, { model: 'up/m', messages: HELLO, tools: functions })
  const { choices } = (await answer.json()) as OpenAI.ChatCompletion
  expect(choices[0]?.message.tool_calls).toMatchObject([{ function: { name, arguments: inner ?? uses } }])
})

test.each([false, true])(
  'a free-text tool of a chat client at a chat provider without such, streamed: %s',
  async (isStreamed) => {
    const call = (name: string) => ({
      index: 0,
      id: 'call_1',
      type: 'function',
      function: { name, arguments: JSON.stringify({ input: PATCH }) },
    })
    upstream = await startCaptureUpstream((response, { body }) => {
      const { tools, stream } = JSON.parse(body.toString())
      const said = { role: 'assistant', content: null, tool_calls: [call(tools[0].function.name)] }
      const answer = { id: 'c', created: 1, model: 'm' }
      const choice = { index: 0, finish_reason: 'tool_calls' }
      const chunk = { ...answer, object: 'chat.completion.chunk', choices: [{ ...choice, delta: said }] }
      response.writeHead(200, { 'content-type': stream === true ? 'text/event-stream' : 'application/json' })
      if (stream === true) response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
      else
        response.end(JSON.stringify({ ...answer, object: 'chat.completion', choices: [{ ...choice, message: said }] }))
    })
    gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider: 'groq' })
    const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    const asked = {
      model: 'up/m',
      messages: [{ role: 'user' as const, content: 'Patch it.' }],
      tools: [{ type: 'custom' as const, custom: { name: 'apply_patch' } }],
    }
    const { data, response } = isStreamed
      ? { data: await client.chat.completions.stream(asked).finalChatCompletion(), response: undefined }
      : await client.chat.completions.create(asked).withResponse()
    expect(data.choices[0]?.message.tool_calls).toMatchObject([
      { id: 'call_1', type: 'custom', custom: { name: 'apply_patch', input: PATCH } },
    ])
    expect(response?.headers.get('x-route-losses') ?? null).toBeNull()
    expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '').tools).toMatchObject([{ type: 'function' }])
  },
)
