import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { checkRequest } from './check-request.ts'

const hello = [{ role: 'user', content: 'hello' }]
const tool = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } }
const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }
const asked = { role: 'assistant', content: null, tool_calls: [call] }
const result = { role: 'tool', tool_call_id: 'call_1', content: 'sunny' }

function check(body: JsonObject) {
  return checkRequest({ model: 'ok', messages: hello, ...body })
}

test('what OpenAI accepts is accepted', () => {
  const bodies: readonly JsonObject[] = [
    {},
    { temperature: 0, top_p: 1, n: 2, max_completion_tokens: 5, stop: ['a'], seed: 1, user: 'u', logprobs: true },
    { stream: true, stream_options: { include_usage: true } },
    { tools: [tool], tool_choice: 'required', parallel_tool_calls: false },
    { tools: [tool], tool_choice: { type: 'function', function: { name: 'get_weather' } } },
    { messages: [...hello, asked, result, { role: 'user', content: [{ type: 'text', text: 'and?' }] }] },
    { messages: [{ role: 'developer', content: 'Answer in json.' }], response_format: { type: 'json_object' } },
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } } },
    { max_tokens: null, tools: null, stop: null, stream: null },
  ]
  for (const body of bodies) expect(check(body), JSON.stringify(body)).toBeUndefined()
})

test.each<[string, JsonObject, string | null, string | null]>([
  ['no messages', { messages: [] }, 'messages', 'empty_array'],
  ['messages of the wrong kind', { messages: 'hello' }, 'messages', 'invalid_type'],
  ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role', 'invalid_value'],
  ['no content', { messages: [{ role: 'user' }] }, 'messages.[0].content', 'missing_required_parameter'],
  ['content null', { messages: [{ role: 'user', content: null }] }, 'messages.[0].content', null],
  [
    'an unknown part',
    { messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
    'messages.[0].content[0].type',
    'invalid_value',
  ],
  [
    'a document that is no PDF',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'file', file: { filename: 'a', file_data: 'data:text/plain;base64,YQ==' } }],
        },
      ],
    },
    'messages.[0].content[0].file.file_data',
    'invalid_value',
  ],
  [
    'an answer that is a list',
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'array', items: {} } } } },
    'response_format',
    null,
  ],
  ['a tool result without its call', { messages: [...hello, result] }, 'messages.[1].role', null],
  ['a call without its result', { messages: [...hello, asked, ...hello] }, 'messages.[2].role', null],
  ['a call without its result at the end', { messages: [...hello, asked] }, 'messages.[2].role', null],
  ['a result twice', { messages: [...hello, asked, result, result] }, 'messages.[3].role', null],
  [
    'arguments as an object',
    { messages: [{ role: 'assistant', tool_calls: [{ ...call, function: { name: 'x', arguments: {} } }] }] },
    'messages[0].tool_calls[0].function.arguments',
    'invalid_type',
  ],
  ['parallel_tool_calls without tools', { parallel_tool_calls: true }, 'parallel_tool_calls', null],
  ['tool_choice without tools', { tool_choice: 'auto' }, 'tool_choice', null],
  ['no tools in the list', { tools: [] }, 'tools', 'empty_array'],
  ['129 tools', { tools: Array.from({ length: 129 }, () => tool) }, 'tools', 'array_above_max_length'],
  [
    'a name with a dot',
    { tools: [{ type: 'function', function: { name: 'a.b' } }] },
    'tools[0].function.name',
    'invalid_value',
  ],
  [
    'a long name',
    { tools: [{ type: 'function', function: { name: 'a'.repeat(65) } }] },
    'tools[0].function.name',
    'string_above_max_length',
  ],
  [
    'parameters that are no object',
    { tools: [{ type: 'function', function: { name: 'a', parameters: { type: 'string' } } }] },
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    'an unknown tool chosen',
    { tools: [tool], tool_choice: { type: 'function', function: { name: 'other' } } },
    'tool_choice',
    null,
  ],
  ['an unknown choice', { tools: [tool], tool_choice: 'any' }, 'tool_choice', 'invalid_value'],
  ['too hot', { temperature: 3 }, 'temperature', 'decimal_above_max_value'],
  ['no tokens at all', { max_tokens: 0 }, 'max_tokens', 'integer_below_min_value'],
  ['half a choice', { n: 1.5 }, 'n', 'invalid_type'],
  ['both limits', { max_tokens: 1, max_completion_tokens: 1 }, 'max_tokens', 'invalid_parameter_combination'],
  ['five stops', { stop: ['1', '2', '3', '4', '5'] }, 'stop', 'array_above_max_length'],
  ['stream as a word', { stream: 'true' }, 'stream', 'invalid_type'],
  ['stream_options without stream', { stream_options: { include_usage: true } }, 'stream_options', null],
  ['json without the word', { response_format: { type: 'json_object' } }, 'messages', null],
  [
    'a schema without a name',
    { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
    'response_format.json_schema.name',
    'missing_required_parameter',
  ],
  [
    'reasoning of another provider',
    { messages: [...hello, { role: 'assistant', content: 'x', reasoning_content: 'y' }] },
    'messages[1].reasoning_content',
    'unknown_parameter',
  ],
  [
    'an unknown member of a function',
    { tools: [{ type: 'function', function: { name: 'a', input_schema: {} } }] },
    'tools[0].function.input_schema',
    'unknown_parameter',
  ],
  [
    'a long call id',
    { messages: [...hello, { role: 'assistant', tool_calls: [{ ...call, id: 'a'.repeat(41) }] }] },
    'messages[1].tool_calls[0].id',
    'string_above_max_length',
  ],
  [
    'a call of a name with a dot',
    {
      messages: [
        ...hello,
        { role: 'assistant', tool_calls: [{ ...call, function: { name: 'a.b', arguments: '{}' } }] },
      ],
    },
    'messages[1].tool_calls[0].function.name',
    'invalid_value',
  ],
  [
    'a picture by the assistant',
    { messages: [...hello, { role: 'assistant', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    'messages[1]',
    'invalid_value',
  ],
  [
    'a strict schema that is open',
    { tools: [{ type: 'function', function: { name: 'a', strict: true, parameters: { type: 'object' } } }] },
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    'a strict answer that is open',
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', strict: true, schema: { type: 'object', properties: {} } },
      },
    },
    'response_format',
    null,
  ],
  ["a gateway's own field", { routing: { preset: 'cheap' } }, null, null],
])('%s is refused', (_name, body, param, code) => {
  expect(check(body)).toMatchObject({ status: 400, type: 'invalid_request_error', param, code })
})

