import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiResponses } from '../wire/openai-responses/index.ts'
import azure from './azure-openai.ts'
import deepseek from './deepseek.ts'
import groq from './groq.ts'
import openai from './openai.ts'
import { adjusted, callAndResult, HELLO, TOOL } from './openai-chat/test-adjusted.ts'

test.each([openai, azure])('$id: what other servers put into a history is taken out and said', (provider) => {
  const call = { id: 'c', type: 'function', function: { name: 'look', arguments: '' }, extra_content: { google: {} } }
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
    { role: 'assistant', content: 'b', reasoning_content: 'hm', reasoning_details: [{}], tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: 'd' },
  ]
  const { body, lost } = adjusted(provider, { messages, tools: [{ ...TOOL, cache_control: { type: 'ephemeral' } }] })
  expect(body).toEqual({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      {
        role: 'assistant',
        content: 'b',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }],
      },
      messages[2],
    ],
    tools: [TOOL],
  })
  expect([...lost].sort()).toEqual([
    'messages[0].content[0].cache_control',
    'messages[1].reasoning_content',
    'messages[1].reasoning_details',
    'messages[1].tool_calls[0].extra_content',
    'tools[0].cache_control',
  ])
})

test('models that think get the limit by its new name, no sampling and no stops', () => {
  const asked = { messages: [HELLO], max_tokens: 10, temperature: 0.2, top_p: 1, stop: ['x'] }
  expect(adjusted(openai, asked, { model: 'gpt-5-mini' })).toEqual({
    body: { messages: [HELLO], max_completion_tokens: 10, top_p: 1 },
    lost: ['temperature', 'stop'],
  })
  const unthinking = { ...asked, reasoning_effort: 'none' }
  expect(adjusted(openai, unthinking, { model: 'gpt-5.1' }).lost).toEqual(['stop'])
  for (const model of ['gpt-4o', 'gpt-5-chat-latest', 'gpt-4.1-mini'])
    expect(adjusted(openai, asked, { model }).body).toBe(asked)
})

test.each([openai, azure])('$id: models that think get no sampling in the Responses API either', (provider) => {
  const format = 'openai-responses'
  const plain = { input: 'Hello', top_p: 1, reasoning: { effort: 'low' } }
  const include = ['reasoning.encrypted_content', 'message.output_text.logprobs']
  const asked = { ...plain, temperature: 0.2, top_p: 0.5, top_logprobs: 2, include }
  expect(adjusted(provider, asked, { model: 'gpt-5-mini', format })).toEqual({
    body: { input: 'Hello', reasoning: { effort: 'low' }, include: ['reasoning.encrypted_content'] },
    lost: ['temperature', 'top_p', 'top_logprobs', 'include[1]'],
  })
  expect(adjusted(provider, plain, { model: 'gpt-5-mini', format }).body).toBe(plain)
  const unthinking = { ...asked, reasoning: { effort: 'none' } }
  expect(adjusted(provider, unthinking, { model: 'gpt-5.1', format }).body).toBe(unthinking)
  const unsaid = { input: 'Hello', temperature: 0.2 }
  for (const model of ['gpt-5.1', 'gpt-5.4-mini', 'gpt-4o', 'gpt-5-chat-latest'])
    expect(adjusted(provider, unsaid, { model, format }).body).toBe(unsaid)
  for (const model of ['gpt-5', 'gpt-5.2-codex', 'gpt-5.6-sol', 'o3'])
    expect(adjusted(provider, unsaid, { model, format }).lost).toEqual(['temperature'])
})

test('models that do not think are asked for no thoughts in the Responses API', () => {
  const format = 'openai-responses'
  const include = ['reasoning.encrypted_content', 'message.output_text.logprobs']
  const asked = { input: 'Hello', temperature: 0.2, include, text: { verbosity: 'low' } }
  expect(
    adjusted(openai, { ...asked, reasoning: { effort: 'low', summary: null } }, { model: 'gpt-4.1', format }),
  ).toEqual({
    body: { input: 'Hello', temperature: 0.2, include: ['message.output_text.logprobs'] },
    lost: ['reasoning.effort', 'text.verbosity'],
  })
  const unthinking = { input: 'Hello', reasoning: { effort: 'none' } }
  expect(adjusted(openai, unthinking, { model: 'gpt-4.1', format })).toEqual({ body: { input: 'Hello' }, lost: [] })
})

test.each<[string, string | undefined, boolean]>([
  ['gpt-5', undefined, true],
  ['gpt-5', 'none', true],
  ['gpt-5-pro', 'none', true],
  ['gpt-5.2-codex', undefined, true],
  ['gpt-5.6-sol', undefined, true],
  ['o3', undefined, true],
  ['gpt-5.6-sol', 'none', false],
  ['gpt-5.1', undefined, false],
  ['gpt-5.1', 'low', true],
  ['gpt-4.1', undefined, false],
  ['gpt-4.1', 'high', false],
  ['gpt-5-chat-latest', undefined, false],
  ['our-deployment', undefined, false],
  ['our-deployment', 'low', true],
])('what %s thinks at %s can be sent back: %s', (model, effort, isAsked) => {
  const request = openaiChat.readRequest({ model, messages: [HELLO], reasoning_effort: effort ?? null })
  for (const provider of [openai, azure]) {
    const written = openaiResponses.writeRequest(request, model, provider.traits)
    const { body } = adjusted(provider, written.body, { model, format: 'openai-responses' })
    expect(body['include']).toEqual(isAsked ? ['reasoning.encrypted_content'] : undefined)
  }
})

