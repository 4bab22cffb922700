import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import deepseek from './deepseek.ts'
import { adjusted, callAndResult, HELLO, TOOL } from './openai-chat/test-adjusted.ts'

const thoughts = (body: JsonObject): unknown[] =>
  (body['messages'] as JsonObject[])
    .filter((message) => message['role'] === 'assistant')
    .map((message) => message['reasoning_content'])

const HISTORY = [
  HELLO,
  { role: 'assistant', content: 'a', reasoning: 'first' },
  HELLO,
  ...callAndResult('c', { reasoning_content: 'second' }),
  ...callAndResult('d'),
]

test('thinking models get reasoning on every assistant message, empty where there is none', () => {
  for (const model of ['deepseek-v4-pro', 'deepseek-v4-flash', 'deepseek-flash']) {
    const { body, lost } = adjusted(deepseek, { messages: HISTORY, tools: [TOOL] }, { model })
    expect([thoughts(body), lost]).toEqual([['first', 'second', ''], []])
  }
})

test('nothing is made up where the model does not think', () => {
  const off = { messages: HISTORY, tools: [TOOL], thinking: { type: 'disabled' } }
  expect(thoughts(adjusted(deepseek, off, { model: 'deepseek-v4-pro' }).body)).toEqual(['first', 'second', undefined])
  const plain = { messages: HISTORY, tools: [TOOL] }
  expect(thoughts(adjusted(deepseek, plain, { model: 'deepseek-v3.2' }).body)).toEqual(['first', 'second', undefined])
})

test('R1 gets no earlier reasoning and no two turns of one role', () => {
  const messages = [HELLO, { role: 'assistant', content: 'a', reasoning_content: 'hm' }, HELLO, HELLO]
  expect(adjusted(deepseek, { messages }, { model: 'deepseek-r1-0528' })).toEqual({
    body: { messages: [HELLO, { role: 'assistant', content: 'a' }, { role: 'user', content: 'Hello\n\nHello' }] },
    lost: ['messages[1].reasoning_content'],
  })
})

test('the reasoner gets the thoughts of the tool loop it is in, and no older ones', () => {
  const { body } = adjusted(deepseek, { messages: HISTORY, tools: [TOOL] }, { model: 'deepseek-reasoner' })
  expect(thoughts(body)).toEqual([undefined, 'second', undefined])
})

test('a forced choice turns default thoughts off, and gives way to thoughts that were asked for', () => {
  const body = { messages: [HELLO], tools: [TOOL], tool_choice: 'required' }
  expect(adjusted(deepseek, body, { model: 'deepseek-v4-flash' })).toEqual({
    body: { ...body, thinking: { type: 'disabled' } },
    lost: [],
  })
  expect(adjusted(deepseek, { ...body, reasoning_effort: 'high' }, { model: 'deepseek-v4-flash' })).toEqual({
    body: { ...body, reasoning_effort: 'high', tool_choice: 'auto' },
    lost: ['tool_choice'],
  })
  expect(adjusted(deepseek, body, { model: 'deepseek-chat' }).body).toBe(body)
})

test('no effort is a switch', () => {
  const body = { messages: [HELLO], reasoning_effort: 'none', max_completion_tokens: 2 }
  expect(adjusted(deepseek, body, { model: 'deepseek-v4-pro' }).body).toEqual({
    messages: [HELLO],
    max_tokens: 2,
    thinking: { type: 'disabled' },
  })
})

test('a schema is an instruction, and said to be one', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } }
  const { body, lost } = adjusted(deepseek, { messages: [HELLO], response_format }, { model: 'deepseek-v4-pro' })
  expect(body['response_format']).toEqual({ type: 'json_object' })
  expect(JSON.stringify(body['messages'])).toContain(JSON.stringify(JSON.stringify(schema)).slice(1, -1))
  expect(lost).toEqual(['response_format'])
})
