import { expect, test } from 'vitest'
import { chunk } from '../flow/capture-upstream.ts'
import { eventsOf, gatewaysOfTest, messages, stream } from './start.ts'

// A client of Messages and a model of another maker, whole: docs/failure-cases.md, C.

const { upstream, gateway } = gatewaysOfTest()

const [name, description] = ['Read', 'Reads a file']
const parameters = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] }

// A turn of a coding agent: marked instructions, a budget, thoughts that another signed, a failed result and a reminder.
const AGENT = {
  model: 'up/deepseek-chat',
  max_tokens: 32_000,
  stream: true,
  system: [
    { type: 'text', text: 'You are an agent.' },
    { type: 'text', text: 'Work in /src.', cache_control: { type: 'ephemeral' } },
  ],
  tools: [{ name, description, input_schema: parameters }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Fix the test.', cache_control: { type: 'ephemeral' } }] },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'I need the file.', signature: 'c2lnbmVk' },
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: 'a.ts' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'no such file', is_error: true },
        { type: 'text', text: '<system-reminder>Use the list.</system-reminder>' },
      ],
    },
  ],
}

test('T-37 a turn of a coding agent at DeepSeek: what is asked and what is answered, member by member', async () => {
  const call = (more: object, finish: string | null = null): string =>
    chunk('', finish).replace('"delta":{"content":""}', `"delta":${JSON.stringify(more)}`)
  const piece = { index: 0, id: 'call_9', type: 'function', function: { name: 'Read', arguments: '{"path":' } }
  const up = await upstream((response) => {
    stream(
      response,
      call({ role: 'assistant', content: null, reasoning_content: 'Another path.' }),
      call({ content: 'Again.' }),
      call({ tool_calls: [piece] }),
      call({ tool_calls: [{ index: 0, function: { arguments: '"b.ts"}' } }] }),
      call({}, 'tool_calls'),
    ).end('data: [DONE]\n\n')
  })
  const { url } = await gateway({ models: ['deepseek-chat'], upstream: up.url, provider: 'deepseek' })
  const events = eventsOf(await (await messages(url, AGENT)).text())
  expect(JSON.parse(up.requests[0]?.body.toString() ?? '')).toEqual({
    model: 'deepseek-chat',
    max_tokens: 32_000,
    stream: true,
    stream_options: { include_usage: true },
    tools: [{ type: 'function', function: { name, description, parameters } }],
    messages: [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'You are an agent.' },
          { type: 'text', text: 'Work in /src.' },
        ],
      },
      { role: 'user', content: 'Fix the test.' },
      {
        role: 'assistant',
        content: 'I look.',
        reasoning_content: 'I need the file.',
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name, arguments: '{"path":"a.ts"}' } }],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'no such file' },
      { role: 'user', content: '<system-reminder>Use the list.</system-reminder>' },
    ],
  })
  const told = events.map(({ type, index, delta, content_block }) => [type, index, delta ?? content_block])
  expect(told).toEqual([
    ['message_start', undefined, undefined],
    ['content_block_start', 0, { type: 'thinking', thinking: '', signature: '' }],
    ['content_block_delta', 0, { type: 'thinking_delta', thinking: 'Another path.' }],
    ['content_block_stop', 0, undefined],
    ['content_block_start', 1, { type: 'text', text: '' }],
    ['content_block_delta', 1, { type: 'text_delta', text: 'Again.' }],
    ['content_block_stop', 1, undefined],
    ['content_block_start', 2, { type: 'tool_use', id: 'call_9', name, input: {} }],
    ['content_block_delta', 2, { type: 'input_json_delta', partial_json: '{"path":' }],
    ['content_block_delta', 2, { type: 'input_json_delta', partial_json: '"b.ts"}' }],
    ['content_block_stop', 2, undefined],
    ['message_delta', undefined, { stop_reason: 'tool_use', stop_sequence: null }],
    ['message_stop', undefined, undefined],
  ])
})