const tools = [{ type: 'function', function: { name: 'a' } }]

test.each(['gpt-5-pro', 'gpt-5.2-pro', 'gpt-5.3-codex', 'gpt-5.1-codex-max', 'o1-pro', 'o3-deep-research'])(
  '%s is served in Responses only',
  (model) => {
    const message = 'This model is only supported in v1/responses and not in v1/chat/completions.'
    expect(check({ model })).toMatchObject({ status: 404, param: 'model', message })
  },
)

test.each<[string, JsonObject]>([
  ['gpt-5.4', { reasoning_effort: 'high' }],
  ['gpt-5.6', {}],
])('%s takes no tools while it thinks', (model, more) => {
  expect(check({ model, tools, ...more })).toMatchObject({ status: 400, param: 'reasoning_effort' })
  for (const taken of [{ tools, reasoning_effort: 'none' }, more]) expect(check({ model, ...taken })).toBeUndefined()
})

test('a level of effort or of words that the model does not know is refused', () => {
  expect(check({ model: 'gpt-5', reasoning_effort: 'none' })).toMatchObject({ code: 'unsupported_value' })
  expect(check({ model: 'gpt-4o', reasoning_effort: 'low' })).toMatchObject({ code: 'unsupported_parameter' })
  expect(check({ model: 'o3', verbosity: 'low' })).toMatchObject({ code: 'unsupported_value' })
  expect(check({ model: 'gpt-5', reasoning_effort: 'minimal', verbosity: 'low' })).toBeUndefined()
})

test('models that think know no stop sequences before GPT-5.5, and the first of them nothing of parallel calls', () => {
  const unsupported = { status: 400, code: 'unsupported_parameter' }
  for (const model of ['o3', 'gpt-5-mini', 'gpt-5.1', 'gpt-5.4', 'ft:o4-mini-2025-04-16:org::id'])
    expect(check({ model, stop: ['a'] }), model).toMatchObject({ ...unsupported, param: 'stop' })
  for (const model of ['gpt-4.1', 'gpt-5-chat-latest', 'gpt-5.1-chat-latest', 'gpt-5.5', 'gpt-6-sol', 'x'])
    expect(check({ model, stop: ['a'] }), model).toBeUndefined()
  const parallel = { tools, parallel_tool_calls: false }
  expect(check({ model: 'o3', ...parallel })).toMatchObject({ ...unsupported, param: 'parallel_tool_calls' })
  expect(check({ model: 'gpt-5', ...parallel })).toBeUndefined()
})
