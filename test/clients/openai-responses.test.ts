import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { Response, ResponseInputItem, ResponseStreamEvent, Tool } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { CODEX } from '../wire/codex-request.ts'
import type { Program } from './start-program.ts'
import { startProgram } from './start-program.ts'

// The Responses API of the current `openai` package against the program as a new user starts it; the models behind it
// speak Chat Completions.

let program: Program
let client: OpenAI

beforeAll(async () => {
  program = await startProgram()
  client = new OpenAI({ baseURL: `${program.url}/v1`, apiKey: 'unused', maxRetries: 0 })
})

afterAll(() => program.close())

const input = 'Say hello in French.'
const weather: Tool = {
  type: 'function',
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
}

test('a plain response', async () => {
  const { data, response } = await client.responses
    .create({ model: 'auto', instructions: 'Be short.', input })
    .withResponse()
  expect(data.id).toMatch(/^resp_/)
  expect(data.status).toBe('completed')
  expect(data.output_text).toBeTruthy()
  expect(data.model).toBe(response.headers.get('x-route-model'))
  expect(data.usage?.total_tokens).toBe((data.usage?.input_tokens ?? 0) + (data.usage?.output_tokens ?? 0))
  expect(data.usage?.output_tokens).toBeGreaterThan(0)
})

test('a stream has every event of the documented sequence, numbered, under one item', async () => {
  const stream = await client.responses.create({ model: 'auto', input, stream: true })
  const events = await Array.fromAsync(stream)
  const types = events.map(({ type }) => type)
  expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
  const deltas = events.filter((event) => event.type === 'response.output_text.delta')
  expect(deltas.length).toBeGreaterThan(1)
  expect(new Set(deltas.map((event) => event.item_id)).size).toBe(1)
  const end = events.at(-1)
  const whole = end?.type === 'response.completed' ? end.response : undefined
  const [item] = whole?.output ?? []
  const [part] = item?.type === 'message' ? item.content : []
  expect(part).toMatchObject({ type: 'output_text', text: deltas.map((event) => event.delta).join('') })
  expect(whole?.usage?.output_tokens).toBeGreaterThan(0)
})

test('the stream helper assembles the same response', async () => {
  const runner = client.responses.stream({ model: 'auto', input })
  const pieces: string[] = []
  runner.on('response.output_text.delta', (event) => pieces.push(event.delta))
  const response = await runner.finalResponse()
  expect(response.status).toBe('completed')
  expect(response.output_text).toBe(pieces.join(''))
  expect(response.output_text.length).toBeGreaterThan(0)
})

test('the decision in a stream disturbs no helper', async () => {
  const asked = { model: 'auto', input, routing: { explain: true } }
  const response = await client.responses.stream(asked as never).finalResponse()
  expect(response.status).toBe('completed')
  const text = await (await client.responses.create({ ...asked, stream: true } as never).asResponse()).text()
  const [comment = ''] = text.split('\n')
  expect(JSON.parse(comment.replace(/^: routing /, ''))).toMatchObject({ routing: { policy: 'balanced' } })
})

test('a tool loop of three turns, whole and streamed', async () => {
  for (const isStreamed of [false, true]) {
    const items: ResponseInputItem[] = [{ role: 'user', content: 'What is the weather in Paris?' }]
    const turn = (choice: 'required' | 'auto') => {
      const asked = { model: 'auto', input: items, tools: [weather], tool_choice: choice }
      return isStreamed ? client.responses.stream(asked).finalResponse() : client.responses.create(asked)
    }
    for (const _ of [1, 2]) {
      const { output }: Response = await turn('required')
      const call = output.find((item) => item.type === 'function_call')
      expect(call).toMatchObject({ name: 'get_weather', status: 'completed', call_id: expect.stringMatching(/./) })
      expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: expect.any(String) })
      // As OpenAI's own examples do: the whole output goes back, then the results.
      items.push(...(output as ResponseInputItem[]))
      items.push({ type: 'function_call_output', call_id: call?.call_id ?? '', output: '{"celsius": 21}' })
      items.push({ role: 'user', content: 'And tomorrow?' })
    }
    const last = await turn('auto')
    expect(last.output_text.length).toBeGreaterThan(0)
  }
})

test('arguments stream under the call’s own item', async () => {
  const stream = await client.responses.create({
    model: 'auto',
    input,
    tools: [weather],
    tool_choice: { type: 'function', name: 'get_weather' },
    stream: true,
  })
  const events: ResponseStreamEvent[] = await Array.fromAsync(stream)
  const added = events.find((event) => event.type === 'response.output_item.added')
  expect(added?.item).toMatchObject({ type: 'function_call', arguments: '', status: 'in_progress' })
  const deltas = events.filter((event) => event.type === 'response.function_call_arguments.delta')
  const done = events.find((event) => event.type === 'response.function_call_arguments.done')
  expect(done?.arguments).toBe(deltas.map((event) => event.delta).join(''))
  expect([done?.item_id, ...deltas.map((event) => event.item_id)]).toEqual([done, ...deltas].map(() => added?.item.id))
})

test('structured output parses with zod, whole and streamed', async () => {
  const text = { format: zodTextFormat(z.object({ answer: z.string() }), 'reply') }
  const parsed = await client.responses.parse({ model: 'auto', input, text })
  expect(parsed.output_parsed).toEqual({ answer: expect.any(String) })
  const streamed = await client.responses.stream({ model: 'auto', input, text }).finalResponse()
  expect(streamed.output_parsed).toEqual({ answer: expect.any(String) })
})

test('an answer cut by a limit is incomplete, whole and streamed', async () => {
  const asked = { model: 'auto', input, max_output_tokens: 16 }
  for (const response of [await client.responses.create(asked), await client.responses.stream(asked).finalResponse()]) {
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    expect(response.output_text.length).toBeGreaterThan(0)
  }
})

test('errors are the SDK’s own classes with the gateway’s code and the field at fault', async () => {
  const failure = (body: object) =>
    client.responses.create({ model: 'auto', input, ...body }).catch((error: unknown) => error)
  const missing = await failure({ model: 'nobody/nothing' })
  expect(missing).toBeInstanceOf(OpenAI.NotFoundError)
  expect(missing).toMatchObject({ code: 'model_not_found', param: 'model' })
  for (const [body, param] of [
    [{ input: [] }, 'input'],
    [{ input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
    [{ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[0].call_id'],
    [{ tools: [{ type: 'function', parameters: {} }] }, 'tools[0].name'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
  ] as const) {
    const wrong = await failure(body)
    expect(wrong).toBeInstanceOf(OpenAI.BadRequestError)
    expect(wrong).toMatchObject({ type: 'invalid_request_error', param })
  }
})

test('Codex CLI’s request is served by a chat model', async () => {
  const { data, response } = await client.responses.create({ ...CODEX, stream: true } as never).withResponse()
  const events = await Array.fromAsync(data as unknown as AsyncIterable<ResponseStreamEvent>)
  expect(events.at(-1)?.type).toBe('response.completed')
  const losses = response.headers.get('x-route-losses') ?? ''
  for (const path of ['prompt_cache_key', 'tools[2]', 'input[8]']) expect(losses).toContain(path)
})
