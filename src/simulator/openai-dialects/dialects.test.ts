import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { openaiDialectFormats } from './index.ts'

const hello = { role: 'user', content: 'hello' }
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }]
const asked = (id: string, more: JsonObject = {}): JsonObject => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
  ...more,
})
const answered = (id: string): JsonObject => ({ role: 'tool', tool_call_id: id, content: 'sunny' })
const loop = (id: string, more: JsonObject = {}): JsonObject => ({
  tools,
  messages: [hello, asked(id, more), answered(id)],
})

/** Status and body of a refusal, as that provider writes it. */
function refusal(id: string, change: JsonObject): { readonly status: number; readonly body: string } | undefined {
  const path = `/${id}/v1/chat/completions`
  const format = openaiDialectFormats().find((candidate) => candidate.serves(path, ''))
  const read = format?.readCall({ model: 'ok', messages: [hello], ...change }, path)
  if (format === undefined || read === undefined) throw new Error(`No dialect ${id}`)
  return 'status' in read ? { status: read.status, body: format.writeError(read) } : undefined
}

test.each<[string, JsonObject]>([
  ['mistral', {}],
  ['mistral', loop('abcDEF123')],
  ['mistral', { ...loop('abcDEF123'), tool_choice: 'any', random_seed: 1, parallel_tool_calls: null }],
  ['mistral', { messages: [hello, hello, { role: 'assistant', content: 'x', prefix: true }] }],
  ['mistral', { messages: [{ role: 'system', content: 'x' }, hello] }],
  [
    'mistral',
    {
      messages: [
        hello,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'x' }], closed: true },
            { type: 'text', text: 'y' },
          ],
        },
        hello,
      ],
    },
  ],
  ['deepseek', { messages: [hello, { role: 'assistant', content: 'x' }, hello], unheardOf: 1 }],
  ['deepseek', { ...loop('call_1', { reasoning_content: '' }), model: 'deepseek-reasoner' }],
  ['groq', { ...loop('abc', { reasoning: 'x' }), reasoning_format: 'parsed' }],
  ['moonshot', { ...loop('functions.get_weather:0', { reasoning_content: ' ' }), model: 'kimi-k2-thinking' }],
  ['moonshot', { ...loop('functions.get_weather:0'), model: 'kimi-k2' }],
  ['xai', { ...loop('call_1', { reasoning_content: 'x' }), stop: ['a'] }],
  [
    'perplexity',
    {
      messages: [
        { role: 'system', content: 'x' },
        { role: 'system', content: 'y' },
        hello,
        { role: 'assistant', content: 'z' },
        hello,
      ],
    },
  ],
])('%s accepts %o', (id, change) => {
  expect(refusal(id, change)).toBeUndefined()
})

