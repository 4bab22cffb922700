import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: OpenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new OpenAI({ apiKey: 'none', baseURL: `${simulator.url}/v1`, maxRetries: 0, logLevel: 'off' })
})

afterAll(() => simulator.close())

const messages = [{ role: 'user' as const, content: 'hello' }]
const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

test('the OpenAI SDK reads an answer and a list of models', async () => {
  const completion = await client.chat.completions.create({ model: 'openai/gpt-5-mini', messages })
  expect(completion.choices[0]?.message.content).toContain('simulated')
  expect(completion._request_id).toMatch(/^req_/)
  const models = await client.models.list()
  expect(models.data.some((model) => model.id === 'never-ends')).toBe(true)
})

test('the OpenAI SDK reads a stream, its helper and its bill', async () => {
  const stream = client.chat.completions.stream({ model: 'itl=1', messages, stream_options: { include_usage: true } })
  const completion = await stream.finalChatCompletion()
  expect(completion.usage?.completion_tokens).toBe(60)
  expect(completion.choices[0]?.message.content).toContain('simulated')
})

test('the OpenAI SDK parses structured answers, whole and streamed', async () => {
  const shape = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.enum(['a', 'b'])) })
  const request = { model: 'ok', messages, response_format: zodResponseFormat(shape, 'weather') }
  const completion = await client.chat.completions.parse(request)
  expect(shape.safeParse(completion.choices[0]?.message.parsed).success).toBe(true)
  const streamed = await client.chat.completions.stream(request).finalChatCompletion()
  expect(shape.safeParse(streamed.choices[0]?.message.parsed).success).toBe(true)
})

test.each(['tool:get_weather', 'tool-parallel'])('the OpenAI SDK runs a tool loop to its end: %s', async (model) => {
  const asked: unknown[] = []
  const tool = {
    type: 'function' as const,
    function: {
      ...weather.function,
      description: 'The weather in a city.',
      parse: (text: string): object => JSON.parse(text),
      function: (args: object) => {
        asked.push(args)
        return 'sunny'
      },
    },
  }
  const runner = client.chat.completions.runTools({ model, messages, tools: [tool], stream: true })
  expect(await runner.finalContent()).toContain('simulated')
  expect(asked).toHaveLength(model === 'tool-parallel' ? 2 : 1)
  expect(asked[0]).toEqual({ city: 'simulated city' })
})

test('the OpenAI SDK knows the errors for what they are', async () => {
  const ask = (model: string) => client.chat.completions.create({ model, messages })
  await expect(ask('429;retry-after=1')).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  await expect(ask('401')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  await expect(ask('500')).rejects.toBeInstanceOf(OpenAI.InternalServerError)
  await expect(ask('cut@')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  await expect(ask('reset')).rejects.toBeInstanceOf(OpenAI.APIConnectionError)
  await expect(client.chat.completions.create({ model: 'ok', messages: [] })).rejects.toMatchObject({
    status: 400,
    code: 'empty_array',
    param: 'messages',
  })
})

test.each(['error-in-200', 'error-in-200@5', 'malformed@5', 'cut@40'])(
  'the OpenAI SDK fails on a stream with %s',
  async (model) => {
    const read = async () => {
      for await (const _ of await client.chat.completions.create({ model, messages, stream: true }));
    }
    await expect(read()).rejects.toThrow()
  },
)

test('an abort of the OpenAI SDK reaches the simulator', async () => {
  const stream = await client.chat.completions.create({ model: 'never-ends', messages, stream: true })
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content !== '') break
  }
  for (let turn = 0; turn < 100_000 && simulator.usage().aborted === 0; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(simulator.usage()).toMatchObject({ aborted: 1, active: 0 })
})
