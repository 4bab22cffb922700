import { afterEach, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, startGateway } from './start-gateway.ts'

// In which of its two APIs OpenAI is asked. The simulator refuses what OpenAI serves in the other one only.

let simulator: RunningSimulator | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await simulator?.close()
})

const MODELS = ['gpt-4.1', 'gpt-5-mini', 'gpt-5.4', 'gpt-5.6-sol', 'gpt-5-pro', 'gpt-5.3-codex', 'o3-deep-research']
const PARAMETERS = { type: 'object', properties: {} }
const CHAT_TOOL = { type: 'function', function: { name: 'look', parameters: PARAMETERS } }

const CLIENTS: Readonly<Record<string, (model: string) => readonly [path: string, body: object]>> = {
  'openai-chat, tools': (model) => ['/v1/chat/completions', { model, messages: HELLO, tools: [CHAT_TOOL] }],
  'openai-chat, tools and effort': (model) => [
    '/v1/chat/completions',
    { model, messages: HELLO, tools: [CHAT_TOOL], reasoning_effort: 'high' },
  ],
  'openai-chat, streamed': (model) => ['/v1/chat/completions', { model, messages: HELLO, stream: true }],
  'openai-responses': (model) => [
    '/v1/responses',
    {
      model,
      input: 'Hello',
      tools: [{ type: 'function', name: 'look', parameters: PARAMETERS, strict: false }],
      reasoning: { effort: 'high' },
      include: ['reasoning.encrypted_content'],
    },
  ],
  'anthropic-messages': (model) => [
    '/v1/messages',
    {
      model,
      messages: HELLO,
      max_tokens: 1_000,
      tools: [{ name: 'look', input_schema: PARAMETERS }],
      output_config: { effort: 'high' },
    },
  ],
  'gemini-generate': (model) => [
    `/v1beta/models/${model}:generateContent`,
    {
      contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
      tools: [{ functionDeclarations: [{ name: 'look', parameters: PARAMETERS }] }],
      generationConfig: { thinkingConfig: { thinkingBudget: 0 } },
    },
  ],
  'openai-completions': (model) => ['/v1/completions', { model, prompt: 'Once' }],
}

test.each(['openai', 'azure-openai'])('%s is asked where it answers, by clients of any format', async (provider) => {
  simulator = await startSimulator({ port: 0, maxBodyBytes: 100_000 })
  gateway = await startGateway({ models: MODELS, upstream: `${simulator.url}/v1`, provider })
  const answers: string[] = []
  for (const [client, request] of Object.entries(CLIENTS)) {
    for (const model of MODELS) {
      const [path, body] = request(`up/${model}`)
      const response = await fetch(`${gateway.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
      const text = await response.text()
      answers.push(`${client} ▶ ${model}: ${response.status}${response.ok ? '' : ` ${text}`}`)
    }
  }
  expect(answers.filter((answer) => !answer.endsWith(' 200'))).toEqual([])
})
