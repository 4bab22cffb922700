import { expect, test } from 'vitest'
import groq from './groq.ts'
import { adjusted, HELLO, TOOL } from './openai-chat/test-adjusted.ts'

test('what Groq answers 400 to goes and is said', () => {
  const body = {
    messages: [{ ...HELLO, name: 'bob' }],
    logprobs: true,
    top_logprobs: 2,
    logit_bias: { 1: 2 },
    n: 2,
    top_k: 4,
  }
  const { body: sent, lost } = adjusted(groq, body)
  expect(sent).toEqual({ messages: [HELLO] })
  expect([...lost].sort()).toEqual(['logit_bias', 'logprobs', 'messages[0].name', 'n', 'top_k', 'top_logprobs'])
})

test('earlier reasoning goes back under Groq’s name for it', () => {
  const messages = [HELLO, { role: 'assistant', content: 'a', reasoning_content: 'hm' }, HELLO]
  expect(adjusted(groq, { messages })).toEqual({
    body: { messages: [HELLO, { role: 'assistant', content: 'a', reasoning: 'hm' }, HELLO] },
    lost: [],
  })
})

test.each([
  ['openai/gpt-oss-120b', 'none', 'low'],
  ['openai/gpt-oss-120b', 'medium', 'medium'],
  ['openai/gpt-oss-20b', 'xhigh', 'high'],
  ['qwen/qwen3.6-27b', 'none', 'none'],
  ['qwen/qwen3.6-27b', 'high', 'default'],
  ['llama-3.3-70b-versatile', 'high', undefined],
])('%s: the effort "%s" is %s', (model, effort, expected) => {
  const { body, lost } = adjusted(groq, { messages: [HELLO], reasoning_effort: effort }, { model })
  expect(body['reasoning_effort']).toBe(expected)
  expect(lost).toEqual(effort === expected ? [] : ['reasoning_effort'])
})

test('Groq’s own tools stay', () => {
  const body = { messages: [HELLO], tools: [{ type: 'browser_search' }], tool_choice: 'required' }
  expect(adjusted(groq, body).body).toBe(body)
})

test('a format beside tools is asked for in words', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
  const { body, lost } = adjusted(groq, { messages: [HELLO], tools: [TOOL], response_format: format })
  expect(body).not.toHaveProperty('response_format')
  expect(JSON.stringify(body['messages'])).toContain(JSON.stringify(JSON.stringify(schema)).slice(1, -1))
  expect(lost).toEqual(['response_format'])
  const alone = { messages: [HELLO], response_format: format }
  expect(adjusted(groq, alone).body).toBe(alone)
})
