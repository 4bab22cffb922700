import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldParts } from '../../src/core/fold.ts'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'

const context = { id: 'rt_1', model: 'm', createdSeconds: 0, includeUsage: true }

/** The tidy parts of a stream of these events. */
function partsOf(events: readonly JsonObject[]): StreamPart[] {
  const reader = geminiGenerate.createReader()
  const tidier = createTidier('t')
  const parts = events.flatMap((event) => tidier.push(reader.push({ event: undefined, data: JSON.stringify(event) })))
  return [...parts, ...tidier.push(reader.end()), ...tidier.end()]
}

const event = (parts: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, ...more }],
})
const end = (more: JsonObject = {}): JsonObject => event([{ text: '' }], { finishReason: 'STOP', ...more })
const piece = (jsonPath: string, more: JsonObject): JsonObject =>
  event([{ functionCall: { partialArgs: [{ jsonPath, ...more }], willContinue: true } }])
const begin = event([{ functionCall: { name: 'f', willContinue: true } }])
const close = event([{ functionCall: {} }])

const argumentsOf = (events: readonly JsonObject[]): string | undefined => {
  const call = foldParts(partsOf(events)).blocks.find((block) => block.type === 'tool-call')
  return call?.type === 'tool-call' ? call.argumentsText : undefined
}

/** Every scalar of a value with its path, as Vertex AI streams them: strings in two pieces. */
function pieces(value: JsonValue | undefined, path: string): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((one: JsonValue, index) => pieces(one, `${path}[${index}]`))
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, one]) =>
      pieces(one, /^\w+$/.test(name) ? `${path}.${name}` : `${path}['${name.replace(/(['\\])/g, '\\$1')}']`),
    )
  }
  if (typeof value === 'string') {
    const half = Math.floor(value.length / 2)
    return [
      piece(path, { stringValue: value.slice(0, half), willContinue: true }),
      piece(path, { stringValue: value.slice(half) }),
    ]
  }
  if (typeof value === 'number') return [piece(path, { numberValue: value })]
  return [piece(path, typeof value === 'boolean' ? { boolValue: value } : { nullValue: 'NULL_VALUE' })]
}

test('arguments that come in pieces are the arguments, whatever they are', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
  )
  const { tree } = fc.letrec<{ tree: JsonValue; branch: JsonValue }>((tie) => ({
    // Nothing streams an empty object or list: pieces are scalars.
    branch: fc.oneof(
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie('tree'), { minKeys: 1, maxKeys: 3 }),
    ),
    tree: fc.oneof({ maxDepth: 3 }, scalar, tie('branch')),
  }))
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), tree, { minKeys: 1, maxKeys: 3 }), (args) => {
      const sent = JSON.parse(JSON.stringify(args)) as JsonObject
      expect(JSON.parse(argumentsOf([begin, ...pieces(sent, '$'), close, end()]) ?? '')).toEqual(sent)
    }),
  )
})

test('a member may be called __proto__', () => {
  const args = JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject
  expect(argumentsOf([begin, ...pieces(args, '$'), close, end()])).toBe('{"__proto__":{"polluted":true}}')
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test.each(['$', '$.', '$.a[-1]', '$.a[999999999]', '$[', `$${'.a'.repeat(200)}`])(
  'the path %s leads nowhere',
  (path) => {
    expect(() => partsOf([begin, piece(path, { stringValue: 'x' }), close, end()])).toThrow(
      expect.objectContaining({ code: 'upstream_malformed' }),
    )
  },
)

test('arguments that the limit cut short do not look whole', () => {
  const cut = [begin, ...pieces({ city: 'Paris' }, '$'), event([], { finishReason: 'MAX_TOKENS' })]
  const parts = partsOf(cut)
  expect(() => JSON.parse(argumentsOf(cut) ?? '')).toThrow()
  expect(parts.at(-1)).toMatchObject({ type: 'response-end', finishReason: 'length' })
})

test('thoughts that were counted once are not forgotten when later events leave them out', () => {
  const parts = partsOf([
    {
      ...event([{ text: 'a' }]),
      usageMetadata: { promptTokenCount: 1, thoughtsTokenCount: 40, candidatesTokenCount: 1 },
    },
    { ...end(), usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } },
  ])
  expect(foldParts(parts).usage).toMatchObject({ outputTokens: 42, reasoningTokens: 40 })
})

test('usage is written as Google counts: thoughts beside the answer, sound by kind', () => {
  const usage = {
    inputTokens: 10,
    cachedInputTokens: 4,
    cacheWriteTokens: undefined,
    outputTokens: 9,
    reasoningTokens: 5,
    inputAudioTokens: 3,
  }
  const parts: StreamPart[] = [
    { type: 'text-delta', text: 'x' },
    { type: 'usage', usage },
    { type: 'response-end', finishReason: 'stop', raw: undefined },
  ]
  const written = geminiGenerate.writeResponse(parts, context)
  expect(written['usageMetadata']).toEqual({
    promptTokenCount: 10,
    cachedContentTokenCount: 4,
    candidatesTokenCount: 4,
    thoughtsTokenCount: 5,
    totalTokenCount: 19,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: 7 },
      { modality: 'AUDIO', tokenCount: 3 },
    ],
  })
  expect(foldParts(geminiGenerate.readResponse(JSON.parse(JSON.stringify(written)))).usage).toEqual(usage)
})

