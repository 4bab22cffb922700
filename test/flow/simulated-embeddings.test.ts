import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { providers } from '../../src/providers/index.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Embeddings and legacy completions through the gateway, answered by the simulator: what it refuses, a provider refuses.

let simulator: RunningSimulator
let gateway: TestGateway
let client: OpenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  const { url } = simulator
  const at = (id: string, path: string) => {
    const provider = providers.get(id)
    if (provider === undefined) throw new Error(`no provider ${id}`)
    return { upstream: url + path, provider }
  }
  gateway = await startGateway({
    models: ['gpt-3.5-turbo-instruct', 'gpt-5-mini', 'gpt-3.5-turbo-instruct/cut@5', 'gpt-3.5-turbo-instruct/429'],
    provider: 'openai',
    upstream: `${url}/v1`,
    maxAttempts: 1,
    more: {
      google: at('google', '/v1beta'),
      cohere: at('cohere', ''),
      ollama: at('ollama', ''),
      vllm: { ...at('vllm', '/compatible/v1'), models: ['instruct'] },
    },
  })
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'x', maxRetries: 0, logLevel: 'off' })
})

afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

const lengthOf = (vector: readonly number[]) => Math.hypot(...vector)

const MODELS = [
  ['up/text-embedding-3-small', 1_536],
  ['vllm/some-model', 1_536],
  ['google/gemini-embedding-2', 3_072],
  ['cohere/embed-v4.0', 1_536],
  ['ollama/nomic-embed-text', 768],
] as const

test.each(MODELS)('%s embeds more texts than one call of some providers may hold', async (model, dimensions) => {
  const input = Array.from({ length: 130 }, (_, index) => `text number ${index}`)
  const { data, usage, object } = await client.embeddings.create({ model, input })
  expect(object).toBe('list')
  expect(data.map(({ index }) => index)).toEqual(input.map((_, index) => index))
  expect(data.every(({ embedding }) => embedding.length === dimensions)).toBe(true)
  expect(lengthOf([...(data[129]?.embedding ?? [])])).toBeCloseTo(1, 5)
  expect(usage.prompt_tokens).toBe(input.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0))
  // Whatever the batch, the same text has the same vector.
  const [alone] = (await client.embeddings.create({ model, input: 'text number 129' })).data
  expect([...(alone?.embedding ?? [])]).toEqual([...(data[129]?.embedding ?? [])])
})

test.each(MODELS)('%s takes a size and either encoding', async (model) => {
  const ask = { model, input: ['a', 'b'], dimensions: 256 }
  const base64 = await client.embeddings.create(ask)
  const floats = await client.embeddings.create({ ...ask, encoding_format: 'float' })
  expect(floats.data.map(({ embedding }) => [embedding.length, Math.round(lengthOf(embedding) * 1e6)])).toEqual([
    [256, 1e6],
    [256, 1e6],
  ])
  expect(base64.data.map(({ embedding }) => [...embedding])).toEqual(
    floats.data.map(({ embedding }) => embedding.map(Math.fround)),
  )
})

test.each(MODELS.map(([model]) => model.split('/')[0] ?? ''))('faults of %s become errors', async (provider) => {
  const fail = (behaviour: string) =>
    client.embeddings.create({ model: `${provider}/any/${behaviour}`, input: 'a' }).catch((error: unknown) => error)
  expect(await fail('429;retry-after=7')).toMatchObject({ status: 429, code: 'upstream_rate_limited' })
  for (const behaviour of ['503', 'error-in-200', 'malformed', 'cut', 'reset']) {
    const error = await fail(behaviour)
    expect(error, behaviour).toBeInstanceOf(OpenAI.APIError)
    expect((error as { status: number }).status, behaviour).toBeGreaterThanOrEqual(502)
  }
})

test.each([
  ['up/text-embedding-3-small', { input: '' }, /empty string/],
  ['up/text-embedding-3-small', { input: 'a', dimensions: 9_999 }, /Must be less than or equal to 1536/],
  ['google/gemini-embedding-2', { input: '' }, /empty Part/],
  ['cohere/embed-v4.0', { input: '' }, /empty string at index 0/],
  ['cohere/embed-v4.0', { input: 'a', dimensions: 300 }, /output_dimension must be one of/],
])('what %s refuses is refused in its words', async (model, more, message) => {
  await expect(client.embeddings.create({ model, ...more })).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(message),
  })
})

test.each(['up/gpt-3.5-turbo-instruct', 'vllm/instruct'])(
  '%s completes texts natively, with all that a chat has not',
  async (model) => {
    const ask = { model, prompt: ['Once', 'Twice'], n: 2, max_tokens: 5, echo: true }
    const { choices, usage, object } = await client.completions.create(ask)
    expect(object).toBe('text_completion')
    expect(choices.map(({ text }) => /^(?:Once|Twice)/.exec(text)?.[0])).toEqual(['Once', 'Once', 'Twice', 'Twice'])
    expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 20 })
    const said = ['', '', '', '']
    let billed: OpenAI.CompletionUsage | undefined
    const stream = await client.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })
    for await (const chunk of stream) {
      for (const { index, text } of chunk.choices) said[index] += text
      billed = chunk.usage ?? billed
    }
    expect(said).toEqual(choices.map(({ text }) => text))
    expect(billed).toEqual(usage)
    const scored = await client.completions.create({ model, prompt: 'Once', logprobs: 2 })
    expect(scored.choices[0]?.logprobs?.tokens).toHaveLength(16)
  },
)

test('a chat model is asked as a chat, which OpenAI’s completions would refuse', async () => {
  const { choices, object } = await client.completions.create({ model: 'up/gpt-5-mini', prompt: 'Once' })
  expect(object).toBe('text_completion')
  expect(choices[0]?.text).toContain('simulated')
})

test('a cut stream of a completion ends with an error and no [DONE], and a status is an error', async () => {
  const response = await fetch(`${gateway.url}/v1/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'up/gpt-3.5-turbo-instruct/cut@5', prompt: 'Once', stream: true }),
  })
  const text = await response.text()
  expect(text.match(/"finish_reason":null/g)).toHaveLength(5)
  expect(text).toContain('"error"')
  expect(text).not.toContain('[DONE]')
  const limited = client.completions.create({ model: 'up/gpt-3.5-turbo-instruct/429', prompt: 'Once' })
  await expect(limited).rejects.toMatchObject({ status: 429 })
})
