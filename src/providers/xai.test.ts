import { expect, test } from 'vitest'
import { adjusted, HELLO } from './openai-chat/test-adjusted.ts'
import xai from './xai.ts'

test.each([
  ['grok-3-mini', 'minimal', 'low'],
  ['grok-3-mini', 'medium', 'high'],
  ['grok-4.3', 'none', 'none'],
  ['grok-4.3', 'xhigh', 'high'],
  ['grok-4.5', 'none', 'low'],
  ['grok-4.7', 'medium', 'medium'],
  ['grok-4.20-0309-reasoning', 'high', undefined],
  ['grok-4', 'high', undefined],
  ['grok-build-0.1', 'low', undefined],
])('%s: the effort "%s" is %s', (model, effort, expected) => {
  const { body, lost } = adjusted(xai, { messages: [HELLO], reasoning_effort: effort }, { model })
  expect(body['reasoning_effort']).toBe(expected)
  expect(lost).toEqual(effort === expected ? [] : ['reasoning_effort'])
})

test.each([
  ['grok-4.5', ['frequency_penalty', 'presence_penalty', 'stop']],
  ['grok-4.20-0309-reasoning', ['frequency_penalty', 'presence_penalty', 'stop']],
  ['grok-4.20-0309-non-reasoning', ['frequency_penalty', 'presence_penalty']],
  ['grok-3', []],
])('%s does not get %s', (model, refused) => {
  const body = { messages: [HELLO], presence_penalty: 1, frequency_penalty: 1, stop: ['x'], temperature: 0 }
  const { body: sent, lost } = adjusted(xai, body, { model })
  expect([...lost].sort()).toEqual(refused)
  for (const name of refused) expect(sent).not.toHaveProperty(name)
  expect(sent['temperature']).toBe(0)
  const zero = adjusted(xai, { messages: [HELLO], presence_penalty: 0, frequency_penalty: 0 }, { model })
  expect(zero.lost).toEqual([])
})

test('the same in the Responses API', () => {
  const body = { input: 'Hello', reasoning: { effort: 'low' } }
  const format = 'openai-responses'
  expect(adjusted(xai, body, { model: 'grok-4', format })).toEqual({
    body: { input: 'Hello' },
    lost: ['reasoning.effort'],
  })
  expect(adjusted(xai, body, { model: 'grok-4.5', format }).body).toBe(body)
  const most = { input: 'Hello', reasoning: { effort: 'max', summary: 'auto' } }
  expect(adjusted(xai, most, { model: 'grok-4.5', format }).body).toEqual({
    input: 'Hello',
    reasoning: { effort: 'high', summary: 'auto' },
  })
})
