import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { adjusted, callAndResult, HELLO, TOOL } from './openai-chat/test-adjusted.ts'
import perplexity from './perplexity.ts'

test('roles alternate after the system, and nothing said is lost', () => {
  const picture = { type: 'image_url', image_url: { url: 'https://a.example/b.png' } }
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', content: 'a' },
    { role: 'user', content: 'b' },
    { role: 'assistant', content: 'c' },
    { role: 'user', content: [picture] },
    { role: 'user', content: 'd' },
  ]
  expect(adjusted(perplexity, { messages })).toEqual({
    body: {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'a\n\nb' },
        { role: 'assistant', content: 'c' },
        { role: 'user', content: [picture, { type: 'text', text: 'd' }] },
      ],
    },
    lost: [],
  })
})

test('a history of tools is told as text, with the names of the tools', () => {
  const { body, lost } = adjusted(perplexity, {
    messages: [HELLO, ...callAndResult('c')],
    tools: [TOOL],
    tool_choice: 'auto',
  })
  expect(body).toEqual({
    messages: [
      HELLO,
      { role: 'assistant', content: '<tool_call>\n{"name":"look","arguments":"{}"}\n</tool_call>' },
      { role: 'user', content: '<tool_response>\n{"name":"look","content":"seen"}\n</tool_response>' },
    ],
  })
  expect(lost).toEqual(['tools', 'tool_choice', 'messages[1].tool_calls', 'messages[2]'])
})

test('a system message in the middle becomes words of the user', () => {
  const messages = [HELLO, { role: 'assistant', content: 'a' }, { role: 'developer', content: 'b' }]
  expect(adjusted(perplexity, { messages })).toEqual({
    body: { messages: [HELLO, { role: 'assistant', content: 'a' }, { role: 'user', content: 'b' }] },
    lost: ['messages[2].role'],
  })
})

test('the Agent API gets those tools alone among which is to be chosen', () => {
  const [look, find] = ['look', 'find'].map((name) => ({ type: 'function', name, parameters: { type: 'object' } }))
  const tools = [find, { type: 'computer' }, look] as JsonObject[]
  const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'look' }] }
  const format = 'openai-responses'
  expect(adjusted(perplexity, { input: 'Hello', tools, tool_choice: choice }, { format })).toEqual({
    body: { input: 'Hello', tools: [look], tool_choice: 'required' },
    lost: [],
  })
  const unknown = { ...choice, tools: [{ type: 'computer' }] }
  expect(adjusted(perplexity, { input: 'Hello', tools, tool_choice: unknown }, { format })).toEqual({
    body: { input: 'Hello' },
    lost: ['tools[1]', 'tool_choice'],
  })
})
