import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import cerebras from './cerebras.ts'
import fireworks from './fireworks.ts'
import llamaCpp from './llama-cpp.ts'
import lmStudio from './lm-studio.ts'
import { adjusted, callAndResult, HELLO, named, OTHER_TOOL, TOOL } from './openai-chat/test-adjusted.ts'
import openrouter from './openrouter.ts'
import sglang from './sglang.ts'
import tgi from './tgi.ts'
import together from './together.ts'
import vllm from './vllm.ts'

const CUSTOM = { type: 'custom', custom: { name: 'free' } }
const FUNCTION = {
  type: 'function',
  function: {
    name: 'free',
    parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
  },
}

const OPEN = [cerebras, fireworks, llamaCpp, lmStudio, sglang, tgi, together, vllm]

test.each(OPEN)('$id: the developer is the system, and tools are functions', (provider) => {
  const body = {
    messages: [{ role: 'developer', content: 'x' }, HELLO],
    tools: [TOOL, CUSTOM],
  }
  expect(adjusted(provider, body)).toEqual({
    body: { messages: [{ role: 'system', content: 'x' }, HELLO], tools: [TOOL, FUNCTION] },
    lost: [],
  })
})

test.each([fireworks, llamaCpp, lmStudio, tgi, together])('$id: the limit of tokens has its old name', (provider) => {
  const body = { messages: [HELLO], max_completion_tokens: 7 }
  expect(adjusted(provider, body)).toEqual({ body: { messages: [HELLO], max_tokens: 7 }, lost: [] })
  expect(provider.traits.maxTokens).toBe('max_tokens')
})

test('LM Studio takes a choice in one word: a named tool is sent alone', () => {
  const body = { messages: [HELLO], tools: [TOOL, OTHER_TOOL], tool_choice: named('look') }
  expect(adjusted(lmStudio, body).body).toEqual({ messages: [HELLO], tools: [TOOL], tool_choice: 'required' })
})

test('Cerebras gets none of what it answers 400 to', () => {
  const body = { messages: [HELLO], frequency_penalty: 1, presence_penalty: 0, logit_bias: {}, service_tier: 'auto' }
  expect(adjusted(cerebras, body).body).toEqual({ messages: [HELLO] })
})

test('OpenRouter keeps marks, details of reasoning and what asks for it', () => {
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
    { role: 'assistant', content: 'b', reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 's' }] },
  ]
  const body = { messages, reasoning: { max_tokens: 100 } }
  expect(adjusted(openrouter, body).body).toBe(body)
})

test.each([
  [vllm, 'moonshotai/Kimi-K2.6', 'functions.look:0'],
  [fireworks, 'accounts/fireworks/models/kimi-k2p6', 'functions.look:0'],
  [together, 'mistralai/Mistral-Small-24B-Instruct-2501', expect.stringMatching(/^[0-9A-Za-z]{9}$/)],
  [llamaCpp, 'Ministral-8B', expect.stringMatching(/^[0-9A-Za-z]{9}$/)],
  [sglang, 'qwen3-32b', 'toolu_01'],
] as const)('a history at $id has the ids that %s wants', (provider, model, id) => {
  const { body } = adjusted(provider, { messages: [HELLO, ...callAndResult('toolu_01')], tools: [TOOL] }, { model })
  expect((body['messages'] as JsonObject[])[2]).toMatchObject({ tool_call_id: id })
})

test.each(OPEN)('$id: gpt-oss thinks at three levels', (provider) => {
  const levels = { none: 'low', minimal: 'low', low: 'low', medium: 'medium', high: 'high', max: 'high' }
  for (const [said, own] of Object.entries(levels)) {
    const asked = { messages: [HELLO], reasoning_effort: said }
    expect(adjusted(provider, asked, { model: 'openai/gpt-oss-120b' })).toEqual({
      body: { ...asked, reasoning_effort: own },
      lost: said === own ? [] : ['reasoning_effort'],
    })
    expect(adjusted(provider, asked, { model: 'qwen3-32b' }).body).toBe(asked)
  }
})
