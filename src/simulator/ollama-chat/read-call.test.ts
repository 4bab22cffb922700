import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { readCall, readModel } from './read-call.ts'

const hello = { role: 'user', content: 'hello' }

function refusal(change: JsonObject): string | undefined {
  const read = readCall({ model: 'ok', messages: [hello], ...change })
  if (!('status' in read)) return undefined
  expect(read.status).toBe(400)
  return read.message
}

test('what Ollama accepts is accepted: any order, and members that it does not know', () => {
  const accepted: readonly JsonObject[] = [
    {},
    { messages: [{ role: 'tool', content: 'sunny', tool_name: 'get_weather' }, hello], unheardOf: 1 },
    { messages: [hello, { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: {} } }] }] },
    {
      messages: [{ ...hello, images: ['AAAA'], reasoning_content: 'x' }],
      think: 'high',
      format: 'json',
      options: { num_predict: -1 },
    },
    { format: { type: 'object' }, think: false, keep_alive: '5m' },
  ]
  for (const change of accepted) expect(refusal(change), JSON.stringify(change)).toBeUndefined()
})

test.each<[string, JsonObject, string | RegExp]>([
  [
    'arguments as text',
    { messages: [hello, { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }] },
    'json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments of type api.ToolCallFunctionArguments',
  ],
  [
    'parts as content',
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
    'json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string',
  ],
  ['a URL as image', { messages: [{ ...hello, images: ['https://x'] }] }, /^illegal base64 data at input byte/],
  [
    'stream as a word',
    { stream: 'true' },
    /cannot unmarshal string into Go struct field ChatRequest.stream of type bool/,
  ],
  ['an unknown effort', { think: 'a lot' }, /^invalid think value/],
  ['an unknown format', { format: 'xml' }, /^invalid format/],
])('%s is refused', (_name, change, message) => {
  expect(refusal(change)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
})

test('a body without a model is refused', () => {
  expect(readModel({ model: 'ok' })).toBe('ok')
  for (const body of [{}, { model: '' }, { model: 1 }]) {
    expect(readModel(body)).toMatchObject({ status: 400, message: expect.stringContaining('model is required') })
  }
})
