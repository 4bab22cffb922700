import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import { wireFormats } from '../../src/wire/index.ts'
import { writeFixture } from './fixtures.ts'

// What a client asks for and does not get is said, whatever is asked instead; what asks for nothing is not.

const FORMATS = [...wireFormats.keys()]
const USER = { role: 'user', content: 'Hello' }
const MARK = { cache_control: { type: 'ephemeral' } }

const chat = (members: JsonObject): JsonObject => ({ model: 'auto', messages: [USER], ...members })

function lost(client: WireFormatId, body: JsonObject, spoken: WireFormatId): string[] {
  return writeFixture({ name: '', client, body }, spoken).losses.map(({ path }) => path)
}

describe.each(FORMATS.filter((id) => id !== 'openai-chat'))('asked in %s', (spoken) => {
  test.each([
    ['messages[1].audio', { messages: [USER, { role: 'assistant', audio: { id: 'audio_1' } }, USER] }],
    ['response_format', { response_format: { type: 'grammar', grammar: 'root ::= x' } }],
    ['logit_bias', { logit_bias: { 5: 1 } }],
    ['messages[0].foo', { messages: [{ ...USER, foo: 1 }] }],
  ])('a client of Chat Completions loses %s', (path, members) => {
    expect(lost('openai-chat', chat(members), spoken)).toContain(path)
  })

  test.each<[JsonObject]>([
    [{ service_tier: 'auto' }],
    [{ modalities: ['text'] }],
    [{ logit_bias: {} }],
    [{ verbosity: 'medium' }],
    [{ metadata: {} }],
    [{ logprobs: false, top_logprobs: 0 }],
    [{ temperature: 1, top_p: 1, n: 1, presence_penalty: 0, frequency_penalty: 0 }],
    [{ user: 'u', safety_identifier: 'u', store: false }],
  ])('%j asks for nothing that could be lost', (members) => {
    expect(lost('openai-chat', chat(members), spoken).filter((path) => path !== 'user')).toEqual([])
  })

  test('a second name of the end user is carried or said', () => {
    const paths = lost('openai-chat', chat({ user: 'u', safety_identifier: 's' }), spoken)
    expect(paths.includes('safety_identifier')).toBe(spoken !== 'openai-responses')
  })

  test('that the model may choose how long it thinks is no budget', () => {
    const body = { model: 'auto', max_tokens: 9_000, messages: [USER], thinking: { type: 'adaptive' } }
    expect(lost('anthropic-messages', body, spoken)).not.toContain('reasoning.budget_tokens')
  })
})

const OBJECTS: readonly WireFormatId[] = ['anthropic-messages', 'gemini-generate', 'bedrock-converse', 'ollama-chat']

test.each(OBJECTS)('arguments that are no JSON object are said: %s', (spoken) => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":' } }
  const messages = [
    USER,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: 'ok' },
  ]
  const { body, losses } = writeFixture({ name: '', client: 'openai-chat', body: chat({ messages }) }, spoken)
  expect(JSON.stringify(body)).toContain('rawInvalidInput')
  expect(losses).toContainEqual({ path: expect.stringMatching(/arguments$/), reason: expect.stringMatching(/JSON/) })
})

test.each(FORMATS.filter((id) => !/anthropic|bedrock|openai-chat/.test(id)))(
  'a mark inside a result is said: %s',
  (spoken) => {
    const content = [{ type: 'text', text: 'ok', ...MARK }]
    const messages = [
      USER,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content }] },
    ]
    expect(lost('anthropic-messages', { model: 'auto', max_tokens: 99, messages }, spoken)).toEqual([
      expect.stringMatching(/content\[0\]\.content\[0\]\.cache_control$/),
    ])
  },
)

const SHARED = {
  service_tier: 'flex',
  store: true,
  prompt_cache_key: 'k',
  prompt_cache_retention: '24h',
  safety_identifier: 's',
}

test('what Chat Completions and Responses share reaches a provider of the latter', () => {
  const body = chat({ ...SHARED, verbosity: 'low', user: 'u' })
  const written = writeFixture({ name: '', client: 'openai-chat', body }, 'openai-responses')
  expect(written.losses).toEqual([])
  expect(written.body).toMatchObject({ ...SHARED, text: { verbosity: 'low' }, user: 'u' })
  const { user: _, ...alone } = body
  const identified = writeFixture({ name: '', client: 'openai-chat', body: alone }, 'openai-responses')
  expect(identified.body).toMatchObject({ safety_identifier: 's' })
  expect(identified.body).not.toHaveProperty('user')
})
