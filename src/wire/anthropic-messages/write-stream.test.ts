import { expect, test } from 'vitest'
import type { ContentPart } from '../../core/content.ts'
import type { JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import { readRequest } from './read-request.ts'
import { writeResponse } from './write-response.ts'
import { createWriter } from './write-stream.ts'

const context = { id: 'rt_1', model: 'up/m', createdSeconds: 1, includeUsage: true }
const START: StreamPart = { type: 'response-start', id: '', model: '' }
const END: StreamPart = { type: 'response-end', finishReason: 'stop', raw: undefined }

function events(parts: readonly StreamPart[]): JsonValue[] {
  const writer = createWriter(context)
  return [...[START, ...parts, END].flatMap((part) => writer.push(part)), ...writer.end()].map(({ data }) =>
    JSON.parse(data),
  )
}

/** The blocks that a client has in the end: of the stream, which must be those of the whole answer. */
function blocks(parts: readonly StreamPart[]): JsonValue {
  const content = writeResponse([START, ...parts, END], context)['content'] ?? []
  expect(assembled(parts)).toEqual(content)
  return content
}

/** What an SDK makes of the events: each delta goes to the block of its index. */
function assembled(parts: readonly StreamPart[]): JsonValue[] {
  const found: Record<string, JsonValue | undefined>[] = []
  let input = ''
  for (const event of events(parts)) {
    if (!isJsonObject(event)) continue
    const { type, index, content_block: started, delta } = event
    if (type === 'content_block_start' && isJsonObject(started)) {
      expect(index).toBe(found.length)
      found.push({ ...started })
      input = ''
    }
    const block = found[Number(index)]
    if (type === 'content_block_stop' && block !== undefined && input !== '') block['input'] = JSON.parse(input)
    if (type !== 'content_block_delta' || !isJsonObject(delta)) continue
    if (block === undefined) throw new Error(`no block ${index} for ${JSON.stringify(delta)}`)
    const { type: kind, partial_json: json, citation, ...said } = delta
    if (kind === 'input_json_delta') input += json
    else if (kind === 'citations_delta') block['citations'] = [...listOf(block['citations']), citation ?? null]
    else for (const [name, value] of Object.entries(said)) block[name] = `${block[name] ?? ''}${value}`
  }
  return found
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** What comes back when a client sends an answer again. */
function returned(content: JsonValue): readonly ContentPart[] {
  const messages = [{ role: 'assistant', content }]
  return readRequest({ model: 'm', messages }).messages[0]?.content ?? []
}

test('state that another model signed survives a client of this format', () => {
  const gemini = { by: 'gemini-generate' as const, value: 'c2ln' }
  const openai = { by: 'openai-responses' as const, value: 'gAAAA' }
  const content = blocks([
    { type: 'reasoning-delta', text: 'Hm' },
    { type: 'reasoning-end', signature: gemini },
    { type: 'reasoning-end', redacted: true, signature: openai },
    { type: 'text-delta', text: 'Yes' },
    { type: 'tool-call-start', index: 0, id: 'call_1', name: 'f', signature: gemini },
    { type: 'tool-call-delta', index: 0, argumentsText: '{"a":1}' },
    { type: 'tool-call-end', index: 0 },
  ])
  expect(JSON.stringify(content)).not.toContain('"gAAAA"')
  expect(returned(content)).toEqual([
    { type: 'reasoning', text: 'Hm', signature: gemini },
    { type: 'reasoning', text: '', redacted: true, signature: openai },
    { type: 'text', text: 'Yes' },
    // Right before the call to which it belongs.
    { type: 'reasoning', text: '', signature: gemini },
    { type: 'tool-call', id: 'call_1', name: 'f', argumentsText: '{"a":1}' },
  ])
})

test('this format’s own signatures are sent as they are, thoughts of models that do not sign without one', () => {
  const own = { by: 'anthropic-messages' as const, value: 'EqQB' }
  expect(
    blocks([
      { type: 'reasoning-end', signature: own },
      { type: 'reasoning-delta', text: 'Hm' },
      { type: 'text-delta', text: 'Yes' },
    ]),
  ).toEqual([
    { type: 'thinking', thinking: '', signature: 'EqQB' },
    { type: 'thinking', thinking: 'Hm', signature: '' },
    { type: 'text', text: 'Yes' },
  ])
})

test('the input of a custom tool is one member of the object, in one piece', () => {
  const parts: StreamPart[] = [
    { type: 'tool-call-start', index: 0, id: 'a', name: 'shell', custom: true },
    { type: 'tool-call-delta', index: 0, argumentsText: 'echo "' },
    { type: 'tool-call-delta', index: 0, argumentsText: 'hi"' },
    { type: 'tool-call-end', index: 0 },
  ]
  expect(blocks(parts)).toMatchObject([{ type: 'tool_use', input: { input: 'echo "hi"' } }])
  const deltas = events(parts).filter((event) => isJsonObject(event) && event['type'] === 'content_block_delta')
  expect(deltas).toMatchObject([{ delta: { partial_json: '{"input":"echo \\"hi\\""}' } }])
})

test('ids that clients could not send back to Anthropic are replaced', () => {
  const [block] = blocks([
    { type: 'tool-call-start', index: 0, id: 'functions.f:0', name: 'f' },
    { type: 'tool-call-delta', index: 0, argumentsText: '{}' },
    { type: 'tool-call-end', index: 0 },
  ]) as unknown as { id: string }[]
  expect(block?.id).toMatch(/^toolu_[0-9a-f]+$/)
})

test('sources stand with the text that they are sources of', () => {
  const parts: StreamPart[] = [
    { type: 'text-delta', text: 'It rains.' },
    { type: 'citation', url: 'https://a.b', title: 'Weather' },
  ]
  expect(blocks(parts)).toMatchObject([
    { type: 'text', text: 'It rains.', citations: [{ type: 'web_search_result_location', url: 'https://a.b' }] },
  ])
  expect(events(parts)).toContainEqual(
    expect.objectContaining({
      delta: { type: 'citations_delta', citation: expect.objectContaining({ url: 'https://a.b' }) },
    }),
  )
})

const SOURCE: StreamPart = { type: 'citation', url: 'https://a.b', title: undefined }
const CITED = [{ url: 'https://a.b' }]
const CALLED: readonly StreamPart[] = [
  { type: 'tool-call-start', index: 0, id: 'a', name: 'f' },
  { type: 'tool-call-delta', index: 0, argumentsText: '{}' },
  { type: 'tool-call-end', index: 0 },
]

test.each<readonly [string, readonly StreamPart[], readonly object[]]>([
  ['before the text', [SOURCE, { type: 'text-delta', text: 'Hi' }], [{ text: 'Hi', citations: CITED }]],
  [
    'behind the signature of the text',
    [
      { type: 'text-delta', text: 'Hi' },
      { type: 'text-signature', signature: { by: 'gemini-generate', value: 'c2ln' } },
      SOURCE,
    ],
    [{ text: 'Hi', citations: CITED }, { type: 'thinking' }],
  ],
  [
    'behind a call',
    [{ type: 'text-delta', text: 'Hi' }, ...CALLED, SOURCE],
    [{ text: 'Hi' }, { type: 'tool_use' }, { text: '', citations: CITED }],
  ],
])('sources named %s are kept in a stream', (_, parts, expected) => {
  expect(assembled(parts)).toMatchObject(expected)
})

test('a whole answer that only calls keeps its sources', () => {
  expect(blocks([...CALLED, SOURCE])).toMatchObject([{ type: 'tool_use' }, { text: '', citations: CITED }])
})

test('a refusal in the model’s own words says so, and a stop sequence is named', () => {
  const last = (parts: readonly StreamPart[]) => events(parts).at(-2)
  expect(last([{ type: 'refusal-delta', text: 'No.' }])).toMatchObject({ delta: { stop_reason: 'refusal' } })
  const stopped: StreamPart = { type: 'response-end', finishReason: 'stop', raw: 'stop', stopSequence: 'END' }
  const writer = createWriter(context)
  for (const part of [START, stopped]) writer.push(part)
  expect(JSON.parse(writer.end().at(-2)?.data ?? '')).toMatchObject({
    delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
  })
})

test('cached tokens are outside input_tokens again', () => {
  const usage = {
    inputTokens: 100,
    cachedInputTokens: 60,
    cacheWriteTokens: 30,
    longCacheWriteTokens: 20,
    outputTokens: 7,
    reasoningTokens: 3,
  }
  const expected = {
    input_tokens: 10,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    output_tokens: 7,
    output_tokens_details: { thinking_tokens: 3 },
  }
  const parts: StreamPart[] = [{ type: 'usage', usage }]
  expect(writeResponse([START, ...parts, END], context)['usage']).toEqual(expected)
  expect(events(parts).at(-2)).toMatchObject({ type: 'message_delta', usage: expected })
})

function call(...pieces: readonly string[]): StreamPart[] {
  const deltas = pieces.map((argumentsText): StreamPart => ({ type: 'tool-call-delta', index: 0, argumentsText }))
  return [
    { type: 'tool-call-start', index: 0, id: 'toolu_1', name: 'f' },
    ...deltas,
    { type: 'tool-call-end', index: 0 },
  ]
}

/** The pieces of arguments as they go out. */
function pieces(parts: readonly StreamPart[]): JsonValue[] {
  return events(parts).flatMap((event) => {
    const delta = isJsonObject(event) && isJsonObject(event['delta']) ? event['delta'] : {}
    return delta['partial_json'] === undefined ? [] : [delta['partial_json']]
  })
}

test.each([[['[1', ']']], [['"x"']], [['{', 'x:1']], [['{ ', "'a':1}"]], [['1']], [['{']]])(
  'arguments %j are kept within an object, as in a whole answer',
  (given) => {
    expect(blocks(call(...given))).toMatchObject([{ input: { rawInvalidInput: given.join('') } }])
  },
)

test('arguments stream once they have begun as an object', () => {
  expect(pieces(call('{', ' "a', '":', '1}'))).toEqual(['{ "a', '":', '1}'])
  expect(pieces(call('{}'))).toEqual(['{}'])
  expect(pieces(call())).toEqual([])
})
