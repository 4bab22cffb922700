import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateObject, generateText, jsonSchema, streamText, tool } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Program } from './start-program.ts'
import { startProgram } from './start-program.ts'

// The Vercel AI SDK through its OpenAI-compatible provider, against the program as a new user starts it.

let program: Program
let provider: ReturnType<typeof createOpenAICompatible>

beforeAll(async () => {
  program = await startProgram()
  provider = createOpenAICompatible({
    name: 'thalamus',
    baseURL: `${program.url}/v1`,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
})

afterAll(() => program.close())

test('generateText answers with usage', async () => {
  const result = await generateText({ model: provider('auto'), prompt: 'Say hello in French.' })
  expect(result.text.length).toBeGreaterThan(0)
  expect(result.finishReason).toBe('stop')
  expect(result.usage.outputTokens).toBeGreaterThan(0)
})

test('streamText streams', async () => {
  const result = streamText({ model: provider('auto:cheap'), prompt: 'Say hello in French.' })
  const pieces = await Array.fromAsync(result.textStream)
  expect(pieces.length).toBeGreaterThan(1)
  expect(await result.finishReason).toBe('stop')
})

test('a tool is called', async () => {
  const result = await generateText({
    model: provider('auto'),
    prompt: 'What is the weather in Paris?',
    toolChoice: 'required',
    tools: {
      weather: tool({
        description: 'Weather of a city',
        inputSchema: jsonSchema<{ city: string }>({
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        }),
      }),
    },
  })
  expect(result.toolCalls[0]).toMatchObject({ toolName: 'weather', input: { city: expect.any(String) } })
})

test('generateObject gets an object of the schema', async () => {
  const { object } = await generateObject({
    model: provider('auto'),
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
