import { createOpenAI } from '@ai-sdk/openai'
import { generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Program } from './start-program.ts'
import { startProgram } from './start-program.ts'

// The Vercel AI SDK's OpenAI provider, whose default is the Responses API, against the program as a new user starts it.

let program: Program
let openai: ReturnType<typeof createOpenAI>

beforeAll(async () => {
  program = await startProgram()
  openai = createOpenAI({ baseURL: `${program.url}/v1`, apiKey: 'unused' })
})

afterAll(() => program.close())

const prompt = 'What is the weather in Paris?'
const tools = {
  weather: tool({
    description: 'Weather of a city',
    inputSchema: jsonSchema<{ city: string }>({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    }),
    execute: ({ city }) => ({ city, celsius: 21 }),
  }),
}

test('generateText answers with usage', async () => {
  const result = await generateText({ model: openai('auto'), system: 'Be short.', prompt })
  expect(result.text.length).toBeGreaterThan(0)
  expect(result.finishReason).toBe('stop')
  expect(result.usage.outputTokens).toBeGreaterThan(0)
})

test('streamText streams', async () => {
  const result = streamText({ model: openai('auto'), prompt })
  const pieces = await Array.fromAsync(result.textStream)
  expect(pieces.length).toBeGreaterThan(1)
  expect(await result.finishReason).toBe('stop')
  expect((await result.usage).outputTokens).toBeGreaterThan(0)
})

test('a tool loop ends with words, whole and streamed', async () => {
  const asked = {
    model: openai('auto'),
    prompt,
    tools,
    // The simulated models call a tool only when they must.
    prepareStep: ({ stepNumber }: { stepNumber: number }) => ({
      toolChoice: stepNumber < 2 ? ('required' as const) : ('auto' as const),
    }),
    stopWhen: stepCountIs(4),
    // Nothing is kept, so the whole conversation goes back.
    providerOptions: { openai: { store: false } },
  }
  const whole = await generateText(asked)
  const streamed = streamText(asked)
  await streamed.consumeStream()
  for (const steps of [whole.steps, await streamed.steps]) {
    expect(steps.map((step) => step.finishReason)).toEqual(['tool-calls', 'tool-calls', 'stop'])
    expect(steps[0]?.toolCalls[0]).toMatchObject({ toolName: 'weather', input: { city: expect.any(String) } })
    expect(steps.at(-1)?.text.length).toBeGreaterThan(0)
  }
})

test('a second turn goes on from the first, and one that only refers to it is told how', async () => {
  const said = (text: string) => ({ role: 'user' as const, content: text })
  for (const store of [false, true]) {
    const asked = { model: openai('auto'), maxRetries: 0, providerOptions: { openai: { store } } }
    const first = await generateText({ ...asked, messages: [said(prompt)] })
    const messages = [said(prompt), ...first.response.messages, said('And tomorrow?')]
    // Where answers are kept the SDK sends references to them instead of what was said.
    if (store) await expect(generateText({ ...asked, messages })).rejects.toThrow(/store set to false/)
    else expect((await generateText({ ...asked, messages })).text.length).toBeGreaterThan(0)
  }
})

test('generateObject gets an object of the schema', async () => {
  const { object } = await generateObject({
    model: openai('auto'),
    prompt: 'Name a colour.',
    schema: jsonSchema<{ colour: string }>({
      type: 'object',
      properties: { colour: { type: 'string' } },
      required: ['colour'],
      additionalProperties: false,
    }),
  })
  expect(object).toEqual({ colour: expect.any(String) })
})
