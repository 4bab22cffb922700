import Anthropic from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { eventually, startGateway } from '../flow/start-gateway.ts'

// The current `@anthropic-ai/sdk` against a gateway whose models speak Chat Completions only.

const MODELS = [
  'ok',
  'tool:get_weather',
  'tool-parallel',
  'never-ends',
  'cut@5',
  '429;retry-after=7',
  '503',
  'tokens=9',
]

let simulator: RunningSimulator
let gateway: TestGateway
let client: Anthropic

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({ models: MODELS, upstream: `${simulator.url}/v1` })
  client = new Anthropic({ baseURL: gateway.url, apiKey: 'unused', maxRetries: 0 })
})

afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

const messages = [{ role: 'user' as const, content: 'What is the weather in Paris?' }]
const asked = { max_tokens: 500, messages }
const weather = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
}

function textOf(message: Anthropic.Message): string {
  return message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('')
}

test('a message, and what answered', async () => {
  const { data, response } = await client.messages.create({ model: 'auto', ...asked }).withResponse()
  expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn', stop_sequence: null })
  expect(textOf(data).length).toBeGreaterThan(20)
  expect(data.usage.output_tokens).toBe(60)
  expect(data.usage.input_tokens).toBeGreaterThan(0)
  expect(response.headers.get('x-route-model')).toBe('up/ok')
})

test('a stream is the same message, piece by piece', async () => {
  const whole = await client.messages.create({ model: 'up/ok', ...asked, system: 'Be brief.' })
  const stream = client.messages.stream({ model: 'up/ok', ...asked, system: 'Be brief.' })
  const pieces: string[] = []
  stream.on('text', (delta) => pieces.push(delta))
  const message = await stream.finalMessage()
  expect(pieces.length).toBeGreaterThan(10)
  expect(pieces.join('')).toBe(textOf(whole))
  expect(message.content).toEqual(whole.content)
  expect(message.stop_reason).toBe('end_turn')
  expect(message.usage).toMatchObject({ input_tokens: whole.usage.input_tokens, output_tokens: 60 })
})

test('the raw events come in Anthropic’s order', async () => {
  const events = await Array.fromAsync(await client.messages.create({ model: 'up/tokens=9', ...asked, stream: true }))
  const types = events.map((event) => event.type)
  expect(types.slice(0, 2)).toEqual(['message_start', 'content_block_start'])
  expect(types.slice(2, -3).every((type) => type === 'content_block_delta')).toBe(true)
  expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
})

test('a limit that is reached says so', async () => {
  const message = await client.messages.create({ model: 'up/ok', max_tokens: 7, messages })
  expect(message.stop_reason).toBe('max_tokens')
  expect(message.usage.output_tokens).toBe(7)
})

test('a tool loop of three turns', async () => {
  const model = 'up/tool:get_weather'
  const turns: Anthropic.MessageParam[] = [...messages]
  const first = await client.messages.create({ model, max_tokens: 500, messages: turns, tools: [weather] })
  expect(first.stop_reason).toBe('tool_use')
  const [call] = first.content.filter((block) => block.type === 'tool_use')
  expect(call).toMatchObject({ name: 'get_weather', input: { city: expect.any(String) } })
  turns.push(
    { role: 'assistant', content: first.content },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: [{ type: 'text', text: '18 °C' }] }],
    },
  )
  const second = await client.messages
    .stream({ model, max_tokens: 500, messages: turns, tools: [weather] })
    .finalMessage()
  expect(second.stop_reason).toBe('end_turn')
  turns.push({ role: 'assistant', content: second.content }, { role: 'user', content: 'And in London?' })
  const third = await client.messages
    .stream({ model, max_tokens: 500, messages: turns, tools: [weather] })
    .finalMessage()
  expect(third.content.map((block) => block.type)).toEqual(['tool_use'])
  expect(third.stop_reason).toBe('tool_use')
})

test('parallel calls are blocks of their own, and one alone where that is asked for', async () => {
  const time = { name: 'get_time', input_schema: { type: 'object' as const, properties: { tz: { type: 'string' } } } }
  const request = { model: 'up/tool-parallel', ...asked, tools: [weather, time] }
  const both = await client.messages.stream(request).finalMessage()
  expect(both.content.map((block) => block.type === 'tool_use' && block.name)).toEqual(['get_weather', 'get_time'])
  const one = await client.messages.create({
    ...request,
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  })
  expect(one.content).toHaveLength(1)
})

test('the tool runner runs its tools and comes back with the answer', async () => {
  const seen: unknown[] = []
  const tool = betaTool({
    name: 'get_weather',
    description: 'Weather of a city',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const,
    run: (input) => {
      seen.push(input)
      return '18 °C'
    },
  })
  const final = await client.beta.messages.toolRunner({ model: 'up/tool:get_weather', ...asked, tools: [tool] })
  expect(seen).toEqual([{ city: expect.any(String) }])
  expect(final.stop_reason).toBe('end_turn')
})

