import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: Anthropic

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new Anthropic({ apiKey: 'none', baseURL: simulator.url, maxRetries: 0, logLevel: 'off' })
})

afterAll(() => simulator.close())

const hello = { role: 'user' as const, content: 'hello' }
const base = { model: 'claude/ok', max_tokens: 1_000, messages: [hello] }
const tools: Anthropic.Tool[] = ['get_weather', 'get_time'].map((name) => ({
  name,
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}))

test('the Anthropic SDK reads a message, whole and streamed', async () => {
  const whole = await client.messages.create(base)
  expect(whole).toMatchObject({ type: 'message', role: 'assistant', model: 'claude/ok', stop_reason: 'end_turn' })
  expect(whole.content).toEqual([{ type: 'text', text: expect.stringContaining('simulated') }])
  expect(whole._request_id).toMatch(/^req_/)
  const streamed = await client.messages.stream(base).finalMessage()
  expect(streamed.content).toMatchObject(whole.content)
  expect(streamed.usage).toMatchObject({ input_tokens: whole.usage.input_tokens, output_tokens: 60 })
})

test('the Anthropic SDK counts tokens, and the count is what the message is billed', async () => {
  const counted = await client.messages.countTokens({ model: 'ok', messages: [hello] })
  expect(counted.input_tokens).toBe((await client.messages.create(base)).usage.input_tokens)
})

test('a limit and a stop sequence end a message with their reasons', async () => {
  expect(await client.messages.create({ ...base, max_tokens: 3 })).toMatchObject({
    stop_reason: 'max_tokens',
    usage: { output_tokens: 3 },
  })
  const stopped = await client.messages.create({ ...base, stop_sequences: ['nope', ' answer'] })
  expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' answer' })
})

test.each(['tool:get_weather', 'tool-parallel'])(
  'the Anthropic SDK ends a tool loop that began with %s',
  async (model) => {
    const request = { ...base, model, tools }
    for (const message of [
      await client.messages.create(request),
      await client.messages.stream(request).finalMessage(),
    ]) {
      const calls = message.content.filter((block) => block.type === 'tool_use')
      expect(message.stop_reason).toBe('tool_use')
      expect(calls).toHaveLength(model === 'tool-parallel' ? 2 : 1)
      expect(calls[0]).toMatchObject({ name: 'get_weather', input: { city: 'simulated city' } })
      const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'sunny' }))
      const messages = [
        hello,
        { role: message.role, content: message.content },
        { role: 'user' as const, content: results },
      ]
      expect((await client.messages.create({ ...request, messages })).stop_reason).toBe('end_turn')
    }
  },
)

test('signed thoughts go back as they came, and no others do', async () => {
  const request = {
    ...base,
    model: 'think=5;tool:get_weather',
    tools,
    max_tokens: 4_000,
    thinking: { type: 'enabled' as const, budget_tokens: 1_024 },
  }
  const whole = await client.messages.create(request)
  const streamed = await client.messages.stream(request).finalMessage()
  const thoughts = whole.content[0]
  expect(thoughts).toMatchObject({ type: 'thinking', thinking: 'The request asks for an' })
  expect(streamed.content[0]).toEqual(thoughts)
  const answer = (content: Anthropic.ContentBlockParam[]) => {
    const call = content.find((block) => block.type === 'tool_use')
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'sunny' }
    return client.messages.create({
      ...request,
      messages: [hello, { role: 'assistant', content }, { role: 'user', content: [result] }],
    })
  }
  expect((await answer(streamed.content)).stop_reason).toBe('end_turn')
  const [, call] = streamed.content
  if (thoughts?.type !== 'thinking' || call === undefined) throw new Error('no thought')
  // The text may be left out, as `display: omitted` leaves it out.
  expect((await answer([{ ...thoughts, thinking: '' }, call])).stop_reason).toBe('end_turn')
  const foreign = 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds'
  for (const changed of [
    { ...thoughts, thinking: 'Something else' },
    { ...thoughts, signature: foreign },
  ]) {
    await expect(answer([changed, call])).rejects.toThrow(/Invalid `signature` in `thinking` block/)
  }
  await expect(answer([call])).rejects.toThrow(/Expected `thinking` or `redacted_thinking`, but found `tool_use`/)
})

test('the Anthropic SDK parses what a schema asks for', async () => {
  const schema = {
    type: 'object',
    properties: { days: { type: 'integer' } },
    required: ['days'],
    additionalProperties: false,
  }
  const message = await client.messages.create({ ...base, output_config: { format: { type: 'json_schema', schema } } })
  expect(message.content).toMatchObject([{ type: 'text', text: '{"days":1}' }])
})

test('the Anthropic SDK knows the errors for what they are', async () => {
  const ask = (model: string) => client.messages.create({ ...base, model })
  await expect(ask('429;retry-after=1')).rejects.toBeInstanceOf(Anthropic.RateLimitError)
  await expect(ask('401')).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
  await expect(ask('403')).rejects.toBeInstanceOf(Anthropic.PermissionDeniedError)
  await expect(ask('500')).rejects.toBeInstanceOf(Anthropic.InternalServerError)
  await expect(ask('529')).rejects.toMatchObject({ status: 529, type: 'overloaded_error' })
  await expect(ask('cut@')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
  await expect(ask('reset')).rejects.toBeInstanceOf(Anthropic.APIConnectionError)
  await expect(client.messages.create({ ...base, messages: [] })).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
  })
})

test.each(['error-in-200', 'error-in-200@5', 'malformed@5', 'cut@40'])(
  'the Anthropic SDK fails on a stream with %s',
  async (model) => {
    await expect(client.messages.stream({ ...base, model }).finalMessage()).rejects.toThrow()
  },
)
