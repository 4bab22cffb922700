import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { readCall, readModel } from './read-call.ts'

const hello = { role: 'user', content: 'hello' }
const call = { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{}' } }
const asked = { role: 'assistant', tool_calls: [call], tool_plan: 'I will look.' }
const answered = { role: 'tool', tool_call_id: 'a', content: 'sunny' }
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }]

function refusal(change: JsonObject): string | undefined {
  const read = readCall({ model: 'ok', messages: [hello], ...change })
  if (!('status' in read)) return undefined
  expect(read.status).toBe(400)
  return read.message
}

test('what Cohere accepts is accepted', () => {
  const accepted: readonly JsonObject[] = [
    {},
    {
      stream: true,
      temperature: 0.3,
      k: 5,
      p: 0.5,
      stop_sequences: ['a'],
      safety_mode: 'OFF',
      seed: 1,
      max_tokens: null,
    },
    {
      messages: [
        { role: 'system', content: 'x' },
        { role: 'user', content: [{ type: 'text', text: 'x' }] },
      ],
    },
    { tools, messages: [hello, asked, answered], tool_choice: 'REQUIRED' },
    {
      messages: [
        hello,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'x' },
            { type: 'text', text: 'y' },
          ],
        },
        hello,
      ],
    },
    { response_format: { type: 'json_object', json_schema: { type: 'object' } } },
  ]
  for (const change of accepted) expect(refusal(change), JSON.stringify(change)).toBeUndefined()
})

test.each<[string, JsonObject, RegExp]>([
  ['no messages', { messages: [] }, /messages is out of range/],
  [
    'a developer',
    { messages: [{ role: 'developer', content: 'x' }] },
    /messages.0.role must be one of user, assistant, system, tool/,
  ],
  ['an unknown member', { n: 2 }, /unknown field: parameter 'n' is not a valid field/],
  [
    'an unknown member of a message',
    { messages: [{ ...hello, reasoning_content: 'x' }] },
    /messages.0.reasoning_content/,
  ],
  ['an empty message', { messages: [{ role: 'user', content: '' }] }, /at least 1 token long/],
  [
    'an assistant without words or calls',
    { messages: [hello, { role: 'assistant' }] },
    /all elements in history must have a message/,
  ],
  [
    'calls beside words',
    { tools, messages: [hello, { ...asked, content: 'I say.' }, answered] },
    /may not have 'content': use 'tool_plan'/,
  ],
  [
    'a call without its result',
    { tools, messages: [hello, asked, hello] },
    /The following tool_call_ids did not have response messages: a/,
  ],
  ['a call without its result at the end', { tools, messages: [hello, asked] }, /did not have response messages: a/],
  ['a result without its call', { tools, messages: [hello, answered] }, /tool_call_id 'a' does not match/],
  [
    'arguments as an object',
    {
      tools,
      messages: [
        hello,
        { role: 'assistant', tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] },
        answered,
      ],
    },
    /arguments must be of type string/,
  ],
  ['a choice in OpenAI’s word', { tools, tool_choice: 'auto' }, /tool_choice must be one of REQUIRED, NONE/],
  ['a named choice', { tools, tool_choice: { type: 'function' } }, /tool_choice must be of type string/],
  ['a choice without tools', { tool_choice: 'REQUIRED' }, /only be specified together with tools/],
  ['JSON with tools', { tools, response_format: { type: 'json_object' } }, /not supported in combination with tools/],
  [
    'OpenAI’s kind of schema',
    { response_format: { type: 'json_schema' } },
    /response_format.type must be one of text, json_object/,
  ],
  ['six stops', { stop_sequences: ['1', '2', '3', '4', '5', '6'] }, /stop_sequences is out of range/],
  ['p of one', { p: 1 }, /p is out of range/],
])('%s is refused', (_name, change, message) => {
  expect(refusal(change)).toMatch(message)
})

test('a body without a model is refused', () => {
  expect(readModel({ model: 'ok' })).toBe('ok')
  for (const body of [{}, { model: '' }, { model: 1 }]) {
    expect(readModel(body)).toMatchObject({ status: 400, message: expect.stringContaining('model is required.') })
  }
})
