import type { Content, GenerateContentResponse } from '@google/genai'
import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'
import type { Program } from './start-program.ts'
import { startProgram } from './start-program.ts'

// The current `@google/genai` package against the program as a new user starts it. Behind it stands the simulator, which
// speaks Chat Completions and refuses what OpenAI would refuse.

let program: Program
let client: GoogleGenAI

beforeAll(async () => {
  program = await startProgram()
  client = clientOf(program.url)
})

afterAll(() => program.close())

function clientOf(baseUrl: string, apiKey = 'unused'): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl } })
}

const contents = 'Say hello in French.'
const declaration = {
  name: 'get_weather',
  description: 'Weather of a city',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const tools = [{ functionDeclarations: [declaration] }]

test('a plain answer, with its usage and the model that gave it', async () => {
  const answer = await client.models.generateContent({ model: 'auto', contents })
  expect(answer.text).toBeTruthy()
  expect(answer.candidates?.[0]?.finishReason).toBe('STOP')
  expect(answer.modelVersion).toMatch(/^simulated\//)
  expect(answer.sdkHttpResponse?.headers?.['x-route-model']).toBe(answer.modelVersion)
  const usage = answer.usageMetadata
  expect(usage?.totalTokenCount).toBe((usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0))
  expect(usage?.candidatesTokenCount).toBeGreaterThan(0)
})

test('a stream, piece by piece, ends with the finish and the usage', async () => {
  const whole = await client.models.generateContent({ model: 'auto', contents })
  const chunks = await Array.fromAsync(await client.models.generateContentStream({ model: 'auto', contents }))
  expect(chunks.length).toBeGreaterThan(3)
  expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe(whole.text)
  const ends = chunks.filter((chunk) => chunk.candidates?.[0]?.finishReason !== undefined)
  expect(ends).toEqual([chunks.at(-1)])
  expect(chunks.at(-1)?.usageMetadata?.totalTokenCount).toBe(whole.usageMetadata?.totalTokenCount)
})

test('options of routing in the model’s name and in the body', async () => {
  const named = await client.models.generateContent({ model: 'auto:cheap', contents })
  expect(named.sdkHttpResponse?.headers?.['x-route-policy']).toBe('cheap')
  const { modelVersion } = named
  const again = await client.models.generateContent({ model: modelVersion ?? '', contents })
  expect(again.modelVersion).toBe(modelVersion)
  const extraBody = { routing: { preset: 'cheap', models: ['simulated/*'] } }
  const asked = await client.models.generateContent({ model: 'auto', contents, config: { httpOptions: { extraBody } } })
  expect(asked.sdkHttpResponse?.headers?.['x-route-policy']).toBe('cheap')
})

const force = { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } }

test('a loop of calls and results over three turns of the user, streamed and not', async () => {
  for (const isStreamed of [false, true]) {
    const history: Content[] = []
    for (const city of ['Paris', 'Bern', 'Oslo']) {
      history.push({ role: 'user', parts: [{ text: `How is the weather in ${city}?` }] })
      const called = await ask(history, isStreamed, { tools, toolConfig: force })
      history.push(...called.contents)
      const [call, ...others] = called.contents
        .flatMap((content) => content.parts ?? [])
        .flatMap((part) => part.functionCall ?? [])
      expect(others).toEqual([])
      expect(call?.name).toBe('get_weather')
      expect(call?.args).toHaveProperty('city')
      expect(called.finish).toBe('STOP')
      // Ids are optional in this format: with one and without.
      const id = isStreamed && call?.id !== undefined ? { id: call.id } : {}
      history.push({
        role: 'user',
        parts: [{ functionResponse: { ...id, name: 'get_weather', response: { output: 'sunny' } } }],
      })
      const told = await ask(history, isStreamed, { tools })
      expect(told.text).toBeTruthy()
      history.push(...told.contents)
    }
    expect(history.filter((content) => content.role === 'user')).toHaveLength(6)
  }
})

async function ask(history: Content[], isStreamed: boolean, config: object) {
  const asked = { model: 'auto', contents: history, config }
  const chunks: GenerateContentResponse[] = isStreamed
    ? await Array.fromAsync(await client.models.generateContentStream(asked))
    : [await client.models.generateContent(asked)]
  const said = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content ?? [])
  return {
    contents: said,
    // Not `chunk.text`, which warns of the calls beside it.
    text: said
      .flatMap((content) => content.parts ?? [])
      .map((part) => part.text ?? '')
      .join(''),
    finish: chunks.at(-1)?.candidates?.[0]?.finishReason,
  }
}

