import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { seal } from '../signature.ts'
import { readCall } from './read-call.ts'

const hello = { role: 'user', content: [{ text: 'hello' }] }
const said = { role: 'assistant', content: [{ text: 'Hi.' }] }
const toolUse = { toolUseId: 'tooluse_1', name: 'get_weather', input: {} }
const toolResult = { toolUseId: 'tooluse_1', content: [{ text: 'sunny' }] }
const asked = { role: 'assistant', content: [{ toolUse }] }
const answered = { role: 'user', content: [{ toolResult }] }
const spec = { name: 'get_weather', inputSchema: { json: { type: 'object', properties: {} } } }
const toolConfig = { tools: [{ toolSpec: spec }] }
const reasoned = (reasoningText: JsonObject): JsonObject => ({
  messages: [hello, { role: 'assistant', content: [{ reasoningContent: { reasoningText } }, { text: 'Hi.' }] }, hello],
})
const result = (content: JsonObject[], more: JsonObject = {}): JsonObject => ({
  toolConfig,
  messages: [hello, asked, { role: 'user', content: [{ toolResult: { ...toolResult, content, ...more } }] }],
})
const say = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] })
const document = { format: 'pdf', name: 'report', source: { bytes: 'AAAA' } }

function refusal(change: JsonObject, model = 'anthropic.claude/ok'): string | undefined {
  const read = readCall({ messages: [hello], ...change }, `/model/${encodeURIComponent(model)}/converse`)
  if (!('status' in read)) return undefined
  expect(read.status).toBe(400)
  return read.message
}

test('what Bedrock accepts is accepted', () => {
  const accepted: readonly JsonObject[] = [
    {},
    { system: [{ text: 'x' }, { cachePoint: { type: 'default' } }], inferenceConfig: { maxTokens: 5, temperature: 0 } },
    { messages: [hello, said, hello], unheardOf: true },
    { toolConfig, messages: [hello, asked, answered] },
    { toolConfig: { ...toolConfig, toolChoice: { any: {} } } },
    result([{ json: { sky: 'blue' } }], { status: 'success' }),
    result([]),
    say({ text: 'read' }, { document: { ...document, name: 'my report (1) [a]_b-c' } }),
    reasoned({ text: 'Hm.', signature: seal('claude', 'Hm.') }),
    reasoned({ text: '', signature: seal('claude', 'Hm.') }),
  ]
  for (const change of accepted) expect(refusal(change), JSON.stringify(change)).toBeUndefined()
  // Models that sign nothing.
  expect(refusal(reasoned({ text: 'Hm.' }), 'us.amazon.nova-2/ok')).toBeUndefined()
})

