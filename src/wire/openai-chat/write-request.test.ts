import fc from 'fast-check'
import type OpenAI from 'openai'
import { expect, test } from 'vitest'
import type { ContentPart, ReasoningPart, ToolCallPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, Message } from '../../core/request.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Traits } from '../../core/wire-format.ts'
import { readRequest } from './read-request.ts'
import { writeRequest } from './write-request.ts'

const RICH: Traits = {
  cacheMarks: true,
  reasoning: 'reasoning_details',
  maxTokens: 'max_tokens',
  asksReasoning: 'reasoning',
  callSignatures: true,
}

const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/)
const said = fc.string({ minLength: 1, maxLength: 8 })
const base64 = fc.base64String({ minLength: 4, maxLength: 12 })
const cache = fc.option(fc.record({ cache: fc.constantFrom({}, { ttl: '5m' as const }, { ttl: '1h' as const }) }), {
  nil: {},
})
// JSON has no negative zero.
const object = fc
  .dictionary(word, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)

const text = fc.tuple(said, cache).map(([value, mark]): ContentPart => ({ type: 'text', text: value, ...mark }))
const media = fc.oneof(
  fc.webUrl().map((url) => ({ type: 'url', url }) as const),
  base64.map((data) => ({ type: 'data', mediaType: 'image/png', data }) as const),
)
const image = fc.tuple(media, cache, fc.option(fc.constantFrom('low', 'high'))).map(
  ([source, mark, detail]): ContentPart => ({
    type: 'image',
    source,
    ...mark,
    ...(detail === null ? {} : { detail }),
  }),
)
const audio = base64.map(
  (data): ContentPart => ({ type: 'audio', format: 'mp3', source: { type: 'data', mediaType: 'audio/mp3', data } }),
)
const file = fc.oneof(
  fc.tuple(base64, word, cache).map(
    ([data, name, mark]): ContentPart => ({
      type: 'file',
      source: { type: 'data', mediaType: 'application/pdf', data },
      name,
      ...mark,
    }),
  ),
  word.map((id): ContentPart => ({ type: 'file', source: { type: 'stored', id, format: 'openai-chat' } })),
)
const name = fc.option(word, { nil: undefined })

const instruction = fc.record({
  role: fc.constantFrom('system' as const, 'developer' as const),
  content: fc.array(text, { minLength: 1, maxLength: 2 }),
  name,
})
const user = fc.record({
  role: fc.constant('user' as const),
  content: fc.array(fc.oneof(text, image, audio, file), { minLength: 1, maxLength: 3 }),
  name,
})

const signed = fc.record({
  by: fc.constantFrom('anthropic-messages' as const, 'gemini-generate' as const, 'openai-responses' as const),
  value: base64,
})
const thought: fc.Arbitrary<ReasoningPart> = fc.oneof(
  fc
    .tuple(fc.string({ maxLength: 5 }), signed, word)
    .map(([value, signature, id]) => ({ type: 'reasoning' as const, text: value, signature, id })),
  signed.map((signature) => ({ type: 'reasoning' as const, text: '', redacted: true, signature })),
)
const thoughts = fc.oneof(
  fc.array(thought, { maxLength: 3 }),
  said.map((value): ReasoningPart[] => [{ type: 'reasoning', text: value }]),
)
const call = (id: string): fc.Arbitrary<ToolCallPart> =>
  fc.oneof(
    fc.tuple(word, object, fc.option(base64)).map(([called, input, value]) => ({
      type: 'tool-call' as const,
      id,
      name: called,
      argumentsText: JSON.stringify(input),
      ...(value === null ? {} : { signature: { by: 'gemini-generate' as const, value } }),
    })),
    fc
      .tuple(word, said)
      .map(([called, input]) => ({ type: 'tool-call' as const, id, name: called, argumentsText: input, custom: true })),
  )

/** A message has room for the signature of its last words. */
function signedLast(words: readonly ContentPart[], seed: number): ContentPart[] {
  const last = words.at(-1)
  if (last?.type !== 'text' || seed === 0) return [...words]
  return [...words.slice(0, -1), { ...last, signature: { by: 'gemini-generate', value: `sig${seed}` } }]
}

/** An assistant's turn in the order in which this format has its blocks, and the results of its calls. */
const exchange = fc
  .tuple(
    thoughts,
    fc.array(text, { maxLength: 2 }),
    fc.option(said),
    call('a'),
    call('b'),
    fc.nat({ max: 2 }),
    name,
    said,
  )
  .map(([thinking, words, refusal, first, second, calls, speaker, result]): Message[] => {
    const called = [first, second].slice(0, calls)
    const refused: ContentPart[] = refusal === null ? [] : [{ type: 'refusal', text: refusal }]
    const content = [...thinking, ...signedLast(words, calls), ...refused, ...called]
    const filled = content.length === thinking.length ? [...content, { type: 'text' as const, text: result }] : content
    const results = called.map(({ id }): Message => {
      const part = { type: 'tool-result' as const, callId: id, content: [{ type: 'text' as const, text: result }] }
      return { role: 'tool', content: [part], name: undefined }
    })
    return [{ role: 'assistant', content: filled, name: speaker }, ...results]
  })