test('a chat of the SDK remembers its turns', async () => {
  const chat = client.chats.create({ model: 'auto' })
  for (const message of ['Hello', 'And again']) {
    const chunks = await Array.fromAsync(await chat.sendMessageStream({ message }))
    expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBeTruthy()
  }
  expect(chat.getHistory(true).filter((content) => content.role === 'user')).toHaveLength(2)
})

test('structured output fits its schema', async () => {
  const responseJsonSchema = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }
  const answer = await client.models.generateContent({
    model: 'auto',
    contents,
    config: { responseMimeType: 'application/json', responseJsonSchema },
  })
  expect(JSON.parse(answer.text ?? '')).toHaveProperty('answer')
})

test('errors are the SDK’s ApiError with the gateway’s code', async () => {
  const refused = async (asked: { model: string; contents: string | Content[] }) =>
    client.models.generateContent(asked).catch((thrown: unknown) => thrown)
  const missing = await refused({ model: 'nobody/nothing', contents })
  expect(missing).toBeInstanceOf(ApiError)
  expect(missing).toMatchObject({ status: 404 })
  expect((missing as ApiError).message).toContain('model_not_found')
  const infeasible = await refused({ model: 'auto:max_cost=0.0000000001', contents })
  expect(infeasible).toMatchObject({ status: 422 })
  const wrong = await refused({ model: 'auto', contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] })
  expect(wrong).toMatchObject({ status: 400 })
  expect((wrong as ApiError).message).toContain('contents[0].role')
  const streamed = await client.models
    .generateContentStream({ model: 'nobody/nothing', contents })
    .catch((thrown: unknown) => thrown)
  expect(streamed).toBeInstanceOf(ApiError)
})

test('without alt=sse a stream is a JSON list', async () => {
  const response = await fetch(`${program.url}/v1beta/models/auto:streamGenerateContent`, {
    method: 'POST',
    body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }] }),
  })
  expect(response.headers.get('content-type')).toContain('application/json')
  const list = (await response.json()) as { candidates: { content: Content; finishReason?: string }[] }[]
  expect(list.length).toBeGreaterThan(3)
  expect(list.at(-1)?.candidates[0]?.finishReason).toBe('STOP')
  expect(list.map((one) => one.candidates[0]?.content.parts?.[0]?.text).join('')).toBeTruthy()
})

test('a key is taken from its header and from the query, and a wrong one is refused', async () => {
  const simulator = await startSimulator({ port: 0 })
  const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('team-key')))
  const key = { name: 'team', sha256, routing: {}, promptFlags: 'tighten' } as const
  const gateway: TestGateway = await startGateway({ models: ['ok'], upstream: `${simulator.url}/v1`, keys: [key] })
  try {
    const answer = await clientOf(gateway.url, 'team-key').models.generateContent({ model: 'up/ok', contents })
    expect(answer.text).toBeTruthy()
    const wrong = await clientOf(gateway.url, 'other')
      .models.generateContent({ model: 'up/ok', contents })
      .catch((thrown: unknown) => thrown)
    expect(wrong).toBeInstanceOf(ApiError)
    expect(wrong).toMatchObject({ status: 401 })
    const ask = (query: string) =>
      fetch(`${gateway.url}/v1beta/models/up/ok:generateContent${query}`, {
        method: 'POST',
        body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }] }),
      })
    expect((await ask('?key=team-key')).status).toBe(200)
    expect((await ask('?key=other')).status).toBe(401)
    expect((await ask('')).status).toBe(401)
  } finally {
    await gateway.close()
    await simulator.close()
  }
})