test.each<[string, JsonObject, string | RegExp]>([
  ['an assistant first', { messages: [said, hello] }, /^A conversation must start with a user message/],
  ['no messages', { messages: [] }, /^A conversation must start with a user message/],
  ['two of the user', { messages: [hello, hello] }, /^A conversation must alternate between user and assistant roles/],
  [
    'a system message',
    { messages: [{ role: 'system', content: [{ text: 'x' }] }] },
    /messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set/,
  ],
  [
    'content in a string',
    { messages: [{ role: 'user', content: 'hello' }] },
    /messages.1.member.content' must be of type array/,
  ],
  ['no content', say(), /^The content field in the Message object at messages.0 is empty/],
  [
    'an empty text',
    say({ text: '' }),
    'The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.',
  ],
  ['a blank text', say({ text: ' ' }), /is blank/],
  [
    'a block of two members',
    say({ text: 'x', image: { format: 'png', source: { bytes: 'AAAA' } } }),
    /exactly one union member/,
  ],
  ['a block of an unknown member', say({ type: 'text' }), /exactly one union member/],
  [
    'tool blocks without toolConfig',
    { messages: [hello, asked, answered] },
    'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
  ],
  [
    'no tools',
    { toolConfig: { tools: [] } },
    /toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1/,
  ],
  [
    'an odd name',
    { toolConfig: { tools: [{ toolSpec: { ...spec, name: 'a.b' } }] } },
    "1 validation error detected: Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
  ],
  [
    'a long name',
    { toolConfig: { tools: [{ toolSpec: { ...spec, name: 'a'.repeat(65) } }] } },
    /length less than or equal to 64/,
  ],
  [
    'an empty description',
    { toolConfig: { tools: [{ toolSpec: { ...spec, description: '' } }] } },
    /description' failed to satisfy constraint: Member must have length greater/,
  ],
  [
    'a schema without type',
    { toolConfig: { tools: [{ toolSpec: { ...spec, inputSchema: { json: {} } } }] } },
    /inputSchema.json.type must be one of the following: object/,
  ],
  ['a name twice', { toolConfig: { tools: [...toolConfig.tools, ...toolConfig.tools] } }, /more than once/],
  ['a choice of two', { toolConfig: { ...toolConfig, toolChoice: { any: {}, auto: {} } } }, /exactly one union member/],
  ['a choice of none', { toolConfig: { ...toolConfig, toolChoice: { none: {} } } }, /exactly one union member/],
  [
    'an unknown tool chosen',
    { toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'b' } } } },
    /Tool 'b' not found/,
  ],
  [
    'an odd id',
    {
      toolConfig,
      messages: [hello, { role: 'assistant', content: [{ toolUse: { ...toolUse, toolUseId: 'a:0' } }] }, answered],
    },
    /toolUse.toolUseId' failed to satisfy constraint/,
  ],
  [
    'input that is text',
    {
      toolConfig,
      messages: [hello, { role: 'assistant', content: [{ toolUse: { ...toolUse, input: '{}' } }] }, answered],
    },
    'The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the field and try again.',
  ],
  [
    'a call without its result',
    { toolConfig, messages: [hello, asked, hello] },
    'Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1',
  ],
  [
    'a call without its result at the end',
    { toolConfig, messages: [hello, asked] },
    /^Expected toolResult blocks at messages.2.content/,
  ],
  [
    'a result without its call',
    { toolConfig, messages: [answered] },
    'The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks of previous turn.',
  ],
  [
    'a result twice',
    { toolConfig, messages: [hello, asked, { role: 'user', content: [{ toolResult }, { toolResult }] }] },
    /exceeds the number of toolUse blocks/,
  ],
  [
    'an id twice',
    { toolConfig, messages: [hello, { role: 'assistant', content: [{ toolUse }, { toolUse }] }, answered] },
    /ids must be unique/,
  ],
  ['a call by the user', { toolConfig, ...say({ toolUse }) }, /toolUse block at messages.0.content.0 is not allowed/],
  ['an error that says nothing', result([], { status: 'error' }), /cannot be empty when status value is error/],
  ['a result of blank text', result([{ text: '' }]), /text content blocks must contain non-whitespace text/],
  ['json that is no object', result([{ json: [1] }]), /toolResult.content.0.json is invalid. Provide a json object/],
  ['an unknown status', result([{ text: 'x' }], { status: 'failed' }), /enum value set: \[success, error\]/],
  [
    'a document’s name with a dot',
    say({ text: 'x' }, { document: { ...document, name: 'report.pdf' } }),
    /^The document file name can only contain alphanumeric/,
  ],
  [
    'a document’s name with two spaces',
    say({ text: 'x' }, { document: { ...document, name: 'a  b' } }),
    /^The document file name/,
  ],
  ['a document without text', say({ document }), /text block is required/],
  [
    'bytes that are a URL',
    say({ image: { format: 'png', source: { bytes: 'data:image/png;base64,AAAA' } } }),
    /not valid base64/,
  ],
  [
    'an image of an unknown format',
    say({ image: { format: 'image/png', source: { bytes: 'AAAA' } } }),
    /image.format' failed to satisfy constraint/,
  ],
  [
    'reasoning without signature',
    reasoned({ text: 'Hm.' }),
    'The model returned the following errors: messages.1.content.0.thinking.signature: Field required',
  ],
  ['a foreign signature', reasoned({ text: 'Hm.', signature: 'EqQB' }), /Invalid `signature` in `thinking` block/],
  [
    'changed reasoning',
    reasoned({ text: 'Ha.', signature: seal('claude', 'Hm.') }),
    /Invalid `signature` in `thinking` block/,
  ],
  [
    'space at the end of a prefill',
    { messages: [hello, { role: 'assistant', content: [{ text: 'Say: ' }] }] },
    /final assistant content cannot end with trailing whitespace/,
  ],
  [
    'a forced tool with thinking',
    {
      toolConfig: { ...toolConfig, toolChoice: { any: {} } },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1_024 } },
    },
    /Thinking may not be enabled when tool_choice forces tool use/,
  ],
  [
    'a small budget',
    { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 10 } } },
    /greater than or equal to 1024/,
  ],
  [
    'a budget over the limit',
    {
      inferenceConfig: { maxTokens: 1_024 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1_024 } },
    },
    /`max_tokens` must be greater/,
  ],
  [
    'no tokens',
    { inferenceConfig: { maxTokens: 0 } },
    /inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater/,
  ],
  ['too hot', { inferenceConfig: { temperature: 1.5 } }, /less than or equal to 1/],
  [
    'foreign redacted reasoning',
    {
      messages: [
        hello,
        { role: 'assistant', content: [{ reasoningContent: { redactedContent: 'AAAA' } }, { text: 'Hi.' }] },
        hello,
      ],
    },
    /Invalid `data` in `redacted_thinking` block/,
  ],
])('%s is refused', (_name, change, message) => {
  expect(refusal(change)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
})

test('what depends on the model’s name is refused by that name', () => {
  const stops = { inferenceConfig: { stopSequences: ['END'] } }
  expect(refusal(stops, 'openai.gpt-oss-120b-1:0/ok')).toMatch(/doesn't support the stopSequences field/)
  expect(refusal(stops)).toBeUndefined()
  const sound = say({ text: 'x' }, { audio: { format: 'mp3', source: { bytes: 'AAAA' } } })
  expect(refusal(sound, 'us.amazon.nova-2-lite-v1:0')).toMatch(/audio content block/)
  expect(refusal(sound, 'mistral.voxtral-mini')).toBeUndefined()
  const answer = (schema: JsonObject): JsonObject => ({
    outputConfig: { textFormat: { structure: { jsonSchema: { schema: JSON.stringify(schema) } } } },
  })
  const closed = { type: 'object', properties: {}, additionalProperties: false }
  expect(refusal(answer({ ...closed, properties: { a: { type: 'object' } } }))).toMatch(
    /must be explicitly set to false/,
  )
  expect(refusal(answer(closed))).toBeUndefined()
  expect(refusal({ toolConfig: { tools: [{ toolSpec: { ...spec, strict: true } }] } })).toMatch(
    /explicitly set to false/,
  )
  expect(refusal({ messages: [hello, said] }, 'us.anthropic.claude-opus-4-6-v1')).toMatch(/prefill/)
  expect(refusal({ messages: [hello, said] }, 'us.anthropic.claude-sonnet-4-5')).toBeUndefined()
})
