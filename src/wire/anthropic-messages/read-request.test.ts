import { expect, test } from 'vitest'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { readRequest } from './read-request.ts'
import { unread } from './unread.ts'

const BODY = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }

function refused(body: JsonObject): GatewayError {
  try {
    readRequest({ ...BODY, ...body })
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('It was taken.')
}

const block = (value: JsonObject): JsonObject => ({ messages: [{ role: 'user', content: [value] }] })

test.each<[JsonObject, string]>([
  [{ model: 3 }, 'model'],
  [{ messages: 'Hi' }, 'messages'],
  [{ messages: [] }, 'messages'],
  [{ messages: ['Hi'] }, 'messages[0]'],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
  [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
  [block({ text: 'x' }), 'messages[0].content[0].type'],
  [block({ type: 'text' }), 'messages[0].content[0].text'],
  [block({ type: 'image' }), 'messages[0].content[0].source'],
  [block({ type: 'image', source: { type: 'base64', data: 'x' } }), 'messages[0].content[0].source.media_type'],
  [block({ type: 'tool_result' }), 'messages[0].content[0].tool_use_id'],
  [block({ type: 'tool_result', tool_use_id: 'a', content: [3] }), 'messages[0].content[0].content[0]'],
  [{ system: 3 }, 'system'],
  [{ tools: [{}] }, 'tools[0].name'],
  [{ tools: [{ name: 'a', input_schema: 'x' }] }, 'tools[0].input_schema'],
  [{ tool_choice: 'auto' }, 'tool_choice'],
  [{ tool_choice: { type: 'some' } }, 'tool_choice.type'],
  [{ temperature: 'hot' }, 'temperature'],
  [{ stop_sequences: 'END' }, 'stop_sequences'],
  [{ stream: 1 }, 'stream'],
  [{ thread: { type: 'create' } }, 'thread'],
])('%j is refused at %s', (body, param) => {
  expect(refused(body)).toMatchObject({ code: 'invalid_request', param })
})

test('null is as good as nothing', () => {
  const nothing = {
    system: null,
    tools: null,
    tool_choice: null,
    temperature: null,
    thinking: null,
    thread: null,
    stream: null,
  }
  expect(readRequest({ ...BODY, ...nothing })).toMatchObject({ tools: [], toolChoice: undefined, stream: false })
  expect(unread({ ...BODY, ...nothing })).toEqual([])
})

test('what only this format has is named where it stands', () => {
  const document = {
    type: 'document',
    source: { type: 'url', url: 'https://x.y/a.pdf' },
    citations: { enabled: true },
    context: 'c',
  }
  // The second is the gateway's own way of telling another model's source.
  const cited = (encrypted_index: string): JsonObject => ({
    type: 'text',
    text: 'x',
    citations: [{ type: 'web_search_result_location', url: 'https://x.y', encrypted_index }],
  })
  const lost = unread({
    ...BODY,
    messages: [
      { role: 'user', content: [document, { type: 'tool_result', tool_use_id: 'a', content: [document] }] },
      { role: 'assistant', content: [cited('e'), cited('')], foo: 1 },
    ],
    service_tier: 'auto',
    speed: 'fast',
    context_management: { edits: [] },
    metadata: { user_id: 'u' },
    output_config: { effort: 'low', task_budget: {} },
    thinking: { type: 'adaptive', display: 'omitted' },
    tools: [
      {
        name: 'a',
        type: 'custom',
        cache_control: {},
        strict: true,
        bar: 1,
        defer_loading: true,
        eager_input_streaming: false,
      },
      { type: 'bash_20250124', name: 'bash' },
    ],
    routing: {},
  })
  expect(lost.map((loss) => loss.path)).toEqual([
    'messages[0].content[0].citations',
    'messages[0].content[0].context',
    'messages[0].content[1].content[0].citations',
    'messages[0].content[1].content[0].context',
    'messages[1].content[0].citations',
    'messages[1].foo',
    'speed',
    'context_management',
    'output_config.task_budget',
    'tools[0].bar',
    'tools[0].defer_loading',
    'thinking.display',
  ])
})

test('results are a turn of their own, before what else the user says', () => {
  const content = [
    { type: 'text', text: 'And?' },
    { type: 'tool_result', tool_use_id: 'a', content: 'ok', is_error: true },
  ]
  const { messages } = readRequest({ ...BODY, messages: [{ role: 'user', content }] })
  expect(messages).toEqual([
    {
      role: 'tool',
      content: [{ type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'ok' }], isError: true }],
      name: undefined,
    },
    { role: 'user', content: [{ type: 'text', text: 'And?' }], name: undefined },
  ])
})

test('output_format, as it was called in its beta, is read', () => {
  const schema = { type: 'object' }
  const format = { type: 'json_schema', schema }
  const read = { type: 'json-schema', schema, strict: true }
  expect(readRequest({ ...BODY, output_format: format }).responseFormat).toEqual(read)
  expect(readRequest({ ...BODY, output_config: { format } }).responseFormat).toEqual(read)
})
