import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { streamText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'

// A stream that is cut after its first part has no status line left to fail with: each client must see that it failed.

let simulator: Awaited<ReturnType<typeof startSimulator>>
let gateway: TestGateway

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
  gateway = await startGateway({ models: ['cut@20;itl=1', 'error-in-200@20;itl=1'], upstream: `${simulator.url}/v1` })
})

afterAll(async () => {
  await gateway.close()
  await simulator.close()
})

const MODELS = ['up/cut@20;itl=1', 'up/error-in-200@20;itl=1']

test.each(MODELS)('the OpenAI SDK throws in the middle of %s', async (model) => {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'unused', maxRetries: 0 })
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  })
  let text = ''
  const reading = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  }
  await expect(reading()).rejects.toThrow(OpenAI.APIError)
  expect(text.length).toBeGreaterThan(0)
})

test.each(MODELS)('the AI SDK reports an error in the middle of %s', async (model) => {
  const provider = createOpenAICompatible({ name: 'thalamus', baseURL: `${gateway.url}/v1` })
  const errors: unknown[] = []
  const result = streamText({
    model: provider(model),
    prompt: 'Hello',
    maxRetries: 0,
    onError: ({ error }) => void errors.push(error),
  })
  const types = (await Array.fromAsync(result.fullStream)).map((part) => part.type)
  expect(types).toContain('text-delta')
  expect(types).toContain('error')
  expect(errors).toHaveLength(1)
})
