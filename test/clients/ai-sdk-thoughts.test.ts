import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModel } from 'ai'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { startCaptureUpstream } from '../flow/capture-upstream.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'

// Tool loops of the Vercel AI SDK against a model that is asked in Anthropic's format and thinks, speaks and calls.
// Names of models have a slash here, and the Google provider then leaves `models/` out of the path. The OpenAI provider
// believes that answers are kept, and sends references to thoughts and words.

let upstream: CaptureUpstream
let gateway: TestGateway

const THOUGHT = { type: 'thinking', thinking: 'Let me look.', signature: 'c2ln' }
const WORDS = { type: 'text', text: 'One moment.' }
const CALL = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Paris' } }
const USAGE = { input_tokens: 3, output_tokens: 2 }
const HEAD = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage: USAGE }

beforeAll(async () => {
  upstream = await startCaptureUpstream((response, { body }) => {
    const { messages, stream } = JSON.parse(body.toString())
    const blocks = messages.length === 1 ? [THOUGHT, WORDS, CALL] : [{ type: 'text', text: 'Warm.' }]
    const stop_reason = messages.length === 1 ? 'tool_use' : 'end_turn'
    if (stream !== true) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ ...HEAD, content: blocks, stop_reason }))
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    const events = [
      { type: 'message_start', message: HEAD },
      ...blocks.flatMap((block, index) => eventsOf(block, index)),
      { type: 'message_delta', delta: { stop_reason }, usage: USAGE },
      { type: 'message_stop' },
    ]
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  })
  gateway = await startGateway({ models: ['claude-sonnet-4-5'], upstream: upstream.url, provider: 'anthropic' })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => {
  upstream.requests.length = 0
})

function eventsOf(block: Record<string, unknown>, index: number) {
  const { empty, deltas } = piecesOf(block)
  return [
    { type: 'content_block_start', index, content_block: { ...block, ...empty } },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

function piecesOf(block: Record<string, unknown>) {
  if (block === THOUGHT)
    return {
      empty: { thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking: 'Let me ' },
        { type: 'thinking_delta', thinking: 'look.' },
        { type: 'signature_delta', signature: 'c2ln' },
      ],
    }
  if (block === CALL)
    return { empty: { input: {} }, deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(CALL.input) }] }
  return { empty: { text: '' }, deltas: [{ type: 'text_delta', text: block['text'] }] }
}

function google(): LanguageModel {
  return createGoogleGenerativeAI({ baseURL: `${gateway.url}/v1beta`, apiKey: 'unused' })('up/claude-sonnet-4-5')
}

function openai(): LanguageModel {
  return createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'unused' })('up/claude-sonnet-4-5')
}

function asked(model: LanguageModel) {
  return {
    model,
    prompt: 'What is the weather in Paris?',
    providerOptions: { google: { thinkingConfig: { thinkingBudget: 1_024, includeThoughts: true } } },
    tools: {
      weather: tool({
        description: 'Weather of a city',
        inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
        execute: ({ city }) => ({ city, celsius: 21 }),
      }),
    },
    stopWhen: stepCountIs(3),
    maxRetries: 0,
  }
}

const WAYS: readonly (readonly [string, (model: LanguageModel) => PromiseLike<string>])[] = [
  ['whole', async (model) => (await generateText(asked(model))).text],
  ['streamed', (model) => streamText(asked(model)).text],
]

test.each(WAYS)('a tool loop of the Google provider keeps the signed thought, %s', async (_, ask) => {
  expect(await ask(google())).toBe('Warm.')
  const again = JSON.parse(upstream.requests[1]?.body.toString() ?? '{}')
  expect(again.messages[1]).toEqual({ role: 'assistant', content: [THOUGHT, WORDS, CALL] })
  expect(again.thinking).toMatchObject({ type: 'enabled' })
})

test.each(WAYS)(
  'a tool loop of the OpenAI provider goes on without the words it refers to, and its thought is remembered, %s',
  async (_, ask) => {
    expect(await ask(openai())).toBe('Warm.')
    const again = JSON.parse(upstream.requests[1]?.body.toString() ?? '{}')
    expect(again.messages[1]).toEqual({ role: 'assistant', content: [THOUGHT, CALL] })
  },
)
