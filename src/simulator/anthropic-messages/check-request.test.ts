import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { seal } from '../signature.ts'
import { readCall } from './read-call.ts'
import { COUNT_SHAPE, REQUEST_SHAPE } from './request-shape.ts'

const hello = { role: 'user', content: 'hello' }
const tool = { name: 'get_weather', input_schema: { type: 'object', properties: {} } }
const call = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} }
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' }
const asked = { role: 'assistant', content: [call] }
const answered = { role: 'user', content: [result] }
const text = { type: 'text', text: 'x' }
const thought = { type: 'thinking', thinking: 'Hm.', signature: seal('claude', 'Hm.') }
const thinking = { type: 'enabled', budget_tokens: 1_024 }
const loop = { tools: [tool], messages: [hello, asked, answered] }

function refusal(change: JsonObject, shape = REQUEST_SHAPE): string | undefined {
  const read = readCall({ model: 'ok', max_tokens: 4_096, messages: [hello], ...change }, shape)
  if (!('status' in read)) return undefined
  expect(read.status).toBe(400)
  return read.message
}

const say = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] })

test('what Anthropic accepts is accepted', () => {
  const accepted: readonly JsonObject[] = [
    {},
    { system: 'Be brief.', temperature: 0, top_k: 5, stop_sequences: ['a'], stream: true, metadata: { user_id: null } },
    { model: 'claude-sonnet-4-6', max_tokens: 128_000 },
    { system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    { messages: [hello, hello, { role: 'assistant', content: 'One' }] },
    { messages: [hello, { role: 'assistant', content: '' }] },
    loop,
    { ...loop, tool_choice: { type: 'none' } },
    {
      ...loop,
      messages: [hello, asked, { role: 'user', content: [{ ...result, is_error: true, content: [text] }, text] }],
    },
    {
      ...loop,
      messages: [
        hello,
        { role: 'assistant', content: [text, call, { ...call, id: 'b' }] },
        { role: 'user', content: [{ ...result, tool_use_id: 'b' }, result] },
      ],
    },
    { thinking, messages: [hello, { role: 'assistant', content: [thought, text] }, hello] },
    { thinking: { type: 'adaptive' }, ...loop },
    { thinking, tools: [tool], messages: [hello, { role: 'assistant', content: [thought, call] }, answered] },
    { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }] },
    say({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }),
    say({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' }, title: null }),
  ]
  for (const change of accepted) expect(refusal(change), JSON.stringify(change)).toBeUndefined()
})

test.each<[string, JsonObject, string | RegExp]>([
  ['no limit', { max_tokens: undefined }, 'max_tokens: Field required'],
  ['a limit of nothing', { max_tokens: 0 }, 'max_tokens: Input should be greater than or equal to 1'],
  ['an unknown member', { n: 1 }, 'n: Extra inputs are not permitted'],
  [
    'a gateway’s own member of a block',
    say({ ...text, extra: 1 }),
    'messages.0.content.0.text.extra: Extra inputs are not permitted',
  ],
  [
    'reasoning of another format',
    { messages: [{ ...hello, reasoning_content: 'x' }] },
    'messages.0.reasoning_content: Extra inputs are not permitted',
  ],
  ['no messages', { messages: [] }, /^messages: List should have at least 1 item/],
  ['a system message', { messages: [{ role: 'system', content: 'x' }] }, /^messages: Unexpected role "system"/],
  ['a tool message', { messages: [{ role: 'tool', content: 'x' }] }, /^messages: Unexpected role "tool"/],
  [
    'an assistant first',
    { messages: [{ role: 'assistant', content: 'x' }, hello] },
    'messages: first message must use the "user" role',
  ],
  [
    'an empty message',
    { messages: [{ role: 'user', content: '' }] },
    /^messages.0: all messages must have non-empty content/,
  ],
  ['a message of no blocks', say(), /^messages.0: all messages must have non-empty content/],
  ['an empty text', say({ type: 'text', text: '' }), 'messages: text content blocks must be non-empty'],
  [
    'a blank text',
    say({ type: 'text', text: ' \n' }),
    'messages: text content blocks must contain non-whitespace text',
  ],
  [
    'an empty text in a result',
    {
      ...loop,
      messages: [hello, asked, { role: 'user', content: [{ ...result, content: [{ type: 'text', text: '' }] }] }],
    },
    'messages: text content blocks must be non-empty',
  ],
  ['an empty system text', { system: [{ type: 'text', text: '' }] }, 'system: text content blocks must be non-empty'],
  ['an unknown block', say({ type: 'image_url' }), /^messages.0.content.0.type: Input tag 'image_url'/],
  [
    'space at the end of a prefill',
    { messages: [hello, { role: 'assistant', content: 'Say: ' }] },
    'messages: final assistant content cannot end with trailing whitespace',
  ],
  [
    'an odd id',
    { ...loop, messages: [hello, { role: 'assistant', content: [{ ...call, id: 'a.b' }] }, answered] },
    "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
  [
    'input that is text',
    { ...loop, messages: [hello, { role: 'assistant', content: [{ ...call, input: '{}' }] }, answered] },
    'messages.1.content.0.tool_use.input: Input should be a valid dictionary',
  ],
  [
    'a call without its result',
    { ...loop, messages: [hello, asked, hello] },
    /^messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1\./,
  ],
  [
    'a call without its result at the end',
    { ...loop, messages: [hello, asked] },
    /^messages.1: `tool_use` ids were found without/,
  ],
  [
    'results in two messages',
    {
      ...loop,
      messages: [
        hello,
        { role: 'assistant', content: [call, { ...call, id: 'b' }] },
        answered,
        { role: 'user', content: [{ ...result, tool_use_id: 'b' }] },
      ],
    },
    /`tool_result`/,
  ],
  [
    'a result after text',
    { ...loop, messages: [hello, asked, { role: 'user', content: [text, result] }] },
    /^messages.1: `tool_use` ids were found without `tool_result` blocks immediately after/,
  ],
  [
    'a result without its call',
    { ...loop, messages: [answered] },
    /^messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1/,
  ],
  [
    'a result twice',
    { ...loop, messages: [hello, asked, { role: 'user', content: [result, result] }] },
    /each tool_use must have a single result/,
  ],
  [
    'an id twice',
    { ...loop, messages: [hello, asked, answered, asked, answered] },
    'messages: `tool_use` ids must be unique',
  ],
  [
    'a call by the user',
    { ...loop, messages: [{ role: 'user', content: [call] }] },
    /`tool_use` blocks can only be in `assistant` messages/,
  ],
  [
    'a result by the assistant',
    { ...loop, messages: [hello, { role: 'assistant', content: [result] }] },
    /`tool_result` blocks can only be in `user` messages/,
  ],
  [
    'tool blocks without tools',
    { messages: loop.messages },
    'Requests which include `tool_use` or `tool_result` blocks must define tools',
  ],
  [
    'a name with a dot',
    { tools: [{ ...tool, name: 'a.b' }] },
    "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  ],
  ['a long name', { tools: [{ ...tool, name: 'a'.repeat(129) }] }, /^tools.0.custom.name: String should match pattern/],
  ['a name twice', { tools: [tool, tool] }, 'tools: Tool names must be unique.'],
  [
    'a schema without type',
    { tools: [{ name: 'a', input_schema: {} }] },
    'tools.0.custom.input_schema.type: Field required',
  ],
  [
    'a schema of branches',
    { tools: [{ name: 'a', input_schema: { type: 'object', anyOf: [] } }] },
    /does not support oneOf, allOf, or anyOf at the top level/,
  ],
  [
    'OpenAI’s shape of a tool',
    { tools: [{ type: 'function', function: { name: 'a' } }] },
    /^tools.0.type: Input tag 'function'/,
  ],
  [
    'a choice without tools',
    { tool_choice: { type: 'auto' } },
    'tool_choice: may only be specified while providing tools',
  ],
  [
    'an unknown tool chosen',
    { tools: [tool], tool_choice: { type: 'tool', name: 'b' } },
    "Tool 'b' not found in provided tools",
  ],
  ['a choice in a word', { tools: [tool], tool_choice: 'auto' }, 'tool_choice: Input should be a valid dictionary'],
  [
    'a small budget',
    { thinking: { type: 'enabled', budget_tokens: 1_023 } },
    'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
  ],
  [
    'a budget over the limit',
    { thinking, max_tokens: 1_024 },
    /^`max_tokens` must be greater than `thinking.budget_tokens`/,
  ],
  [
    'a forced tool with thinking',
    { thinking, tools: [tool], tool_choice: { type: 'any' } },
    'Thinking may not be enabled when tool_choice forces tool use.',
  ],
  [
    'a temperature with thinking',
    { thinking, temperature: 0 },
    /^`temperature` may only be set to 1 when thinking is enabled/,
  ],
  ['top_k with thinking', { thinking, top_k: 1 }, /^`top_k` must be unset/],
  ['a low top_p with thinking', { thinking, top_p: 0.5 }, /^`top_p` must be greater than or equal to 0.95/],
  [
    'a loop whose call came without its thought',
    { thinking, ...loop },
    /^messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
  ],
  [
    'a last thought without thinking',
    { messages: [hello, { role: 'assistant', content: [thought, text] }] },
    /^messages.1.content.0: When thinking is disabled/,
  ],
  [
    'a thought without signature',
    { messages: [hello, { role: 'assistant', content: [{ type: 'thinking', thinking: 'x' }, text] }, hello] },
    'messages.1.content.0.thinking.signature: Field required',
  ],
  [
    'a foreign signature',
    { messages: [hello, { role: 'assistant', content: [{ ...thought, signature: 'EqQB' }, text] }, hello] },
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  ],
  [
    'a changed thought',
    { messages: [hello, { role: 'assistant', content: [{ ...thought, thinking: 'Ha.' }, text] }, hello] },
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  ],
  [
    'a signature of Gemini’s',
    {
      messages: [
        hello,
        { role: 'assistant', content: [{ ...thought, signature: seal('gemini', 'Hm.') }, text] },
        hello,
      ],
    },
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  ],
  [
    'foreign redacted thinking',
    { messages: [hello, { role: 'assistant', content: [{ type: 'redacted_thinking', data: 'x' }, text] }, hello] },
    'messages.1.content.0: Invalid `data` in `redacted_thinking` block',
  ],
  [
    'a thought at the end',
    { messages: [hello, { role: 'assistant', content: [text, thought] }, hello] },
    'messages.1: The final block in an assistant message cannot be `thinking`.',
  ],
  ['too hot', { temperature: 1.5 }, 'temperature: Input should be less than or equal to 1'],
  [
    'both samplings at a new model',
    { model: 'claude-sonnet-4-5', temperature: 1, top_p: 1 },
    /^`temperature` and `top_p` cannot both be specified/,
  ],
  [
    'a loose schema',
    { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    /'additionalProperties' must be explicitly set to false/,
  ],
  [
    'a schema of a list',
    { output_config: { format: { type: 'json_schema', schema: { type: 'array', items: { type: 'string' } } } } },
    'output_config.format.schema: JSON schema must be an object, but got array',
  ],
  [
    'a schema without type',
    { output_config: { format: { type: 'json_schema', schema: { properties: {} } } } },
    /Schema type is missing for schema/,
  ],
  [
    'five cache marks',
    say(...Array.from({ length: 5 }, () => ({ ...text, cache_control: { type: 'ephemeral' } }))),
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ],
  [
    'a longer answer than the model gives',
    { model: 'claude-sonnet-4-5-20250929', max_tokens: 128_000 },
    'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5-20250929',
  ],
  [
    'a picture of an unknown type',
    say({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AAAA' } }),
    /media_type: Input should be 'image\/jpeg'/,
  ],
])('%s is refused', (_name, change, message) => {
  expect(refusal(change)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
})

test('a count takes no limit and no stream', () => {
  expect(refusal({ max_tokens: undefined }, COUNT_SHAPE)).toBeUndefined()
  expect(refusal({}, COUNT_SHAPE)).toBe('max_tokens: Extra inputs are not permitted')
})