const tool = (called: string): fc.Arbitrary<Tool> =>
  fc.oneof(
    fc
      .tuple(fc.option(said, { nil: undefined }), fc.option(object, { nil: undefined }), fc.option(fc.boolean()), cache)
      .map(([description, parameters, strict, mark]) => ({
        name: called,
        description,
        parameters,
        ...(strict === null ? {} : { strict }),
        ...mark,
      })),
    fc.option(object).map((format) => ({
      name: called,
      description: undefined,
      parameters: undefined,
      custom: format === null ? {} : { format },
    })),
  )
const choice = fc.constantFrom<ToolChoice | undefined>(
  undefined,
  'auto',
  'none',
  'required',
  { name: 'one' },
  { allowed: ['one', 'two'], mode: 'auto' },
  { allowed: ['two'], mode: 'required' },
)
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })
const number = maybe(fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)))

const sampling = fc.record({
  maxOutputTokens: maybe(fc.nat()),
  temperature: number,
  topP: number,
  topK: maybe(fc.nat()),
  choices: fc.constant(undefined),
  stop: maybe(fc.array(said, { minLength: 1 })),
  presencePenalty: number,
  frequencyPenalty: number,
  seed: maybe(fc.nat()),
  logprobs: maybe(fc.boolean()),
  topLogprobs: maybe(fc.nat()),
})

const responseFormat = fc.oneof(
  fc.constantFrom({ type: 'text' as const }, { type: 'json-object' as const }, undefined),
  fc
    .record({ schema: object, name: word, description: maybe(said), strict: maybe(fc.boolean()) })
    .map((described) => ({ type: 'json-schema' as const, ...described })),
)

const requests: fc.Arbitrary<ChatRequest> = fc
  .record({
    turns: fc.array(
      fc.oneof(
        instruction.map((one): Message[] => [one]),
        user.map((one): Message[] => [one]),
        exchange,
      ),
      { minLength: 1, maxLength: 5 },
    ),
    tools: fc.tuple(tool('one'), tool('two')),
    hasTools: fc.boolean(),
    choice,
    parallel: maybe(fc.boolean()),
    sampling,
    reasoning: fc.constantFrom(undefined, { effort: 'low' }, { effort: 'none' }, { budgetTokens: 2_000 }),
    responseFormat,
    stream: fc.boolean(),
    user: maybe(said),
    metadata: maybe(object),
  })
  .map(({ turns, tools, hasTools, choice: chosen, parallel, stream, ...rest }) => ({
    ...rest,
    model: 'm',
    messages: turns.flat(),
    tools: hasTools ? tools : [],
    toolChoice: hasTools ? chosen : undefined,
    parallelToolCalls: hasTools ? parallel : undefined,
    stream,
    // Asked of the upstream whether or not the client asked.
    includeUsage: stream,
    native: { format: 'openai-chat', body: {} },
  }))

test('a request written and read again is the same, and nothing of it is lost', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { body, losses } = writeRequest(request, request.model, RICH)
      expect(losses).toEqual([])
      const { native: _, ...again } = readRequest(JSON.parse(JSON.stringify(body)) as JsonObject)
      const { native: __, ...before } = request
      expect(again).toEqual(before)
    }),
    { numRuns: 300 },
  )
})

const BASE: ChatRequest = {
  model: 'asked',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }], name: undefined }],
  tools: [],
  toolChoice: undefined,
  parallelToolCalls: undefined,
  sampling: { maxOutputTokens: undefined, temperature: undefined, topP: undefined, choices: undefined },
  reasoning: undefined,
  responseFormat: undefined,
  stream: false,
  includeUsage: false,
  user: undefined,
  metadata: undefined,
  native: { format: 'anthropic-messages', body: {} },
}

test('every field stands where OpenAI has it', () => {
  const schema = { type: 'object' }
  const { body } = writeRequest(
    {
      ...BASE,
      tools: [{ name: 'look', description: 'Looks.', parameters: schema, strict: true }],
      toolChoice: { name: 'look' },
      parallelToolCalls: false,
      sampling: {
        maxOutputTokens: 1,
        temperature: 0,
        topP: 0.5,
        choices: 1,
        stop: ['x'],
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        seed: 3,
        logprobs: true,
        topLogprobs: 4,
      },
      reasoning: { effort: 'low' },
      responseFormat: { type: 'json-schema', schema, name: 'n' },
      stream: true,
      user: 'u',
      metadata: { a: 'b' },
    },
    'gpt-5',
  )
  const expected: OpenAI.ChatCompletionCreateParamsStreaming = {
    model: 'gpt-5',
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [
      {
        type: 'function',
        function: { name: 'look', description: 'Looks.', parameters: { ...schema, properties: {} }, strict: true },
      },
    ],
    tool_choice: { type: 'function', function: { name: 'look' } },
    parallel_tool_calls: false,
    max_completion_tokens: 1,
    temperature: 0,
    top_p: 0.5,
    stop: ['x'],
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    seed: 3,
    logprobs: true,
    top_logprobs: 4,
    reasoning_effort: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
    stream: true,
    stream_options: { include_usage: true },
    user: 'u',
    metadata: { a: 'b' },
  }
  expect(body).toEqual(expected)
})

