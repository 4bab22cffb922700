import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime'
import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import type { Tool } from '../../src/core/tool.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import type { AwsSdk } from './aws-sdk.ts'
import { startAwsSdk } from './aws-sdk.ts'
import { expectValid, requestOf, user } from './bedrock-rules.ts'

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const OPUS = 'us.anthropic.claude-opus-4-6-v1'
const MODELS = [
  SONNET,
  OPUS,
  'anthropic.claude-3-haiku-20240307-v1:0',
  'us.anthropic.claude-opus-4-7',
  'us.amazon.nova-2-lite-v1:0',
  'meta.llama3-3-70b-instruct-v1:0',
  'mistral.mistral-large-2407-v1:0',
  'openai.gpt-oss-120b-1:0',
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc',
]

const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `a${text}`)
const cache = fc.option(fc.constantFrom({}, { ttl: '5m' as const }, { ttl: '1h' as const }), { nil: undefined })
const base64 = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const identifier = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/)

function marked<Part extends ContentPart>(part: fc.Arbitrary<Part>): fc.Arbitrary<ContentPart> {
  return fc.tuple(part, cache).map(([one, mark]) => (mark === undefined ? one : { ...one, cache: mark }) as ContentPart)
}

const text = marked(words.map((said) => ({ type: 'text' as const, text: said })))
const image = marked(
  fc.tuple(fc.constantFrom('image/png', 'image/jpeg', 'image/gif', 'image/webp'), base64).map(([mediaType, data]) => ({
    type: 'image' as const,
    source: { type: 'data' as const, mediaType, data },
  })),
)
const stored = fc.constant({
  type: 'image' as const,
  source: { type: 'url' as const, url: 's3://bucket/picture.png', mediaType: 'image/png' },
})
const film = base64.map((data) => ({
  type: 'file' as const,
  source: { type: 'data' as const, mediaType: 'video/mp4', data },
}))
/** Names are made unique below: Bedrock wants them so. */
const document = fc
  .tuple(fc.constantFrom('application/pdf', 'text/csv', 'text/plain'), base64)
  .map(([mediaType, data]) => ({
    type: 'file' as const,
    source: { type: 'data' as const, mediaType, data },
    name: 'Report',
  }))
const signedThought = fc.tuple(fc.string(), base64).map(([said, value]) => ({
  type: 'reasoning' as const,
  text: said,
  signature: { by: 'anthropic-messages' as const, value },
}))
const hiddenThought = base64.map((value) => ({
  type: 'reasoning' as const,
  text: '',
  redacted: true,
  signature: { by: 'anthropic-messages' as const, value },
}))

const userTurn = fc
  .tuple(text, fc.array(fc.oneof(text, image, stored, film, document), { maxLength: 3 }))
  .map(([first, rest]): Message => ({ role: 'user', content: [first, ...rest], name: undefined }))

type Called = {
  readonly name: string
  readonly input: JsonObject
  readonly result: readonly ContentPart[]
  readonly isError: boolean
}
const called: fc.Arbitrary<Called> = fc.record({
  name: identifier,
  input: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }).map((value) => value as JsonObject),
  result: fc.array(
    fc.oneof(
      words.map((said) => ({ type: 'text' as const, text: said })),
      stored,
      document,
    ),
    { minLength: 1, maxLength: 2 },
  ),
  isError: fc.boolean(),
})

type Round = {
  readonly thought: ContentPart
  readonly said: readonly ContentPart[]
  readonly calls: readonly Called[]
  readonly next: Message
}
const round: fc.Arbitrary<Round> = fc.record({
  thought: fc.oneof(signedThought, hiddenThought),
  said: fc.array(text, { maxLength: 2 }),
  calls: fc.array(called, { maxLength: 3 }),
  next: userTurn,
})

const conversation = fc
  .record({ system: fc.array(text, { maxLength: 2 }), first: userTurn, rounds: fc.array(round, { maxLength: 3 }) })
  .map(({ system, first, rounds }): Message[] => {
    let count = 0
    const messages: Message[] = [first]
    for (const { thought, said, calls, next } of rounds) {
      const made = calls.map((one) => ({ ...one, id: `toolu_${count++}` }))
      const asked = made.map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        id,
        name,
        argumentsText: JSON.stringify(input),
      }))
      messages.push({ role: 'assistant', content: [thought, ...said, ...asked], name: undefined })
      const results = made.map(({ id, result, isError }) => ({
        type: 'tool-result' as const,
        callId: id,
        content: result,
        ...(isError ? { isError } : {}),
      }))
      // Tools answer in any order.
      if (results.length > 0) messages.push({ role: 'tool', content: results.toReversed(), name: undefined })
      messages.push(next)
    }
    const whole =
      system.length === 0 ? messages : [{ role: 'system' as const, content: system, name: undefined }, ...messages]
    return numbered(whole)
  })

