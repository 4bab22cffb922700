import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Program } from './start-program.ts'
import { startProgram } from './start-program.ts'

// The current `openai` package against the program as a new user starts it.

let program: Program
let client: OpenAI

beforeAll(async () => {
  program = await startProgram()
  client = new OpenAI({ baseURL: `${program.url}/v1`, apiKey: 'unused', maxRetries: 0 })
})

afterAll(() => program.close())

const messages = [{ role: 'user' as const, content: 'Say hello in French.' }]

test('a plain completion', async () => {
  const completion = await client.chat.completions.create({ model: 'auto', messages })
  expect(completion.object).toBe('chat.completion')
  expect(completion.choices[0]?.message.content).toBeTruthy()
  expect(completion.choices[0]?.finish_reason).toBe('stop')
  expect(completion.usage?.total_tokens).toBe(
    (completion.usage?.prompt_tokens ?? 0) + (completion.usage?.completion_tokens ?? 0),
  )
})

test('the answer says which model answered and what it was expected to cost', async () => {
  const { response } = await client.chat.completions.create({ model: 'auto', messages }).withResponse()
  expect(response.headers.get('x-route-model')).toMatch(/^simulated\//)
  expect(response.headers.get('x-route-router')).toMatch(/^clusters@/)
  expect(response.headers.get('x-route-policy')).toBe('balanced')
  expect(Number(response.headers.get('x-route-quality'))).toBeGreaterThan(0)
  expect(Number(response.headers.get('x-route-cost-usd'))).toBeGreaterThan(0)
  expect(response.headers.get('x-route-attempts')).toMatch(/outcome=ok/)
  expect(Number(response.headers.get('x-route-overhead-ms'))).toBeGreaterThan(0)
  const receipt = await fetch(`${program.url}/v1/decisions/${response.headers.get('x-route-id')}`)
  expect(await receipt.json()).toMatchObject({ model: response.headers.get('x-route-model'), policy: 'balanced' })
})

test('a stream, token by token, with usage exactly when asked', async () => {
  const stream = await client.chat.completions.create({ model: 'auto', messages, stream: true })
  let text = ''
  let finish: string | null = null
  for await (const chunk of stream) {
    expect(chunk.usage ?? null).toBeNull()
    text += chunk.choices[0]?.delta.content ?? ''
    finish = chunk.choices[0]?.finish_reason ?? finish
  }
  expect(text.length).toBeGreaterThan(0)
  expect(finish).toBe('stop')

  const counted = await client.chat.completions.create({
    model: 'auto',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = await Array.fromAsync(counted)
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
})

test('the stream helper assembles message, events and usage', async () => {
  const runner = client.chat.completions.stream({ model: 'auto', messages, stream_options: { include_usage: true } })
  const pieces: string[] = []
  runner.on('content', (delta) => pieces.push(delta))
  const completion = await runner.finalChatCompletion()
  expect(pieces.join('')).toBe(completion.choices[0]?.message.content)
  expect((await runner.totalUsage()).completion_tokens).toBeGreaterThan(0)
})

test('a tool call, streamed and not', async () => {
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        description: 'Weather of a city',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ]
  const asked = { model: 'auto', messages, tools, tool_choice: 'required' as const }
  const whole = await client.chat.completions.create(asked)
  const [call] = whole.choices[0]?.message.tool_calls ?? []
  expect(call?.type === 'function' && call.function.name).toBe('get_weather')
  expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
  const streamed = await client.chat.completions.stream(asked).finalChatCompletion()
  const [again] = streamed.choices[0]?.message.tool_calls ?? []
  expect(JSON.parse(again?.type === 'function' ? again.function.arguments : '')).toHaveProperty('city')
})

test('structured output parses', async () => {
  const schema = {
    type: 'object',
    properties: { answer: { type: 'string' } },
    required: ['answer'],
    additionalProperties: false,
  }
  const completion = await client.chat.completions.create({
    model: 'auto',
    messages,
    response_format: { type: 'json_schema', json_schema: { name: 'reply', schema, strict: true } },
  })
  expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toHaveProperty('answer')
})

test('an abort ends the stream without an answer', async () => {
  const stream = await client.chat.completions
    .create({
      model: 'simulated/never-ends',
      messages,
      stream: true,
    })
    .catch((error: unknown) => error)
  // The fault names are the stand-alone simulator's: the embedded pool serves catalogue models only.
  expect(stream).toBeInstanceOf(OpenAI.NotFoundError)

  const controller = new AbortController()
  const long = await client.chat.completions.create(
    { model: 'auto', messages, stream: true },
    { signal: controller.signal },
  )
  let chunks = 0
  for await (const _chunk of long) {
    chunks += 1
    controller.abort()
  }
  expect(chunks).toBeGreaterThan(0)
})

test('extra body fields reach the router', async () => {
  const cheap = await client.chat.completions
    .create({ model: 'auto', messages, routing: { preset: 'cheap', models: ['simulated/*'] } } as never)
    .withResponse()
  expect(cheap.response.headers.get('x-route-policy')).toBe('cheap')
})

test('errors are the SDK’s own classes with the gateway’s code', async () => {
  const missing = await client.chat.completions
    .create({ model: 'nobody/nothing', messages })
    .catch((error: unknown) => error)
  expect(missing).toBeInstanceOf(OpenAI.NotFoundError)
  expect(missing).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  const wrong = await client.chat.completions.create({ model: 'auto', messages: [] }).catch((error: unknown) => error)
  expect(wrong).toBeInstanceOf(OpenAI.BadRequestError)
  const infeasible = await client.chat.completions
    .create({ model: 'auto:max_cost=0.0000000001', messages })
    .catch((error: unknown) => error)
  expect(infeasible).toBeInstanceOf(OpenAI.UnprocessableEntityError)
  expect(infeasible).toMatchObject({ code: 'no_feasible_model' })
})

test('the model list holds auto, and a model can be asked for by name', async () => {
  const ids = (await Array.fromAsync(client.models.list())).map((model) => model.id)
  expect(ids).toContain('auto')
  const named = ids.find((id) => id.startsWith('simulated/'))
  expect(named).toBeDefined()
  expect((await client.models.retrieve(named ?? '')).id).toBe(named)
  const { response } = await client.chat.completions.create({ model: named ?? '', messages }).withResponse()
  expect(response.headers.get('x-route-model')).toBe(named)
})

test('embeddings: any model, named below the simulator', async () => {
  const model = 'simulated/openai/text-embedding-3-small'
  const { data, response } = await client.embeddings.create({ model, input: ['one text', 'another'] }).withResponse()
  expect(data.data.map(({ embedding }) => embedding.length)).toEqual([1_536, 1_536])
  expect(response.headers.get('x-route-model')).toBe(model)
  for (const name of ['openai/text-embedding-3-small', 'text-embedding-3-small']) {
    const refused = client.embeddings.create({ model: name, input: 'one text' })
    await expect(refused).rejects.toThrow(`Did you mean "simulated/${name}"?`)
  }
})

test('legacy completions are routed', async () => {
  const { choices, object } = await client.completions.create({ model: 'auto', prompt: 'Say hello in French.' })
  expect(object).toBe('text_completion')
  expect(choices[0]?.text).toContain('simulated')
})
