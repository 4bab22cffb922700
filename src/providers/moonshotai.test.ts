import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import moonshotai from './moonshotai.ts'
import { adjusted, callAndResult, HELLO, named, TOOL } from './openai-chat/test-adjusted.ts'

const HISTORY = [HELLO, ...callAndResult('toolu_a', { reasoning: 'hm' }), ...callAndResult('toolu_b')]

test('ids of a history are Kimi’s own, counted through', () => {
  const { body, lost } = adjusted(moonshotai, { messages: HISTORY, tools: [TOOL] }, { model: 'kimi-k2.6' })
  const messages = body['messages'] as JsonObject[]
  expect(messages.map((message) => message['tool_call_id'] ?? JSON.stringify(message['tool_calls']))).toEqual([
    undefined,
    expect.stringContaining('"id":"functions.look:0"'),
    'functions.look:0',
    expect.stringContaining('"id":"functions.look:1"'),
    'functions.look:1',
  ])
  expect(messages.map((message) => message['reasoning_content'])).toEqual([undefined, 'hm', undefined, '…', undefined])
  expect(lost).toEqual([])
})

test('its own history is left as it is', () => {
  const body = { messages: [HELLO, ...callAndResult('functions.look:0', { reasoning_content: 'x' })], tools: [TOOL] }
  expect(adjusted(moonshotai, body, { model: 'kimi-k3' }).body).toEqual(body)
})

test('models that fix their sampling get none; the older series keeps it', () => {
  const body = { messages: [HELLO], temperature: 0, max_completion_tokens: 5 }
  expect(adjusted(moonshotai, body, { model: 'kimi-k2.6' })).toEqual({
    body: { messages: [HELLO], max_completion_tokens: 5 },
    lost: ['temperature'],
  })
  expect(adjusted(moonshotai, body, { model: 'moonshot-v1-8k' }).body).toBe(body)
})

test('a forced choice turns default thoughts off before K3, and stays at K3', () => {
  const body = { messages: [HELLO], tools: [TOOL], tool_choice: named('look') }
  expect(adjusted(moonshotai, body, { model: 'kimi-k2.6' }).body).toEqual({ ...body, thinking: { type: 'disabled' } })
  expect(adjusted(moonshotai, { ...body, thinking: { type: 'enabled' } }, { model: 'kimi-k2.6' }).lost).toEqual([
    'tool_choice',
  ])
  expect(adjusted(moonshotai, body, { model: 'kimi-k3' }).body).toBe(body)
})

test('effort is a level at K3 and a switch before', () => {
  const asked = (effort: string) => ({ messages: [HELLO], reasoning_effort: effort })
  expect(adjusted(moonshotai, asked('medium'), { model: 'kimi-k3' })).toEqual({
    body: asked('high'),
    lost: ['reasoning_effort'],
  })
  expect(adjusted(moonshotai, asked('none'), { model: 'kimi-k2.6' })).toEqual({
    body: { messages: [HELLO], thinking: { type: 'disabled' } },
    lost: [],
  })
  expect(adjusted(moonshotai, asked('high'), { model: 'kimi-k2.6' })).toEqual({
    body: { messages: [HELLO], thinking: { type: 'enabled' } },
    lost: ['reasoning_effort'],
  })
})