test('a conversation held by the provider is refused in the words the SDK knows', async () => {
  const thread = client.beta.messages.thread({ model: 'up/ok', max_tokens: 500 })
  const refused = await thread.send(messages).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Anthropic.BadRequestError)
  expect(refused).toMatchObject({ errorCode: 'thread_unsupported_request' })
})

test('errors are the SDK’s own classes', async () => {
  const failed = (body: object) =>
    client.messages.create({ model: 'auto', ...asked, ...body }).catch((error: unknown) => error)
  const limited = await failed({ model: 'up/429;retry-after=7' })
  expect(limited).toBeInstanceOf(Anthropic.RateLimitError)
  expect((limited as InstanceType<typeof Anthropic.RateLimitError>).headers.get('retry-after')).toBe('7')
  expect(await failed({ model: 'up/503' })).toMatchObject({ status: 503, type: 'overloaded_error' })
  const missing = await failed({ model: 'nobody/nothing' })
  expect(missing).toBeInstanceOf(Anthropic.NotFoundError)
  expect(missing).toMatchObject({ type: 'not_found_error', error: { error: { code: 'model_not_found' } } })
  const empty = await failed({ messages: [] })
  expect(empty).toBeInstanceOf(Anthropic.BadRequestError)
  expect(empty).toMatchObject({ type: 'invalid_request_error', error: { error: { param: 'messages' } } })
})

test('a wrong key is an authentication error', async () => {
  const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('right')))
  const keys = [{ name: 'k', sha256, routing: {}, promptFlags: 'tighten' as const }]
  const guarded = await startGateway({ models: ['ok'], upstream: `${simulator.url}/v1`, keys })
  try {
    const ask = (apiKey: string) =>
      new Anthropic({ baseURL: guarded.url, apiKey, maxRetries: 0 }).messages.create({ model: 'auto', ...asked })
    expect((await ask('right')).type).toBe('message')
    const refused = await ask('wrong').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(refused).toMatchObject({ type: 'authentication_error' })
  } finally {
    await guarded.close()
  }
})

test('a stream that breaks ends with an error, not with a message', async () => {
  const stream = client.messages.stream({ model: 'up/cut@5', ...asked })
  let text = ''
  stream.on('text', (delta) => {
    text += delta
  })
  const broken = await stream.finalMessage().catch((error: unknown) => error)
  expect(broken).toBeInstanceOf(Anthropic.APIError)
  expect(broken).toMatchObject({ error: { error: { code: 'stream_interrupted' } } })
  expect(text.length).toBeGreaterThan(0)
})

test('an abort reaches the model', async () => {
  const stream = client.messages.stream({ model: 'up/never-ends', ...asked })
  await new Promise<void>((resolve) => stream.once('text', () => resolve()))
  stream.abort()
  await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError)
  await eventually('the model to be left', () => simulator.usage().aborted > 0)
})

test('a request as coding agents send it: marked system text, budgets, betas, labels', async () => {
  const mark = { type: 'ephemeral' as const, ttl: '1h' as const }
  const { data, response } = await client.beta.messages
    .create({
      model: 'auto',
      stream: true,
      max_tokens: 32_000,
      system: [
        { type: 'text', text: 'You are an agent.' },
        { type: 'text', text: 'Work in /src.', cache_control: mark },
      ],
      thinking: { type: 'enabled', budget_tokens: 31_999 },
      tools: [{ ...weather, cache_control: mark }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }],
      metadata: { user_id: 'user_1' },
      context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
      betas: ['context-management-2025-06-27'],
    })
    .withResponse()
  const events = await Array.fromAsync(data)
  expect(events.at(-1)?.type).toBe('message_stop')
  expect(response.headers.get('x-route-losses')).toContain('context_management')
})

test('a decision can be asked for with a body of Messages', async () => {
  const body = JSON.stringify({ system: 'Be brief.', max_tokens: 500, messages })
  const decision = await (await fetch(`${gateway.url}/v1/route`, { method: 'POST', body })).json()
  expect(decision).toMatchObject({ model: expect.stringMatching(/^up\//) })
})

test('tokens are estimated for models that cannot count, and for those not yet chosen', async () => {
  const long = 'The quick brown fox jumps over the lazy dog. '.repeat(100)
  const count = (model: string, content: string) =>
    client.messages.countTokens({ model, messages: [{ role: 'user', content }], tools: [weather] })
  const short = await count('auto', 'Hello')
  expect(short.input_tokens).toBeGreaterThan(5)
  expect(short).toEqual(await count('up/ok', 'Hello'))
  // Ten tokens a sentence, by every tokenizer.
  const added = (await count('auto:cheap', long)).input_tokens - short.input_tokens
  expect(added).toBeGreaterThan(800)
  expect(added).toBeLessThan(1_300)
  const missing = await count('nobody/nothing', 'Hello').catch((error: unknown) => error)
  expect(missing).toBeInstanceOf(Anthropic.NotFoundError)
})