test.each<[string, string, JsonObject, number, string]>([
  [
    'mistral',
    'stream_options',
    { stream: true, stream_options: { include_usage: true } },
    422,
    '{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"',
  ],
  [
    'mistral',
    'a member of another provider',
    { messages: [hello, { role: 'assistant', content: 'x', reasoning_content: 'y' }, hello] },
    422,
    '"loc":["body","messages",1,"assistant","reasoning_content"]',
  ],
  ['mistral', 'max_completion_tokens', { max_completion_tokens: 1 }, 422, 'extra_forbidden'],
  ['mistral', 'a developer', { messages: [{ role: 'developer', content: 'x' }, hello] }, 422, 'union_tag_invalid'],
  [
    'mistral',
    'a function without parameters',
    { tools: [{ type: 'function', function: { name: 'a' } }] },
    422,
    '"loc":["body","tools",0,"function","parameters"]',
  ],
  [
    'mistral',
    'an id of OpenAI’s',
    loop('call_abcdefghijklmnopqrstuvwx'),
    400,
    'Tool call id was call_abcdefghijklmnopqrstuvwx but must be a-z, A-Z, 0-9, with a length of 9.',
  ],
  [
    'mistral',
    'a user after a tool',
    { tools, messages: [hello, asked('abcdefghi'), answered('abcdefghi'), hello] },
    400,
    "Unexpected role 'user' after role 'tool'",
  ],
  [
    'mistral',
    'a tool after a user',
    { tools, messages: [hello, answered('abcdefghi')] },
    400,
    "Unexpected role 'tool' after role 'user'",
  ],
  [
    'mistral',
    'an assistant at the end',
    { messages: [hello, { role: 'assistant', content: 'x' }] },
    400,
    'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant',
  ],
  [
    'mistral',
    'a call without its result',
    { tools, messages: [hello, asked('abcdefghi'), { role: 'user', content: 'x' }] },
    400,
    'Not the same number of function calls and responses',
  ],
  [
    'mistral',
    'an assistant that says nothing',
    { messages: [hello, { role: 'assistant', content: '' }, hello] },
    400,
    'Assistant message must have either content or tool_calls, but not none.',
  ],
  [
    'deepseek',
    'no reasoning beside a call',
    { ...loop('call_1'), model: 'deepseek-reasoner' },
    400,
    'Missing `reasoning_content` field in the assistant message at message index 1.',
  ],
  [
    'deepseek',
    'no reasoning in any message, as a behaviour',
    { model: 'think=3', messages: [hello, { role: 'assistant', content: 'x' }, hello] },
    400,
    'Missing `reasoning_content` field in the assistant message at message index 1.',
  ],
  [
    'deepseek',
    'a picture',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    400,
    'messages[0]: unknown variant `image_url`, expected `text`',
  ],
  ['deepseek', 'a developer', { messages: [{ role: 'developer', content: 'x' }] }, 400, 'unknown variant `developer`'],
  [
    'deepseek',
    'a schema',
    { response_format: { type: 'json_schema', json_schema: {} } },
    400,
    'This response_format type is unavailable now',
  ],
  [
    'deepseek',
    'a forced tool at the reasoner',
    { model: 'deepseek-reasoner', tools, tool_choice: 'required' },
    400,
    'does not support this tool_choice',
  ],
  [
    'deepseek',
    'a call without its result',
    { tools, messages: [hello, asked('a')] },
    400,
    "must be followed by tool messages responding to each 'tool_call_id'",
  ],
  [
    'groq',
    'reasoning_content',
    { messages: [hello, { role: 'assistant', content: 'x', reasoning_content: 'y' }, hello] },
    400,
    "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
  ],
  ['groq', 'an unknown member', { reasoning: {} }, 400, "property 'reasoning' is unsupported"],
  ['groq', 'logprobs', { logprobs: true }, 400, "property 'logprobs' is unsupported"],
  ['groq', 'two choices', { n: 2 }, 400, "'n' : number must be at most 1"],
  [
    'groq',
    'a result without its call',
    { messages: [hello, answered('a')] },
    400,
    "must be a response to a preceeding message with 'tool_calls'",
  ],
  [
    'moonshot',
    'a call without its reasoning',
    { ...loop('functions.get_weather:0'), model: 'kimi-k2-thinking' },
    400,
    'thinking is enabled but reasoning_content is missing in assistant tool call message at index 1',
  ],
  [
    'moonshot',
    'a call with empty reasoning',
    { ...loop('functions.get_weather:0', { reasoning_content: '' }), model: 'think=2' },
    400,
    'reasoning_content is missing',
  ],
  [
    'moonshot',
    'a forced tool while thinking',
    { tools, tool_choice: 'required', model: 'kimi-k2.5' },
    400,
    'is incompatible with thinking enabled',
  ],
  [
    'moonshot',
    'an assistant that says nothing',
    { messages: [hello, { role: 'assistant', content: '' }, hello] },
    400,
    "the message at position 1 with role 'assistant' must not be empty",
  ],
  ['moonshot', 'a result without its call', { messages: [hello, answered('a')] }, 400, 'tool_call_id a is not found'],
  [
    'moonshot',
    'parameters that are no object',
    { tools: [{ type: 'function', function: { name: 'a', parameters: {} } }] },
    400,
    'parameters must be of type object',
  ],
  [
    'xai',
    'a stop at a reasoning model',
    { model: 'grok-4', stop: ['a'] },
    400,
    '{"code":"Client specified an invalid argument","error":"Argument not supported on this model: stop"}',
  ],
  [
    'xai',
    'a penalty of nothing at a reasoning model',
    { model: 'grok-3-mini', presence_penalty: 0 },
    400,
    'Argument not supported on this model: presencePenalty',
  ],
  [
    'xai',
    'an empty message',
    { messages: [{ role: 'user', content: '' }] },
    400,
    'Each message must have at least one content element.',
  ],
  [
    'xai',
    'a call without its result',
    { tools, messages: [hello, asked('a')] },
    400,
    "must be followed by tool messages responding to each 'tool_call_id'",
  ],
  [
    'perplexity',
    'two of the user',
    { messages: [hello, hello] },
    400,
    '{"error":{"message":"After the (optional) system message(s), user and assistant roles should be alternating.","type":"invalid_message","code":400}}',
  ],
  [
    'perplexity',
    'a system message later',
    { messages: [hello, { role: 'system', content: 'x' }] },
    400,
    'should be alternating',
  ],
  [
    'perplexity',
    'an assistant at the end',
    { messages: [hello, { role: 'assistant', content: 'x' }] },
    400,
    'Last message must have role',
  ],
  ['perplexity', 'tools', { tools }, 400, 'Tool calling is not supported'],
  [
    'deepseek',
    'a tool of free text',
    { tools: [...tools, { type: 'custom', custom: { name: 'a' } }] },
    400,
    'tools[1].type: unknown variant `custom`, expected `function`',
  ],
  [
    'groq',
    'a format beside tools',
    { tools, response_format: { type: 'json_object' } },
    400,
    'json mode cannot be combined with tool/function calling',
  ],
  [
    'compatible',
    'a choice among some tools',
    { ...loop('a'), tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
    400,
    "('body', 'tool_choice', 'type'): Input should be 'function'",
  ],
  [
    'compatible',
    'a tool of free text',
    { tools: [...tools, { type: 'custom', custom: { name: 'a' } }] },
    400,
    "('body', 'tools', 1, 'type'): Input should be 'function'",
  ],
  ['deepseek', 'no messages', { messages: [] }, 400, 'Empty input messages'],
  [
    'groq',
    'an unknown role',
    { messages: [{ role: 'robot', content: 'x' }] },
    400,
    "'messages.0' : discriminator property 'role' has invalid value",
  ],
  ['moonshot', 'no messages', { messages: [] }, 400, 'messages must not be empty'],
  ['xai', 'no messages', { messages: [] }, 400, 'Messages cannot be empty.'],
  ['perplexity', 'no messages', { messages: [] }, 400, 'At least one message is required.'],
  [
    'perplexity',
    'an unknown role',
    { messages: [{ role: 'robot', content: 'x' }] },
    400,
    'Role robot is not supported.',
  ],
])('%s refuses %s', (id, _name, change, status, body) => {
  const refused = refusal(id, change)
  expect(refused?.status).toBe(status)
  expect(refused?.body).toContain(
    body.startsWith('{') || body.startsWith('"loc') ? body : JSON.stringify(body).slice(1, -1),
  )
})
