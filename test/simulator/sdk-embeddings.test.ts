import { GoogleGenAI } from '@google/genai'
import { CohereClientV2 } from 'cohere-ai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let openai: OpenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  openai = new OpenAI({ apiKey: 'none', baseURL: `${simulator.url}/v1`, maxRetries: 0, logLevel: 'off' })
})

afterAll(() => simulator.close())

const model = 'text-embedding-3-small'
const input = ['How do I reset my password?', 'Two eggs and some flour']
const lengthOf = (vector: readonly number[]) => Math.hypot(...vector)

/** The largest difference between two vectors. */
const distance = (left: readonly number[], right: readonly number[]) =>
  Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? Number.NaN))))

test('the OpenAI SDK reads the same vectors from base64, which it asks for by itself, and from floats', async () => {
  const itself = await openai.embeddings.create({ model, input })
  const floats = await openai.embeddings.create({ model, input, encoding_format: 'float' })
  expect(itself).toMatchObject({ object: 'list', model, usage: { prompt_tokens: 13, total_tokens: 13 } })
  expect(itself.data.map(({ index, object }) => [index, object])).toEqual([
    [0, 'embedding'],
    [1, 'embedding'],
  ])
  for (const [index, { embedding }] of itself.data.entries()) {
    expect(embedding).toHaveLength(1_536)
    expect(lengthOf([...embedding])).toBeCloseTo(1, 5)
    expect(distance([...embedding], floats.data[index]?.embedding ?? [])).toBeLessThan(1e-6)
  }
  expect(simulator.usage()).toMatchObject({ prompt_tokens: 26, completion_tokens: 0 })
})

test('base64 is asked for as such when it is said', async () => {
  const { data } = await openai.embeddings.create({ model, input: 'a', encoding_format: 'base64', dimensions: 8 })
  const bytes = Buffer.from(data[0]?.embedding as unknown as string, 'base64')
  expect(bytes).toHaveLength(8 * 4)
  const floats = await openai.embeddings.create({ model, input: 'a', encoding_format: 'float', dimensions: 8 })
  expect(Array.from({ length: 8 }, (_, at) => bytes.readFloatLE(at * 4))).toEqual(
    floats.data[0]?.embedding.map(Math.fround),
  )
})

test('inputs may be tokens, sizes may be chosen, and models have their own', async () => {
  const tokens = await openai.embeddings.create({ model, input: [[1, 2, 3], [4]] })
  expect(tokens.data).toHaveLength(2)
  expect(tokens.usage.prompt_tokens).toBe(4)
  expect((await openai.embeddings.create({ model, input: [1, 2, 3] })).data).toHaveLength(1)
  const sized = await openai.embeddings.create({ model, input: 'a', dimensions: 256 })
  expect(sized.data[0]?.embedding).toHaveLength(256)
  const large = await openai.embeddings.create({ model: 'text-embedding-3-large', input: 'a' })
  expect(large.data[0]?.embedding).toHaveLength(3_072)
})

test('the OpenAI SDK knows the errors for what they are', async () => {
  const ask = (name: string, more: object = {}) => openai.embeddings.create({ model: name, input: 'a', ...more })
  await expect(ask('429;retry-after=1')).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  await expect(ask('500')).rejects.toBeInstanceOf(OpenAI.InternalServerError)
  await expect(ask('reset')).rejects.toBeInstanceOf(OpenAI.APIConnectionError)
  await expect(ask('cut@')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  await expect(ask(model, { input: '' })).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
    message: "400 Invalid 'input': input cannot be an empty string.",
  })
  await expect(ask('')).rejects.toMatchObject({ status: 400, message: '400 you must provide a model parameter' })
})

test('Google’s SDK reads vectors: one a content, cut but not stretched by the first model', async () => {
  const google = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: simulator.url } })
  const ask = (name: string, outputDimensionality?: number) =>
    google.models.embedContent({
      model: name,
      contents: input,
      config: outputDimensionality === undefined ? {} : { outputDimensionality },
    })
  const whole = await ask('gemini-embedding-001')
  expect(whole.embeddings?.map(({ values = [] }) => [values.length, Math.round(lengthOf(values) * 1e6)])).toEqual([
    [3_072, 1e6],
    [3_072, 1e6],
  ])
  const cut = (await ask('gemini-embedding-001', 768)).embeddings?.[0]?.values ?? []
  expect(cut).toEqual(whole.embeddings?.[0]?.values?.slice(0, 768))
  expect(lengthOf(cut)).toBeLessThan(0.9)
  expect(lengthOf((await ask('gemini-embedding-next', 768)).embeddings?.[0]?.values ?? [])).toBeCloseTo(1, 6)
  await expect(google.models.embedContent({ model: 'gemini-embedding-001', contents: '' })).rejects.toMatchObject({
    status: 400,
  })
})

test('Gemini embeds one content at a path of its own', async () => {
  const response = await fetch(`${simulator.url}/v1beta/models/ok:embedContent`, {
    method: 'POST',
    body: JSON.stringify({ content: { parts: [{ text: 'a' }] }, output_dimensionality: 4 }),
  })
  expect(await response.json()).toMatchObject({
    embedding: { values: { length: 4 } },
    usageMetadata: { promptTokenCount: 1 },
  })
})

test('Cohere’s SDK reads vectors of every type', async () => {
  const cohere = new CohereClientV2({ token: 'none', environment: simulator.url })
  const { embeddings, texts, meta } = await cohere.embed(
    {
      model: 'embed-v4.0',
      texts: input,
      inputType: 'search_document',
      outputDimension: 256,
      embeddingTypes: ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'],
    },
    { maxRetries: 0 },
  )
  expect(texts).toEqual(input)
  expect(meta?.billedUnits?.inputTokens).toBe(13)
  const [vector = []] = embeddings.float ?? []
  expect(lengthOf(vector)).toBeCloseTo(1, 6)
  const largest = Math.max(...vector.map(Math.abs))
  expect(embeddings.int8?.[0]).toEqual(vector.map((value) => Math.round((value / largest) * 127)))
  expect(embeddings.uint8?.[0]).toEqual(embeddings.int8?.[0]?.map((value) => value + 127))
  expect(embeddings.ubinary?.[0]).toHaveLength(32)
  expect(embeddings.ubinary?.[0]?.[0]).toBe(
    Number.parseInt(
      vector
        .slice(0, 8)
        .map((value) => (value > 0 ? '1' : '0'))
        .join(''),
      2,
    ),
  )
  expect(embeddings.binary?.[0]).toEqual(embeddings.ubinary?.[0]?.map((bits) => bits - 128))
  expect(Buffer.from(embeddings.base64?.[0] ?? '', 'base64')).toHaveLength(256 * 4)
  const refused = cohere.embed({ model: 'embed-v4.0', texts: [], inputType: 'search_query' }, { maxRetries: 0 })
  await expect(refused).rejects.toMatchObject({ statusCode: 400 })
})

test('Ollama’s client reads vectors, and none for no input', async () => {
  const ollama = new Ollama({ host: simulator.url })
  const { embeddings, prompt_eval_count: tokens } = await ollama.embed({ model: 'nomic-embed-text', input })
  expect(embeddings.map((vector) => [vector.length, Math.round(lengthOf(vector) * 1e6)])).toEqual([
    [768, 1e6],
    [768, 1e6],
  ])
  expect(tokens).toBe(13)
  expect((await ollama.embed({ model: 'nomic-embed-text', input: [] })).embeddings).toEqual([])
  expect((await ollama.embed({ model: 'nomic-embed-text', input: 'a', dimensions: 64 })).embeddings[0]).toHaveLength(64)
})