const assistant = (...content: ContentPart[]): ChatRequest => ({
  ...BASE,
  messages: [{ role: 'assistant', content, name: undefined }],
})

test('signatures go to who can read them, and to nobody else', () => {
  const call: ToolCallPart = {
    type: 'tool-call',
    id: 'c',
    name: 'f',
    argumentsText: '{}',
    signature: { by: 'gemini-generate', value: 'sig' },
  }
  const paths = (request: ChatRequest, traits: Traits) =>
    writeRequest(request, 'm', traits).losses.map(({ path }) => path)
  expect(JSON.stringify(writeRequest(assistant(call), 'm', { callSignatures: true }).body)).toContain(
    '"thought_signature":"sig"',
  )
  expect(JSON.stringify(writeRequest(assistant(call), 'm').body)).not.toContain('sig')
  expect(paths(assistant(call), {})).toEqual(['messages[0].content[0].signature'])

  const thinking: ContentPart = { type: 'reasoning', text: 'hm', signature: { by: 'cohere-chat', value: 'sig' } }
  expect(JSON.stringify(writeRequest(assistant(thinking), 'm', { reasoning: 'reasoning_details' }).body)).not.toContain(
    'sig',
  )
  expect(paths(assistant(thinking), { reasoning: 'reasoning_details' })).toEqual(['messages[0].content[0]'])
  expect(writeRequest(assistant(thinking), 'm', { reasoning: 'reasoning' }).body['messages']).toEqual([
    { role: 'assistant', content: '', reasoning: 'hm' },
  ])
  expect(paths(assistant(thinking), { reasoning: 'omit' })).toEqual(['messages[0].content[0]'])
})

test('a budget is a level where the format knows levels only, and that is said', () => {
  const level = (budgetTokens: number): unknown =>
    writeRequest({ ...BASE, reasoning: { budgetTokens } }, 'm').body['reasoning_effort']
  expect([0, 1_024, 10_000, 30_000, -1].map(level)).toEqual(['none', 'low', 'medium', 'high', undefined])
  expect(writeRequest({ ...BASE, reasoning: { budgetTokens: 1_024 } }, 'm').losses.map(({ path }) => path)).toEqual([
    'reasoning.budget_tokens',
  ])
})

test('of several answers one is asked for, and that is said', () => {
  const { body, losses } = writeRequest({ ...BASE, sampling: { ...BASE.sampling, choices: 3 } }, 'm')
  expect(body).not.toHaveProperty('n')
  expect(losses.map(({ path }) => path)).toEqual(['n'])
})

test('pictures of results follow all results of their turn', () => {
  const picture: ContentPart = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } }
  const result = (callId: string, content: ContentPart[]): Message => ({
    role: 'tool',
    content: [{ type: 'tool-result', callId, content }],
    name: undefined,
  })
  const messages = [result('a', [{ type: 'text', text: 'see' }, picture]), result('b', []), ...BASE.messages]
  expect(writeRequest({ ...BASE, messages }, 'm').body['messages']).toEqual([
    { role: 'tool', tool_call_id: 'a', content: 'see' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Attachment of tool result a:' },
        { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
      ],
    },
    { role: 'user', content: 'Hi' },
  ])
})

test('a turn of which nothing can be said is left out', () => {
  const kind = 'executableCode'
  const native: ContentPart = { type: 'native', format: 'gemini-generate', kind, value: { executableCode: {} } }
  const turn: Message = { role: 'assistant', content: [native], name: undefined }
  const { body, losses } = writeRequest({ ...BASE, messages: [...BASE.messages, turn, ...BASE.messages] }, 'm')
  expect(body['messages']).toEqual([
    { role: 'user', content: 'Hi' },
    { role: 'user', content: 'Hi' },
  ])
  expect(losses.map(({ path }) => path)).toEqual(['messages[1].content[0]'])
})

test('a budget stays one where the provider takes it; none and any have words of their own', () => {
  const asked = (budgetTokens: number): unknown =>
    writeRequest({ ...BASE, reasoning: { budgetTokens } }, 'm', { asksReasoning: 'reasoning' }).body['reasoning']
  expect([0, 2_000, -1].map(asked)).toEqual([{ effort: 'none' }, { max_tokens: 2_000 }, { enabled: true }])
})

test('sound goes in formats that the provider takes', () => {
  const sound = (format: string): Message => ({
    role: 'user',
    content: [{ type: 'audio', source: { type: 'data', mediaType: `audio/${format}`, data: 'AAAA' }, format }],
    name: undefined,
  })
  const lost = (format: string) =>
    writeRequest({ ...BASE, messages: [sound(format)] }, 'm', { audioFormats: ['wav', 'mp3'] }).losses.length
  expect(['wav', 'mp3', 'flac'].map(lost)).toEqual([0, 0, 1])
})
