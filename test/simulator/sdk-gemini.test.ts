import { ApiError, type Content, FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'

let simulator: RunningSimulator
let client: GoogleGenAI

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: simulator.url } })
})

afterAll(() => simulator.close())

const tools = [
  {
    functionDeclarations: ['get_weather', 'get_time'].map((name) => ({
      name,
      parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
    })),
  },
]

async function streamed(request: Parameters<GoogleGenAI['models']['generateContentStream']>[0]) {
  const chunks = []
  for await (const chunk of await client.models.generateContentStream(request)) chunks.push(chunk)
  return chunks
}

test('the Google SDK reads an answer, whole and streamed', async () => {
  const whole = await client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'hello' })
  expect(whole.text).toContain('simulated')
  expect(whole.candidates?.[0]?.finishReason).toBe('STOP')
  const chunks = await streamed({ model: 'gemini-2.5-flash', contents: 'hello' })
  expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe(whole.text)
  expect(chunks.at(-1)?.usageMetadata).toEqual(whole.usageMetadata)
  expect(whole.usageMetadata).toMatchObject({ candidatesTokenCount: 60 })
})

test('the Google SDK counts tokens, and the count is what the answer is billed', async () => {
  const counted = await client.models.countTokens({ model: 'ok', contents: 'hello' })
  const whole = await client.models.generateContent({ model: 'ok', contents: 'hello' })
  expect(counted.totalTokens).toBe(whole.usageMetadata?.promptTokenCount)
})

test.each(['gemini-3-pro/tool:get_weather', 'gemini-3-pro/tool-parallel', 'gemini-2.5-pro;x/tool-parallel'])(
  'the Google SDK ends a tool loop that began with %s',
  async (model) => {
    const config = { tools }
    const whole = await client.models.generateContent({ model, contents: 'hello', config })
    const chunks = await streamed({ model, contents: 'hello', config })
    const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
    const streamedParts = parts.filter((part) => part.functionCall !== undefined)
    for (const given of [whole.candidates?.[0]?.content?.parts ?? [], streamedParts]) {
      expect(given).toHaveLength(model.endsWith('tool-parallel') ? 2 : 1)
      expect(given[0]?.functionCall).toMatchObject({ name: 'get_weather', args: { city: 'simulated city' } })
      expect(given.map((part) => part.thoughtSignature !== undefined)).toEqual(
        given.map((_, index) => model.startsWith('gemini-3') && index === 0),
      )
      const answers = given.map(({ functionCall }) => ({
        functionResponse: { name: functionCall?.name ?? '', response: { result: 'sunny' } },
      }))
      const contents: Content[] = [
        { role: 'user', parts: [{ text: 'hello' }] },
        { role: 'model', parts: given },
        { role: 'user', parts: answers },
      ]
      expect((await client.models.generateContent({ model, contents, config })).text).toContain('simulated')
      const short = client.models.generateContent({
        model,
        contents: [...contents.slice(0, 2), { role: 'user', parts: [...answers, ...answers] }],
        config,
      })
      await expect(short).rejects.toThrow(/number of function response parts/)
    }
  },
)

test('thoughts come first, are counted apart and signed', async () => {
  const model = 'think=4'
  const whole = await client.models.generateContent({ model, contents: 'hello' })
  const [thought, said] = whole.candidates?.[0]?.content?.parts ?? []
  expect(thought).toEqual({ text: 'The request asks for', thought: true })
  expect(said?.thoughtSignature).toMatch(/^[A-Za-z0-9+/]+=*$/)
  expect(whole.usageMetadata).toMatchObject({ thoughtsTokenCount: 4, candidatesTokenCount: 60 })
  const contents = (signature: string): Content[] => [
    { role: 'user', parts: [{ text: 'hello' }] },
    { role: 'model', parts: [{ text: 'Hi.', thoughtSignature: signature }] },
    { role: 'user', parts: [{ text: 'and?' }] },
  ]
  const back = (signature: string) => client.models.generateContent({ model, contents: contents(signature) })
  expect((await back(said?.thoughtSignature ?? '')).text).toContain('simulated')
  await expect(back(btoa('somebody else signed this'))).rejects.toThrow(/Corrupted thought signature/)
})

test('the mode of calls is honoured', async () => {
  const ask = (mode: FunctionCallingConfigMode, allowedFunctionNames?: string[]) =>
    client.models.generateContent({
      model: 'ok',
      contents: 'hello',
      config: {
        tools,
        toolConfig: { functionCallingConfig: { mode, ...(allowedFunctionNames ? { allowedFunctionNames } : {}) } },
      },
    })
  expect((await ask(FunctionCallingConfigMode.ANY, ['get_time'])).functionCalls?.[0]?.name).toBe('get_time')
  expect((await ask(FunctionCallingConfigMode.NONE)).functionCalls).toBeUndefined()
})

test('the Google SDK knows the errors for what they are', async () => {
  for (const status of [400, 401, 403, 429, 500, 503]) {
    const failure = client.models.generateContent({ model: `${status}`, contents: 'hello' })
    await expect(failure).rejects.toBeInstanceOf(ApiError)
    await expect(failure).rejects.toMatchObject({ status })
  }
  await expect(client.models.generateContent({ model: 'cut@', contents: 'hello' })).rejects.toMatchObject({
    status: 404,
  })
  await expect(client.models.generateContent({ model: '429;retry-after=7', contents: 'x' })).rejects.toThrow(
    /"retryDelay":"7s"/,
  )
})

test.each(['error-in-200', 'malformed@5', 'cut@40'])('the Google SDK fails on a stream with %s', async (model) => {
  await expect(streamed({ model, contents: 'hello' })).rejects.toThrow()
})

test('Vertex paths answer the SDK in its Vertex mode', async () => {
  const vertex = new GoogleGenAI({ vertexai: true, apiKey: 'none', httpOptions: { baseUrl: simulator.url } })
  expect((await vertex.models.generateContent({ model: 'gemini-2.5-flash', contents: 'hello' })).text).toContain(
    'simulated',
  )
})
