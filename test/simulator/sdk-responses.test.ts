import OpenAI from 'openai'
import type { ResponseCreateParamsNonStreaming, ResponseInput } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: OpenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new OpenAI({ apiKey: 'none', baseURL: `${simulator.url}/v1`, maxRetries: 0, logLevel: 'off' })
})

afterAll(() => simulator.close())

const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function' as const,
  name,
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}))

const streamed = (request: ResponseCreateParamsNonStreaming) =>
  client.responses.stream(request as never).finalResponse()

test('the OpenAI SDK reads a response, whole and streamed', async () => {
  const whole = await client.responses.create({ model: 'gpt-5/ok', input: 'hello' })
  expect(whole).toMatchObject({ object: 'response', status: 'completed', model: 'gpt-5/ok' })
  expect(whole.output_text).toContain('simulated')
  expect(whole._request_id).toMatch(/^req_/)
  const final = await streamed({ model: 'gpt-5/ok', input: 'hello' })
  expect(final.output_text).toBe(whole.output_text)
  expect(final.usage).toEqual(whole.usage)
  expect(final.usage?.output_tokens).toBe(60)
})

test('the events are numbered without a gap, and each text is told three times the same', async () => {
  const events = []
  for await (const event of await client.responses.create({ model: 'ok', input: 'hello', stream: true }))
    events.push(event)
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
  const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : [])).join('')
  expect(events.find((event) => event.type === 'response.output_text.done')).toMatchObject({ text: deltas })
  expect(events.at(-1)).toMatchObject({
    type: 'response.completed',
    response: { output: [{ content: [{ text: deltas }] }] },
  })
})

test('a limit leaves a response incomplete', async () => {
  const request = { model: 'ok', input: 'hello', max_output_tokens: 16 }
  for (const response of [await client.responses.create(request), await streamed(request)]) {
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    expect(response.usage?.output_tokens).toBe(16)
  }
})

test.each(['tool:get_weather', 'tool-parallel', 'think=3;tool-parallel'])(
  'the OpenAI SDK ends a tool loop that began with %s',
  async (model) => {
    const request = { model, input: 'hello', tools, store: false, include: ['reasoning.encrypted_content' as const] }
    for (const response of [await client.responses.create(request), await streamed(request)]) {
      const calls = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))
      expect(calls).toHaveLength(model.endsWith('parallel') ? 2 : 1)
      expect(calls[0]).toMatchObject({ name: 'get_weather', call_id: expect.stringMatching(/^call_/) })
      expect(JSON.parse(calls[0]?.arguments ?? '')).toEqual({ city: 'simulated city' })
      const input = [
        { role: 'user', content: 'hello' },
        // The SDK's own additions to what came are not for sending back.
        ...response.output.map((item) => ({ ...item, parsed_arguments: undefined })),
        ...calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'sunny' })),
      ] as ResponseInput
      expect((await client.responses.create({ ...request, input })).output_text).toContain('simulated')
    }
  },
)

test('reasoning is an item of its own, sealed when asked for, and bound to what follows it', async () => {
  const request = {
    model: 'think=3;tool:get_weather',
    input: 'hello',
    tools,
    store: false,
    include: ['reasoning.encrypted_content' as const],
  }
  const { output, usage } = await client.responses.create(request)
  expect(usage?.output_tokens_details.reasoning_tokens).toBe(3)
  const [thought, call] = output
  if (thought?.type !== 'reasoning' || call?.type !== 'function_call') throw new Error('no reasoning')
  expect(thought.summary).toEqual([{ type: 'summary_text', text: 'The request asks' }])
  const answer = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' }
  const back = (items: ResponseInput) =>
    client.responses.create({ ...request, input: [{ role: 'user', content: 'hello' }, ...items] })
  await expect(back([thought, answer])).rejects.toThrow(/provided without its required following item/)
  await expect(back([call, answer])).rejects.toThrow(/provided without its required 'reasoning' item/)
  expect((await back([{ ...call, id: undefined as never }, answer])).status).toBe('completed')
  await expect(back([{ ...thought, encrypted_content: 'gAAAAABo1' }, call, answer])).rejects.toMatchObject({
    code: 'invalid_encrypted_content',
  })
  const bare = { ...thought, encrypted_content: null }
  await expect(back([bare, call, answer])).rejects.toMatchObject({ status: 404 })
})

test('the OpenAI SDK parses what a schema asks for', async () => {
  const schema = {
    type: 'object',
    properties: { days: { type: 'integer' } },
    required: ['days'],
    additionalProperties: false,
  }
  const format = { type: 'json_schema' as const, name: 'x', schema, strict: true }
  expect((await client.responses.create({ model: 'ok', input: 'hello', text: { format } })).output_text).toBe(
    '{"days":1}',
  )
})

test('the OpenAI SDK knows the errors for what they are', async () => {
  const ask = (model: string) => client.responses.create({ model, input: 'hello' })
  await expect(ask('429;retry-after=1')).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  await expect(ask('401')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  await expect(ask('500')).rejects.toBeInstanceOf(OpenAI.InternalServerError)
  await expect(ask('cut@')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
})

test.each(['error-in-200', 'error-in-200@5', 'malformed@5', 'cut@40'])(
  'the OpenAI SDK fails on a response with %s',
  async (model) => {
    const read = async () => {
      let last: string | undefined
      for await (const event of await client.responses.create({ model, input: 'hello', stream: true }))
        last = event.type
      if (last !== 'response.completed') throw new Error(`ended with ${last}`)
    }
    await expect(read()).rejects.toThrow()
  },
)

test('an error that is there from the beginning comes after the opening events', async () => {
  const types: string[] = []
  const read = async () => {
    for await (const event of await client.responses.create({ model: 'error-in-200', input: 'x', stream: true }))
      types.push(event.type)
  }
  await expect(read()).rejects.toThrow(/had an error/)
  expect(types).toEqual(['response.created', 'response.in_progress'])
})