const LOGPROBS = [
  {
    token: 'Hi',
    logprob: -0.1,
    top: [
      { token: 'Hi', logprob: -0.1 },
      { token: 'Ho', logprob: -2 },
    ],
  },
]

/** Everything an answer of this format may hold. */
const FULL: readonly StreamPart[] = [
  { type: 'response-start', id: 'r1', model: 'm' },
  { type: 'reasoning-delta', text: 'hm' },
  { type: 'reasoning-end', signature: { by: 'gemini-generate', value: 'c2lnMQ==' } },
  { type: 'text-delta', text: 'Hi', logprobs: LOGPROBS },
  { type: 'text-signature', signature: { by: 'gemini-generate', value: 'c2lnMg==' } },
  { type: 'media', mediaType: 'image/png', data: 'AAAA' },
  { type: 'tool-call-start', index: 0, id: 'c1', name: 'f', signature: { by: 'gemini-generate', value: 'c2lnMw==' } },
  { type: 'tool-call-delta', index: 0, argumentsText: '{"n":9007199254740993}' },
  { type: 'tool-call-end', index: 0 },
  { type: 'citation', url: 'https://a.example', title: 'A' },
  { type: 'response-end', finishReason: 'tool-calls', raw: 'STOP' },
]

test('an answer that holds everything is the same after being written and read, whole and streamed', () => {
  const whole = JSON.stringify(geminiGenerate.writeResponse(FULL, context))
  expect(whole).toContain('9007199254740993')
  const writer = geminiGenerate.createWriter(context)
  const events = [...FULL.flatMap((part) => writer.push(part)), ...writer.end()]
  const reader = geminiGenerate.createReader()
  const tidied = (parts: readonly StreamPart[]) => {
    const tidier = createTidier('t')
    return foldParts([...tidier.push(parts), ...tidier.end()])
  }
  const expected = foldParts(FULL)
  expect(tidied(events.flatMap((one) => reader.push(one)))).toEqual(expected)
  expect(tidied(geminiGenerate.readResponse(parseWhole(whole)))).toEqual(expected)
})

function parseWhole(text: string): JsonObject {
  const { rawJSON } = JSON as { rawJSON?: (source: string) => JsonValue }
  return JSON.parse(text.replaceAll('9007199254740993', '"BIG"'), (_key, value) =>
    value === 'BIG' ? rawJSON?.('9007199254740993') : value,
  ) as JsonObject
}

test('a source is cited once, however often it is said', () => {
  const grounded = {
    groundingMetadata: {
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }, { web: { uri: 'https://b.example' } }],
    },
  }
  const parts = partsOf([event([{ text: 'x' }], grounded), end(grounded)])
  expect(foldParts(parts).citations.map(({ url }) => url)).toEqual(['https://a.example', 'https://b.example'])
})

test('only the first candidate is read, in whatever order they come', () => {
  const candidates = [
    { index: 1, content: { parts: [{ text: 'second' }] }, finishReason: 'STOP' },
    { index: 0, content: { parts: [{ text: 'first' }] }, finishReason: 'STOP' },
  ]
  expect(foldParts(geminiGenerate.readResponse({ candidates })).blocks).toEqual([{ type: 'text', text: 'first' }])
})

test('a call that Google runs itself is content of a native answer', () => {
  const parts = [{ toolCall: { toolType: 'GOOGLE_SEARCH_WEB', args: {}, id: 'x' } }]
  expect(geminiGenerate.summarizeResponse(event(parts, { finishReason: 'STOP' }))).toMatchObject({ hasContent: true })
  expect(geminiGenerate.summarizeResponse(event([], { finishReason: 'STOP' }))).toMatchObject({ hasContent: false })
})

test('what is no answer of Gemini is malformed', () => {
  const malformed = expect.objectContaining({ code: 'upstream_malformed' })
  expect(() => geminiGenerate.readResponse({ choices: [] })).toThrow(malformed)
  expect(() => geminiGenerate.createReader().push({ event: undefined, data: '[1' })).toThrow(malformed)
  expect(geminiGenerate.readEnd('{"candidates":')).toBeUndefined()
})

test('the end of a stream tells usage and finish, an event in its middle neither', () => {
  const last = { ...end(), usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } }
  expect(geminiGenerate.readEnd(JSON.stringify(last))).toMatchObject({
    finishReason: 'stop',
    usage: { outputTokens: 2 },
  })
  expect(geminiGenerate.readEnd(JSON.stringify(event([{ text: 'a' }])))).toBeUndefined()
})