test.each<[string, Readonly<Record<string, string>>]>([
  ['gpt-5', { none: 'minimal', minimal: 'minimal', xhigh: 'high', max: 'high' }],
  ['gpt-5.1', { none: 'none', minimal: 'low', high: 'high', max: 'high' }],
  ['gpt-5.1-codex', { none: 'low', max: 'high' }],
  ['gpt-5.1-codex-max', { none: 'low', max: 'xhigh' }],
  ['gpt-5.4', { none: 'none', minimal: 'low', max: 'xhigh' }],
  ['gpt-5.6-sol', { minimal: 'low', max: 'max' }],
  ['gpt-6-luna', { none: 'none', max: 'max' }],
  ['gpt-5-pro', { none: 'high', low: 'high', xhigh: 'high' }],
  ['gpt-5.5-pro', { none: 'medium', max: 'xhigh' }],
  ['o3', { none: 'low', minimal: 'low', medium: 'medium', max: 'high' }],
  ['our-deployment', { none: 'none', minimal: 'minimal', max: 'xhigh' }],
])('%s is told how hard to think in words that it knows', (model, words) => {
  for (const [said, own] of Object.entries(words)) {
    const isOwn = said === own
    const chat = { messages: [HELLO], reasoning_effort: said }
    expect(adjusted(openai, chat, { model })).toEqual({
      body: { ...chat, reasoning_effort: own },
      lost: isOwn ? [] : ['reasoning_effort'],
    })
    const response = { input: 'Hello', reasoning: { effort: said, summary: 'auto' } }
    expect(adjusted(azure, response, { model, format: 'openai-responses' })).toEqual({
      body: { ...response, reasoning: { effort: own, summary: 'auto' } },
      lost: isOwn ? [] : ['reasoning.effort'],
    })
  }
})

test('a model that cannot stop thinking samples as it does', () => {
  const asked = { messages: [HELLO], reasoning_effort: 'none', temperature: 0.2 }
  expect(adjusted(openai, asked, { model: 'o3' })).toEqual({
    body: { messages: [HELLO], reasoning_effort: 'low' },
    lost: ['reasoning_effort', 'temperature'],
  })
  const unsaid = { messages: [HELLO], temperature: 0.2 }
  expect(adjusted(openai, unsaid, { model: 'gpt-5.1' }).body).toBe(unsaid)
})

test('how many words is a question for some models only', () => {
  const asked = { messages: [HELLO], verbosity: 'low' }
  for (const model of ['gpt-5', 'gpt-5.4-mini', 'our-deployment'])
    expect(adjusted(openai, asked, { model }).body).toBe(asked)
  for (const model of ['gpt-4.1', 'o3', 'gpt-5.2-codex', 'gpt-5-chat-latest'])
    expect(adjusted(openai, asked, { model })).toEqual({ body: { messages: [HELLO] }, lost: ['verbosity'] })
  const medium = { messages: [HELLO], verbosity: 'medium' }
  expect(adjusted(openai, medium, { model: 'gpt-4.1' }).body).toBe(medium)
})

test('models that do not think get no effort; other servers’ words for it are OpenAI’s', () => {
  const body = { messages: [HELLO], thinking: { type: 'enabled', budget_tokens: 2_000 } }
  expect(adjusted(openai, body, { model: 'gpt-5' }).body).toEqual({ messages: [HELLO], reasoning_effort: 'low' })
  expect(adjusted(openai, { messages: [HELLO], reasoning: { effort: 'max' } }, { model: 'gpt-5.2' }).body).toEqual({
    messages: [HELLO],
    reasoning_effort: 'xhigh',
  })
  expect(adjusted(openai, { messages: [HELLO], reasoning_effort: 'high' }, { model: 'gpt-4o' })).toEqual({
    body: { messages: [HELLO] },
    lost: ['reasoning_effort'],
  })
})

test('of many stop sequences those that the provider takes are sent, which is said', () => {
  const stop = [...'abcdefghijklmnopq']
  for (const [provider, most] of [
    [openai, 4],
    [azure, 4],
    [groq, 4],
    [deepseek, 16],
  ] as const) {
    const body = { messages: [HELLO], stop: stop.slice(0, most) }
    expect(adjusted(provider, { messages: [HELLO], stop })).toEqual({ body, lost: ['stop'] })
    expect(adjusted(provider, body).body).toBe(body)
  }
})

test('labels go with stored answers only; the user stays', () => {
  const body = { messages: [HELLO], metadata: { a: 'b' }, user: 'u' }
  expect(adjusted(openai, body)).toEqual({ body: { messages: [HELLO], user: 'u' }, lost: ['metadata'] })
  const stored = { ...body, store: true }
  expect(adjusted(openai, stored).body).toBe(stored)
})

test('a history of calls as OpenAI wrote it is left alone', () => {
  const body = { messages: [HELLO, ...callAndResult('call_1')], tools: [TOOL] }
  expect(adjusted(openai, body).body).toBe(body)
})

test('ids that are too long for OpenAI are shortened alike in call and result; ids used again stay', () => {
  const long = 'chatcmpl-tool-b3b307239370432d9910d4b79b4dbbaa'
  const { body } = adjusted(openai, {
    messages: [HELLO, ...callAndResult(long), ...callAndResult('call_0'), ...callAndResult('call_0')],
    tools: [TOOL],
  })
  const ids = (body['messages'] as JsonObject[])
    .map((message) => message['tool_call_id'])
    .filter((id) => id !== undefined)
  expect(ids).toEqual([expect.stringMatching(/^call_[0-9A-Za-z]{17}$/), 'call_0', 'call_0'])
  expect(JSON.stringify(body)).toContain(`"id":"${ids[0]}"`)
})
