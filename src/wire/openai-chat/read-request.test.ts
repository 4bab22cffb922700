import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { readRequest } from './read-request.ts'

const read = (members: JsonObject) =>
  readRequest({ model: 'm', messages: [{ role: 'user', content: 'a' }], ...members })

test.each([
  [{ reasoning_effort: 'low' }, { effort: 'low' }],
  [{ reasoning: { effort: 'high' } }, { effort: 'high' }],
  [{ reasoning: { max_tokens: 9 } }, { budgetTokens: 9 }],
  [{ reasoning: { enabled: true } }, {}],
  [{ reasoning: { enabled: false } }, { effort: 'none' }],
  [{ thinking: { type: 'enabled', budget_tokens: 7 } }, { budgetTokens: 7 }],
  [{ thinking: { type: 'enabled' } }, {}],
  [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
  [{}, undefined],
  [{ reasoning_effort: null }, undefined],
])('%j asks for the reasoning %j', (members, expected) => {
  expect(read(members).reasoning).toEqual(expected)
})

test('functions of old are tools', () => {
  const request = readRequest({
    model: 'm',
    functions: [{ name: 'f', parameters: {} }],
    function_call: { name: 'f' },
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      { role: 'function', name: 'f', content: 'b' },
    ],
  })
  expect(request.tools).toMatchObject([{ name: 'f' }])
  expect(request.toolChoice).toEqual({ name: 'f' })
  expect(request.messages[1]?.content).toEqual([{ type: 'tool-call', id: 'f', name: 'f', argumentsText: '{"a":1}' }])
  expect(request.messages[2]?.content).toMatchObject([{ type: 'tool-result', callId: 'f', name: 'f' }])
})

test('a mark on a message is one on its last block', () => {
  const cache_control = { type: 'ephemeral', ttl: '1h' }
  const text = { type: 'text', text: 'b' }
  const { messages } = read({
    messages: [
      { role: 'system', content: 'a', cache_control },
      { role: 'user', content: [{ type: 'text', text: 'a' }, text, { type: 'video_url' }], cache_control },
      { role: 'user', content: [{ ...text, cache_control: { type: 'ephemeral' } }], cache_control },
      { role: 'tool', tool_call_id: 'c', content: 'd', cache_control },
      { role: 'assistant', content: null, cache_control },
    ],
  })
  const cache = { ttl: '1h' }
  expect(messages.map(({ content }) => content)).toMatchObject([
    [{ text: 'a', cache }],
    [{ text: 'a' }, { text: 'b', cache }, { type: 'native' }],
    [{ text: 'b', cache: {} }],
    [{ type: 'tool-result', cache }],
    [],
  ])
  expect(messages[1]?.content[0]).not.toHaveProperty('cache')
})

test.each([
  [{ messages: [] }, 'messages'],
  [{ messages: 'a' }, 'messages'],
  [{ messages: [{ role: 'robot', content: 'a' }] }, 'messages[0].role'],
  [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
  [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0].image_url.url'],
  [{ messages: [{ role: 'assistant', tool_calls: {} }] }, 'messages[0].tool_calls'],
  [{ temperature: 'hot' }, 'temperature'],
  [{ stop: [1] }, 'stop'],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
  [{ stream: 'yes' }, 'stream'],
  [{ model: '' }, 'model'],
])('%j is refused with its path', (members, param) => {
  expect(() => read(members as JsonObject)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
})
