import { expect, test } from 'vitest'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import alibaba from './alibaba.ts'
import { adjusted, HELLO, named, OTHER_TOOL, TOOL } from './openai-chat/test-adjusted.ts'

test('effort and budget are Qwen’s switch and budget', () => {
  const messages = [HELLO]
  expect(adjusted(alibaba, { messages, thinking: { type: 'enabled', budget_tokens: 500 } })).toEqual({
    body: { messages, enable_thinking: true, thinking_budget: 500 },
    lost: [],
  })
  expect(adjusted(alibaba, { messages, reasoning_effort: 'none' }).body).toEqual({ messages, enable_thinking: false })
  expect(adjusted(alibaba, { messages, reasoning_effort: 'high' })).toEqual({
    body: { messages, enable_thinking: true },
    lost: ['reasoning_effort'],
  })
  const own = { messages, enable_thinking: true, thinking_budget: 9 }
  expect(adjusted(alibaba, own).body).toBe(own)
})

test('one tool can be named where the model does not think', () => {
  const body = { messages: [HELLO], tools: [TOOL, OTHER_TOOL], tool_choice: named('find') }
  expect(adjusted(alibaba, body, { model: 'qwen3-max' }).body).toEqual(body)
  expect(adjusted(alibaba, body, { model: 'qwen3.6-plus' })).toEqual({
    body: { ...body, enable_thinking: false },
    lost: [],
  })
  const one = { messages: [HELLO], tools: [TOOL], tool_choice: 'required' }
  expect(adjusted(alibaba, one, { model: 'qwen3-max' }).body).toEqual({ ...one, tool_choice: named('look') })
})

test('what cannot be forced may still be called, and that is said', () => {
  const body = { messages: [HELLO], tools: [TOOL, OTHER_TOOL], tool_choice: 'required' }
  expect(adjusted(alibaba, body)).toEqual({ body: { ...body, tool_choice: 'auto' }, lost: ['tool_choice'] })
  const thinking = { messages: [HELLO], tools: [TOOL], tool_choice: 'required', enable_thinking: true }
  expect(adjusted(alibaba, thinking)).toEqual({ body: { ...thinking, tool_choice: 'auto' }, lost: ['tool_choice'] })
})

test('a mode of JSON excludes thoughts', () => {
  const format = { type: 'json_object' }
  const asked = { messages: [HELLO], response_format: format }
  expect(adjusted(alibaba, asked, { model: 'qwen3.6-plus' })).toEqual({
    body: { ...asked, enable_thinking: false },
    lost: [],
  })
  for (const model of ['qwen3-max', 'qwen3.8-max', 'kimi-k3'])
    expect(adjusted(alibaba, asked, { model }).body).toBe(asked)
  expect(adjusted(alibaba, asked, { model: 'qwen3-235b-a22b-thinking-2507' }).lost).toEqual(['response_format'])
  const { body, lost } = adjusted(alibaba, { ...asked, enable_thinking: true }, { model: 'qwen3-max' })
  expect([body['enable_thinking'], body['response_format'], lost]).toEqual([true, undefined, ['response_format']])
})

test('a budget of another format arrives', () => {
  const request = anthropicMessages.readRequest({
    model: 'm',
    max_tokens: 9_000,
    messages: [HELLO],
    thinking: { type: 'enabled', budget_tokens: 2_000 },
  })
  const { body, losses } = openaiChat.writeRequest(request, 'qwen3-max', alibaba.traits)
  expect(losses).toEqual([])
  expect(adjusted(alibaba, body, { model: 'qwen3-max' })).toMatchObject({
    body: { enable_thinking: true, thinking_budget: 2_000 },
    lost: [],
  })
})