/** Documents with names of their own. */
function numbered(messages: readonly Message[]): Message[] {
  let count = 0
  const rename = (part: ContentPart): ContentPart => {
    if (part.type === 'tool-result') return { ...part, content: part.content.map(rename) }
    return part.type === 'file' && part.name !== undefined ? { ...part, name: `Report [${count++}]` } : part
  }
  return messages.map((message) => ({ ...message, content: message.content.map(rename) }))
}

const tool: fc.Arbitrary<Tool> = fc
  .record({ name: identifier, description: fc.option(words, { nil: undefined }), strict: fc.boolean(), mark: cache })
  .map(({ name, description, strict, mark }) => ({
    name,
    description,
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
    ...(strict ? { strict } : {}),
    ...(mark === undefined ? {} : { cache: mark }),
  }))

const number = fc.integer({ min: 1, max: 100_000 })
const warmth = fc.oneof(
  fc.record({ temperature: fc.constantFrom(0, 0.5, 1), topP: fc.constant(undefined) }),
  fc.record({ temperature: fc.constant(undefined), topP: fc.constantFrom(0.1, 0.95) }),
)

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    messages: conversation,
    tools: fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: (one) => one.name }),
    choice: fc.constantFrom('auto' as const, 'required' as const, 'named' as const, undefined),
    maxOutputTokens: fc.option(number, { nil: undefined }),
    warmth,
    topK: fc.option(number, { nil: undefined }),
    stop: fc.option(fc.array(words, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    reasoning: fc.constantFrom(
      undefined,
      { effort: 'none' },
      { budgetTokens: 1_024 },
      { budgetTokens: 9_000, summary: 'auto' },
    ),
    schema: fc.option(fc.record({ name: identifier, description: words }), { nil: undefined }),
    metadata: fc.option(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.stringMatching(/^[a-z ]{0,9}$/), { minKeys: 1, maxKeys: 3 }),
      { nil: undefined },
    ),
    stream: fc.boolean(),
  })
  .map((said): ChatRequest => {
    const thinks = (said.reasoning?.budgetTokens ?? 0) > 0
    const [first] = said.tools
    return {
      model: SONNET,
      messages: said.messages,
      tools: said.tools,
      toolChoice:
        thinks && said.choice !== undefined
          ? 'auto'
          : said.choice === 'named'
            ? { name: first?.name ?? '' }
            : said.choice,
      parallelToolCalls: undefined,
      sampling: {
        maxOutputTokens: thinks ? 20_000 : said.maxOutputTokens,
        temperature: thinks ? undefined : said.warmth.temperature,
        topP: thinks ? undefined : said.warmth.topP,
        topK: thinks ? undefined : said.topK,
        choices: undefined,
        stop: said.stop,
      },
      reasoning: said.reasoning,
      responseFormat:
        said.schema === undefined
          ? undefined
          : {
              type: 'json-schema',
              schema: { type: 'object', properties: {}, additionalProperties: false },
              ...said.schema,
            },
      stream: said.stream,
      includeUsage: true,
      user: undefined,
      metadata: said.metadata,
      native: { format: 'openai-chat', body: {} },
    }
  })

function withoutNative({ native: _native, ...rest }: ChatRequest): unknown {
  return rest
}

