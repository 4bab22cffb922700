import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const client = (id: string) =>
  new OpenAI({ apiKey: 'none', baseURL: `${simulator.url}/${id}/v1`, maxRetries: 0, logLevel: 'off' })

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'hello' }]
const tools: OpenAI.ChatCompletionTool[] = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
}))
const IDS = ['mistral', 'deepseek', 'groq', 'moonshot', 'xai', 'perplexity']

async function chunksOf(id: string, request: Omit<OpenAI.ChatCompletionCreateParamsStreaming, 'stream'>) {
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of await client(id).chat.completions.create({ ...request, stream: true })) chunks.push(chunk)
  return chunks
}

test.each(IDS)('the OpenAI SDK reads an answer of %s, whole and streamed', async (id) => {
  const whole = await client(id).chat.completions.create({ model: 'ok', messages })
  const said = whole.choices[0]?.message.content
  expect(said).toContain('simulated')
  const chunks = await chunksOf(id, { model: 'ok', messages })
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(said)
  expect(chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.finish_reason ?? '')).join('')).toBe('stop')
  // All of them bill a stream without being asked.
  const bills = chunks.flatMap((chunk) => (chunk.usage ? [chunk.usage.completion_tokens] : []))
  expect(bills.at(-1)).toBe(60)
  expect(bills).toHaveLength(id === 'perplexity' ? 62 : 1)
})

test.each([
  ['mistral', /^[a-zA-Z0-9]{9}$/, 1],
  ['deepseek', /^call_0[01]_/, undefined],
  ['groq', /^[a-zA-Z0-9]{9}$/, 2],
  ['moonshot', /^functions\.get_(?:weather|time):[01]$/, undefined],
  ['xai', /^call_[0-9a-f]{8}$/, 2],
] as const)('%s calls tools with ids of its own, in chunks of its own', async (id, pattern, callChunks) => {
  const request = { model: 'tool-parallel', messages, tools }
  const { choices } = await client(id).chat.completions.create(request)
  expect(choices[0]?.finish_reason).toBe('tool_calls')
  const made = choices[0]?.message.tool_calls ?? []
  expect(made.map(({ id }) => id)).toEqual([expect.stringMatching(pattern), expect.stringMatching(pattern)])
  const chunks = await chunksOf(id, request)
  const carrying = chunks.filter((chunk) => chunk.choices[0]?.delta.tool_calls !== undefined)
  if (callChunks === undefined) expect(carrying.length).toBeGreaterThan(4)
  else expect(carrying).toHaveLength(callChunks)
  const deltas = carrying.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])
  const args = deltas.map((delta) => delta.function?.arguments ?? '').join('')
  expect(args).toBe('{"city":"simulated city"}'.repeat(2))
})

test('Mistral’s calls have neither index nor type, in a chunk with the finish and the bill', async () => {
  const chunks = await chunksOf('mistral', { model: 'tool:get_weather', messages, tools })
  const last = chunks.at(-1)
  expect(last?.choices[0]?.finish_reason).toBe('tool_calls')
  expect(Object.keys(last?.choices[0]?.delta.tool_calls?.[0] ?? {})).toEqual(['id', 'function'])
  expect(Object.keys(last?.usage ?? {}).sort()).toEqual(['completion_tokens', 'prompt_tokens', 'total_tokens'])
})

test.each([
  ['deepseek', 'reasoning_content'],
  ['moonshot', 'reasoning_content'],
  ['xai', 'reasoning_content'],
  ['groq', 'reasoning'],
] as const)('%s reasons in %s', async (id, member) => {
  const whole = await client(id).chat.completions.create({ model: 'think=3', messages })
  expect(whole.choices[0]?.message).toMatchObject({
    [member]: 'The request asks',
    content: expect.stringContaining('simulated'),
  })
  const chunks = await chunksOf(id, { model: 'think=3', messages })
  const thought = chunks.map((chunk) => (chunk.choices[0]?.delta as Record<string, string> | undefined)?.[member] ?? '')
  expect(thought.join('')).toBe('The request asks')
})

test('Mistral reasons in parts, Perplexity between tags', async () => {
  const mistral = await client('mistral').chat.completions.create({ model: 'think=3', messages })
  expect(mistral.choices[0]?.message.content).toMatchObject([
    { type: 'thinking', thinking: [{ type: 'text', text: 'The request asks' }] },
    { type: 'text' },
  ])
  const perplexity = await client('perplexity').chat.completions.create({ model: 'think=3', messages })
  expect(perplexity.choices[0]?.message.content).toMatch(/^<think>\nThe request asks<\/think>\n\nThis is/)
})

test('xAI counts reasoning beside the completion, the others within', async () => {
  const bill = async (id: string) => (await client(id).chat.completions.create({ model: 'think=3', messages })).usage
  const xai = await bill('xai')
  expect(xai).toMatchObject({ completion_tokens: 60, completion_tokens_details: { reasoning_tokens: 3 } })
  expect(xai?.total_tokens).toBe((xai?.prompt_tokens ?? 0) + 63)
  for (const id of ['deepseek', 'groq']) expect(await bill(id)).toMatchObject({ completion_tokens: 63 })
})

test('Groq names its request and its bill twice', async () => {
  const chunks = (await chunksOf('groq', { model: 'ok', messages })) as {
    x_groq?: { id?: string; usage?: object }
    usage?: object
  }[]
  expect(chunks[0]?.x_groq?.id).toMatch(/^req_/)
  expect(chunks.at(-1)?.x_groq?.usage).toEqual(chunks.at(-1)?.usage)
})

test('Kimi falls silent over ids that are not its own, and numbers its calls through', async () => {
  const ask = (id: string) =>
    client('moonshot').chat.completions.create({
      model: 'ok',
      tools,
      messages: [
        ...messages,
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: id, content: 'sunny' },
      ],
    })
  expect((await ask('functions.get_weather:0')).choices[0]?.message.content).toContain('simulated')
  expect((await ask('call_abc')).choices[0]?.message.content).toBe('')
  const later = await client('moonshot').chat.completions.create({
    model: 'tool:get_time',
    tools,
    messages: [
      ...messages,
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'functions.get_weather:0', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'functions.get_weather:0', content: 'sunny' },
      { role: 'user', content: 'and the time?' },
    ],
  })
  expect(later.choices[0]?.message.tool_calls?.[0]?.id).toBe('functions.get_time:1')
})

test.each(IDS)('the OpenAI SDK knows the errors of %s for what they are', async (id) => {
  const ask = (model: string) => client(id).chat.completions.create({ model, messages })
  await expect(ask('429;retry-after=1')).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  await expect(ask('401')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  await expect(ask('500')).rejects.toBeInstanceOf(OpenAI.InternalServerError)
})
