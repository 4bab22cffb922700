import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { COMPLETION } from '../flow/capture-upstream.ts'
import { HELLO, post } from '../flow/start-gateway.ts'
import { eventsOf, gatewaysOfTest, json, messages, stream } from './start.ts'

// Tools: schemas that are refused, calls that run together, results that go astray: docs/failure-cases.md, B.

const { upstream, gateway } = gatewaysOfTest()

const GEMINI_ANSWER = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }
const CLAUDE_ANSWER = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
}

type Asked = { readonly sent: Record<string, never>; readonly response: Response }

/** What an upstream of `provider` gets of a client of Chat Completions. */
async function sentTo(provider: 'google' | 'anthropic', model: string, body: object): Promise<Asked> {
  const up = await upstream((response) => json(response, provider === 'google' ? GEMINI_ANSWER : CLAUDE_ANSWER))
  const base = provider === 'google' ? `${up.url}beta` : up.url
  const { url } = await gateway({ models: [model], upstream: base, provider })
  const response = await post(url, { model: `up/${model}`, messages: HELLO, ...body })
  expect(response.status, await response.clone().text()).toBe(200)
  return { sent: JSON.parse(up.requests[0]?.body.toString() ?? ''), response }
}

const toolOf = (parameters: object) => ({ type: 'function', function: { name: 'look', parameters } })
const call = (id: string, text: string) => ({ id, type: 'function', function: { name: 'look', arguments: text } })

const CALLS = [0, 1, 2, 3].map((n) => ({ index: 0, ...call(`c${n}`, `{"n":${n}}`) }))

function atIndexZero(response: ServerResponse): void {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
  const one = (delta: object, finish_reason: string | null): string =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const calls = CALLS.map((tool) => one({ tool_calls: [tool] }, null))
  stream(response, ...calls, one({}, 'tool_calls')).end('data: [DONE]\n\n')
}

test('T-20 four calls that a model numbers all alike are four, each with JSON of its own, and may go back', async () => {
  const up = await upstream((response, _model, { body }) => {
    if (JSON.parse(body.toString()).stream === true) atIndexZero(response)
    else json(response, COMPLETION)
  })
  const { url } = await gateway({ models: ['m'], upstream: up.url })
  const tools = [toolOf({ type: 'object', properties: { n: { type: 'integer' } } })]
  const asked = { model: 'up/m', messages: HELLO, stream: true, tools }
  const found = new Map<number, { id: string; text: string }>()
  for (const event of eventsOf(await (await post(url, asked)).text())) {
    const [choice] = event['choices'] as { delta: { tool_calls?: Delta[] } }[]
    for (const { index, id, function: said } of choice?.delta.tool_calls ?? []) {
      const before = found.get(index) ?? { id: id ?? '', text: '' }
      found.set(index, { ...before, text: before.text + (said?.arguments ?? '') })
    }
  }
  expect([...found.keys()]).toEqual([0, 1, 2, 3])
  expect([...found.values()].map(({ text }) => JSON.parse(text))).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }])
  const history = [
    ...HELLO,
    { role: 'assistant', content: null, tool_calls: [...found.values()].map(({ id, text }) => call(id, text)) },
    ...[...found.values()].map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'ok' })),
  ]
  expect((await post(url, { ...asked, stream: false, messages: history })).status).toBe(200)

  const blocks = eventsOf(await (await messages(url, { ...asked, tools: [{ name: 'look', input_schema: {} }] })).text())
    .filter(({ type }) => type === 'content_block_start')
    .map(({ index, content_block: block }) => [index, (block as { type: string }).type])
  expect(blocks).toEqual([0, 1, 2, 3].map((index) => [index, 'tool_use']))
})

type Delta = { readonly index: number; readonly id?: string; readonly function?: { readonly arguments?: string } }

test('T-23 names that are required and not there, and lists of nothing, are mended for Gemini, and that is said', async () => {
  const parameters = {
    type: 'object',
    properties: { a: { type: 'string' }, list: { type: 'array' } },
    required: ['a', 'ghost'],
  }
  const { sent, response } = await sentTo('google', 'gemini-1.5-pro', { tools: [toolOf(parameters)] })
  const [{ functionDeclarations: declared }] = sent['tools'] as unknown as [{ functionDeclarations: object[] }]
  expect(declared).toMatchObject([
    { parameters: { required: ['a'], properties: { list: { items: expect.any(Object) } } } },
  ])
  expect(response.headers.get('x-route-losses')).toMatch(/^tools\[0\]\.function\.parameters,/)
})