describe('a request', () => {
  test('comes back as it was written, and nothing of it is said to be lost', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { body, losses } = bedrockConverse.writeRequest(given, SONNET)
        expect(losses).toEqual([])
        expectValid(body)
        // What crosses the wire.
        const sent = JSON.parse(JSON.stringify(body)) as JsonObject
        const read = bedrockConverse.readRequest(sent, { model: SONNET, stream: given.stream })
        expect(withoutNative(read)).toEqual(withoutNative(given))
        const unread = bedrockConverse.unread(sent).filter(({ path }) => path !== 'additionalModelResponseFieldPaths')
        expect(unread).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test.each([{ effort: 'low' }, { effort: 'high' }, { effort: 'max' }, { effort: 'none' }, { budgetTokens: -1 }])(
    'thinking as it likes, %o, comes back',
    (reasoning) => {
      const given = { ...requestOf([user('Hi')]), reasoning }
      const { body, losses } = bedrockConverse.writeRequest(given, OPUS)
      expect(losses).toEqual([])
      expect(bedrockConverse.readRequest(body, { model: OPUS }).reasoning).toEqual(reasoning)
    },
  )
})

describe('AWS’s own SDK', () => {
  let sdk: AwsSdk
  beforeAll(async () => {
    sdk = await startAwsSdk()
    sdk.served = {
      status: 200,
      type: 'application/json',
      body: '{"output":{"message":{"role":"assistant","content":[]}}}',
    }
  })
  afterAll(() => sdk.close())

  /** Bytes stand in base64 on the wire and as bytes in the SDK's requests. */
  function withBytes(value: unknown, name = ''): unknown {
    if ((name === 'bytes' || name === 'redactedContent') && typeof value === 'string')
      return Buffer.from(value, 'base64')
    if (Array.isArray(value)) return value.map((one) => withBytes(one))
    if (typeof value !== 'object' || value === null) return value
    // What a model or a tool takes is no structure of the service's.
    const isOpen = ['input', 'json', 'additionalModelRequestFields'].includes(name)
    if (isOpen) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withBytes(member, key)]))
  }

  test('sends every member that we write: none is unknown to the service, none is elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.constantFrom(...MODELS), async (given, model) => {
        const body = JSON.parse(JSON.stringify(bedrockConverse.writeRequest(given, model).body)) as JsonObject
        const input = { modelId: model, ...(withBytes(body) as object) } as ConverseCommandInput
        await sdk.client.send(new ConverseCommand(input))
        expect(JSON.parse(sdk.sent.at(-1)?.body ?? '')).toEqual(body)
      }),
      { numRuns: 100 },
    )
  })
})

// Anything a client may send: roles in any order, blank words, ids and names of other providers, results without calls.
const anyId = fc.constantFrom('call_1', 'functions.get:0', '', 'ü', 'x'.repeat(80), 'call_1 ', 'toolu_01')
const anyName = fc.constantFrom('get', 'get.weather', 'get weather', 'x'.repeat(70), '', 'ü', 'get_weather')
const anyPart: fc.Arbitrary<ContentPart> = fc.oneof(
  fc.constantFrom('', ' ', 'Hi', 'Bye \n').map((said) => ({ type: 'text' as const, text: said })),
  fc.constant({ type: 'refusal' as const, text: 'No.' }),
  document,
  fc.constantFrom('a.b.pdf', 'ü  .pdf', '', 'Report').map((name) => ({
    type: 'file' as const,
    source: { type: 'data' as const, mediaType: 'application/pdf', data: 'AAAA' },
    name,
  })),
  fc.constant({ type: 'image' as const, source: { type: 'url' as const, url: 'https://example.org/a.png' } }),
  fc.constant({ type: 'reasoning' as const, text: 'Hm.' }),
  signedThought,
)
const anyCall = fc
  .tuple(anyId, anyName, fc.constantFrom('', '{}', '[1]', 'null', '{"a":1}', '{broken'))
  .map(([id, name, argumentsText]) => ({ type: 'tool-call' as const, id, name, argumentsText }))
const anyResult = fc
  .tuple(anyId, fc.array(anyPart, { maxLength: 2 }), fc.boolean())
  .map(([callId, content, isError]) => ({
    type: 'tool-result' as const,
    callId,
    content,
    isError,
  }))
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constantFrom('user' as const, 'system' as const, 'developer' as const),
    content: fc.array(anyPart, { maxLength: 3 }),
    name: fc.constant(undefined),
  }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: fc.array(fc.oneof(anyPart, anyCall), { maxLength: 4 }),
    name: fc.constant(undefined),
  }),
  fc.record({
    role: fc.constant('tool' as const),
    content: fc.array(anyResult, { minLength: 1, maxLength: 3 }),
    name: fc.constant(undefined),
  }),
)

describe('any history', () => {
  test('becomes a conversation that Bedrock takes', () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...MODELS),
        (messages, model) => {
          expectValid(bedrockConverse.writeRequest(requestOf(messages), model).body)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  test('is written the same in the next turn, so that prompts stay cached', () => {
    fc.assert(
      fc.property(conversation, fc.constantFrom(...MODELS), (messages, model) => {
        const before = bedrockConverse.writeRequest(requestOf(messages), model).body['messages'] as JsonObject[]
        const longer = [
          ...messages,
          { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'Yes.' }], name: undefined },
          user('And?'),
        ]
        const after = bedrockConverse.writeRequest(requestOf(longer), model).body['messages'] as JsonObject[]
        expect(after.slice(0, before.length)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })
})