test.each([
  ['gemini-3-flash-preview', 'parametersJsonSchema', 'parameters'],
  ['gemini-2.5-flash', 'parametersJsonSchema', 'parameters'],
  ['gemini-1.5-pro', 'parameters', 'parametersJsonSchema'],
])('T-24 %s is told schemas of tools in `%s`', async (model, member, other) => {
  const parameters = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
  const { sent } = await sentTo('google', model, { tools: [toolOf(parameters)] })
  const [{ functionDeclarations: declared }] = sent['tools'] as unknown as [
    { functionDeclarations: [Record<string, object>] },
  ]
  expect(declared[0][member]).toMatchObject({ properties: { a: { type: 'string' } } })
  expect(declared[0][other]).toBeUndefined()
  if (member === 'parametersJsonSchema') expect(declared[0][member]).toEqual(parameters)
})

test('T-25 the results of parallel calls are one turn of the user at Anthropic', async () => {
  const history = [
    ...HELLO,
    { role: 'assistant', content: null, tool_calls: [call('a', '{"n":1}'), call('b', '{"n":2}')] },
    { role: 'tool', tool_call_id: 'a', content: 'one' },
    { role: 'tool', tool_call_id: 'b', content: 'two' },
  ]
  const { sent } = await sentTo('anthropic', 'claude-sonnet-4-5', {
    messages: history,
    tools: [toolOf({ type: 'object' })],
  })
  const turns = sent['messages'] as unknown as { role: string; content: object[] }[]
  expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(turns[2]?.content).toMatchObject([
    { type: 'tool_result', tool_use_id: 'a' },
    { type: 'tool_result', tool_use_id: 'b' },
  ])
})

test.each(['google', 'anthropic'] as const)(
  'T-26 arguments in a history that are no JSON reach %s as an object that has their text',
  async (provider) => {
    const broken = '{"path": "a.ts", "text": "unfin'
    const history = [
      ...HELLO,
      { role: 'assistant', content: null, tool_calls: [call('a', broken)] },
      { role: 'tool', tool_call_id: 'a', content: 'failed' },
    ]
    const model = provider === 'google' ? 'gemini-2.5-flash' : 'claude-sonnet-4-5'
    const { sent } = await sentTo(provider, model, { messages: history, tools: [toolOf({ type: 'object' })] })
    expect(objectsWithin(sent)).toContainEqual(expect.stringContaining('unfin'))
  },
)

/** The texts of every object of arguments. */
function objectsWithin(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    (name === 'input' || name === 'args') && typeof inner === 'object'
      ? Object.values(inner ?? {}).map(String)
      : objectsWithin(inner),
  )
}

test('T-27 Gemini gets the words beside a call, and every instruction wherever it stood', async () => {
  const history = [
    { role: 'system', content: 'FIRST RULE' },
    ...HELLO,
    { role: 'assistant', content: 'I SHALL LOOK', tool_calls: [call('a', '{"n":1}')] },
    { role: 'tool', tool_call_id: 'a', content: 'ok' },
    { role: 'system', content: 'LATER RULE' },
    { role: 'user', content: 'Go on' },
  ]
  const { sent } = await sentTo('google', 'gemini-2.5-flash', {
    messages: history,
    tools: [toolOf({ type: 'object' })],
  })
  const contents = sent['contents'] as unknown as { role: string; parts: object[] }[]
  expect(contents[1]).toMatchObject({
    role: 'model',
    parts: [{ text: 'I SHALL LOOK' }, { functionCall: { name: 'look', args: { n: 1 } } }],
  })
  expect(JSON.stringify(sent['systemInstruction'])).toContain('FIRST RULE')
  expect(JSON.stringify(sent)).toContain('LATER RULE')
})

test('T-28 schemas of tools reach Anthropic whole, constraints of the root among them', async () => {
  const parameters = {
    type: 'object',
    properties: { unit: { enum: ['c', 'f'] }, at: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/Place' }] } },
    required: ['unit'],
    additionalProperties: false,
    $defs: {
      Place: { type: 'object', properties: { lat: { type: 'number' } }, additionalProperties: { type: 'null' } },
    },
    description: 'At the root',
    minProperties: 1,
  }
  const { sent } = await sentTo('anthropic', 'claude-sonnet-4-5', { tools: [toolOf(parameters)] })
  expect((sent['tools'] as unknown as { input_schema: object }[])[0]?.input_schema).toEqual(parameters)
  // Branches at the root are what Anthropic refuses: they are merged, and that is said.
  const branches = { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }], properties: { a: {}, b: {} } }
  const merged = await sentTo('anthropic', 'claude-sonnet-4-5', { tools: [toolOf(branches)] })
  expect(JSON.stringify(merged.sent['tools'])).toContain('"a":{}')
  expect(merged.response.headers.get('x-route-losses')).toContain('tools[0]')
})
