import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import type { Tool } from '../../src/core/tool.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'

const { readRequest, writeRequest, unread } = openaiResponses

const word = fc.string({ minLength: 1, maxLength: 12 })
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
const schema = fc.constantFrom<JsonObject>(
  { type: 'object', properties: { a: { type: 'string' } } },
  { type: 'object' },
)
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

const source = fc.oneof(
  fc.record({ type: fc.constant('url' as const), url: fc.webUrl() }),
  fc.record({
    type: fc.constant('data' as const),
    mediaType: fc.constantFrom('image/png', 'application/pdf'),
    data: fc.base64String({ minLength: 4 }),
  }),
  fc.record({ type: fc.constant('stored' as const), id, format: fc.constant('openai-responses' as const) }),
)
const text: fc.Arbitrary<ContentPart> = word.map((said) => ({ type: 'text', text: said }))
const image: fc.Arbitrary<ContentPart> = fc.record({
  type: fc.constant('image' as const),
  source,
  detail: fc.constantFrom('low', 'high', 'auto'),
})
const file = fc.record({ source, name: word }).map(
  // A stored file has its own name already.
  ({ source: from, name }): ContentPart => ({
    type: 'file',
    source: from,
    ...(from.type === 'stored' ? {} : { name }),
  }),
)
const audio: fc.Arbitrary<ContentPart> = fc.record({
  type: fc.constant('audio' as const),
  format: fc.constant('wav'),
  source: fc.record({
    type: fc.constant('data' as const),
    mediaType: fc.constant('audio/wav'),
    data: fc.base64String({ minLength: 4 }),
  }),
})

const thoughts = fc
  .record({ name: id, texts: fc.array(word, { maxLength: 2 }), value: word.map((one) => `g${one}`) })
  .map(({ name, texts, value }): ContentPart[] => {
    const signature = { by: 'openai-responses' as const, value }
    if (texts.length === 0) return [{ type: 'reasoning', text: '', id: name, signature, redacted: true }]
    return texts.map((said, index) => ({
      type: 'reasoning',
      text: said,
      id: name,
      ...(index === texts.length - 1 ? { signature } : {}),
    }))
  })
const call = fc
  .record({ id, name: id, argumentsText: word, isCustom: fc.boolean() })
  .map(({ isCustom, ...rest }): ContentPart => ({ type: 'tool-call', ...rest, ...(isCustom ? { custom: true } : {}) }))
const refusal = word.map((said): ContentPart => ({ type: 'refusal', text: said }))
const assistant = fc
  .tuple(
    fc.array(
      fc.oneof(
        thoughts,
        fc.oneof(text, refusal, call).map((one) => [one]),
      ),
      { maxLength: 4 },
    ),
    fc.oneof(text, call),
  )
  // What is thought leads to something: the last block is no thought.
  .map(([blocks, last]): Message => turn('assistant', [...blocks.flat(), last]))
const spoken = fc
  .record({
    role: fc.constantFrom('user' as const, 'developer' as const, 'system' as const),
    content: fc.array(fc.oneof(text, image, file, audio), { minLength: 1, maxLength: 3 }),
  })
  .map(({ role, content }) => turn(role, content))
const result = fc
  .record({
    callId: id,
    content: fc.array(fc.oneof(text, image, file), { minLength: 1, maxLength: 3 }),
    isCustom: fc.boolean(),
  })
  .map(({ isCustom, ...rest }) =>
    turn('tool', [{ type: 'tool-result', ...rest, ...(isCustom ? { custom: true } : {}) }]),
  )

function turn(role: Message['role'], content: readonly ContentPart[]): Message {
  return { role, content, name: undefined }
}

/** Two turns of the model in a row are one for this format. */
const messages = fc
  .array(fc.oneof(assistant, spoken, result), { minLength: 1, maxLength: 6 })
  .map((all) => all.filter((one, index) => one.role !== 'assistant' || all[index - 1]?.role !== 'assistant'))

const tool: fc.Arbitrary<Tool> = fc.oneof(
  fc.record({ name: id, description: optional(word), parameters: schema, strict: fc.boolean() }),
  fc.record({
    name: id,
    description: optional(word),
    parameters: fc.constant(undefined),
    custom: fc.constantFrom(
      {},
      { format: { type: 'text' } },
      { format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } } },
    ),
  }),
  word.map(
    (name): Tool => ({
      name: '',
      description: undefined,
      parameters: undefined,
      native: { format: 'openai-responses', value: { type: 'web_search', filters: { allowed_domains: [name] } } },
    }),
  ),
)

const request = fc
  .record({
    model: word,
    messages,
    tools: fc.uniqueArray(tool, { maxLength: 3, selector: (one) => one.name }),
    choice: fc.constantFrom('auto', 'none', 'required', 'named', 'allowed', undefined),
    parallelToolCalls: optional(fc.boolean()),
    sampling: fc.record({
      maxOutputTokens: optional(fc.nat()),
      temperature: optional(fc.double({ min: 0, max: 2, noNaN: true })),
      topP: optional(fc.constantFrom(0, 0.5, 1)),
      topLogprobs: optional(fc.nat(20)),
    }),
    reasoning: optional(
      fc.constantFrom(
        { effort: 'low' },
        { effort: 'none' },
        { effort: 'high', summary: 'auto' },
        { summary: 'detailed' },
      ),
    ),
    responseFormat: optional(
      fc.oneof(
        fc.constantFrom({ type: 'text' as const }, { type: 'json-object' as const }),
        fc.record({
          type: fc.constant('json-schema' as const),
          schema,
          name: id,
          description: word,
          strict: fc.boolean(),
        }),
      ),
    ),
    stream: fc.boolean(),
    user: optional(word),
    metadata: optional(fc.dictionary(id, word, { maxKeys: 2, noNullPrototype: true })),
  })
  .map(({ choice, tools, sampling, parallelToolCalls, ...rest }): ChatRequest => {
    const [first] = tools.filter((one) => one.native === undefined)
    const { topLogprobs, ...plain } = sampling
    return {
      ...rest,
      tools,
      toolChoice: tools.length === 0 ? undefined : chosen(choice, first?.name),
      parallelToolCalls: tools.length === 0 ? undefined : parallelToolCalls,
      sampling: { ...plain, choices: undefined, ...(topLogprobs === undefined ? {} : { logprobs: true, topLogprobs }) },
      includeUsage: true,
      native: { format: 'openai-chat', body: {} },
    }
  })

function chosen(choice: string | undefined, name: string | undefined): ChatRequest['toolChoice'] {
  if (choice === 'named') return name === undefined ? undefined : { name }
  if (choice === 'allowed') return name === undefined ? undefined : { allowed: [name], mode: 'required' }
  return choice as 'auto' | 'none' | 'required' | undefined
}

test('what is written reads back as it was, without a loss', () => {
  fc.assert(
    fc.property(request, (asked) => {
      const { body, losses } = writeRequest(asked, asked.model)
      expect(losses).toEqual([])
      // Over the wire, so that nothing lives on a shared object.
      const { native: _, ...read } = readRequest(JSON.parse(JSON.stringify(body)))
      const { native: __, ...given } = asked
      expect(read).toEqual(given)
      expect(openaiResponses.untranslatable?.(body)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('a reasoning item stands directly before what it led to, or not at all', () => {
  fc.assert(
    fc.property(messages, (all) => {
      const { body } = writeRequest(base(all), 'm')
      const items = body['input'] as readonly JsonObject[]
      for (const [index, item] of items.entries()) {
        if (item['type'] !== 'reasoning') continue
        const next = items[index + 1]
        expect(next?.['role'] === 'assistant' || /reasoning|_call$/.test(String(next?.['type']))).toBe(true)
      }
    }),
  )
})

function base(all: readonly Message[], rest: Partial<ChatRequest> = {}): ChatRequest {
  return {
    ...openaiChat.readRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }] }),
    messages: all,
    ...rest,
  }
}

test('reasoning at the end of a turn, unsigned or signed elsewhere stays behind, and is said to', () => {
  const own = { by: 'openai-responses', value: 'g' } as const
  for (const content of [
    [
      { type: 'text', text: 'Hi' },
      { type: 'reasoning', text: 'Hm', id: 'rs', signature: own },
    ],
    [
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Hi' },
    ],
    [
      { type: 'reasoning', text: 'Hm', signature: { by: 'anthropic-messages', value: 'A' } },
      { type: 'text', text: 'Hi' },
    ],
  ] satisfies ContentPart[][]) {
    const { body, losses } = writeRequest(base([turn('assistant', content)]), 'm')
    expect(body['input']).toEqual([
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
    ])
    expect(losses.map(({ path }) => path)).toEqual(['messages[0].reasoning'])
  }
})

test('what this format has no place for is said, field by field', () => {
  const sampling = {
    maxOutputTokens: 1,
    temperature: 0,
    topP: 1,
    choices: 2,
    topK: 3,
    stop: ['a'],
    seed: 4,
    presencePenalty: 1,
    frequencyPenalty: 1,
  }
  const asked = base(
    [
      { ...turn('user', [{ type: 'text', text: 'x', cache: {} }]), name: 'Ann' },
      turn('tool', [{ type: 'tool-result', callId: 'c', content: [{ type: 'text', text: 'no' }], isError: true }]),
      turn('user', [{ type: 'native', format: 'anthropic-messages', kind: 'search_result', value: {} }]),
    ],
    { sampling, reasoning: { budgetTokens: 1_000 } },
  )
  const { body, losses } = writeRequest(asked, 'm')
  expect(losses.map(({ path }) => path).sort()).toEqual([
    'frequency_penalty',
    'messages[0].content[0].cache_control',
    'messages[0].name',
    'messages[1].content[0].is_error',
    'messages[2].content[0]',
    'n',
    'presence_penalty',
    'reasoning.budget_tokens',
    'seed',
    'stop',
    'top_k',
  ])
  expect(body).toMatchObject({ store: false, reasoning: { effort: 'low' }, include: ['reasoning.encrypted_content'] })
})

test('ids of calls from elsewhere fit, and still pair with their results', () => {
  const ids = ['functions.get:0', 'x'.repeat(80), 'call_ok', '']
  const all = [
    turn(
      'assistant',
      ids.map((one) => ({ type: 'tool-call', id: one, name: 'f', argumentsText: '' })),
    ),
    ...ids.map((one) => turn('tool', [{ type: 'tool-result', callId: one, content: [{ type: 'text', text: one }] }])),
  ]
  const items = writeRequest(base(all), 'm').body['input'] as readonly JsonObject[]
  const called = items.slice(0, ids.length).map((item) => item['call_id'])
  expect(items.slice(ids.length).map((item) => [item['call_id'], item['output']])).toEqual(
    called.map((one, index) => [one, ids[index]]),
  )
  expect(new Set(called).size).toBe(ids.length)
  for (const one of called) expect(one).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
  expect(called[2]).toBe('call_ok')
  expect(items.slice(0, ids.length).map((item) => item['arguments'])).toEqual(ids.map(() => '{}'))
  // The same in the next turn, without any state.
  expect(writeRequest(base(all), 'm').body['input']).toEqual(items)
})

test('strictness is this format’s default, where a schema is fit for it', () => {
  const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const open = { type: 'object', properties: { a: { type: 'string' } } }
  const inner = { ...closed, properties: { a: open } }
  const read = (parameters: JsonObject, rest: JsonObject = {}) =>
    readRequest({ model: 'm', input: 'x', tools: [{ type: 'function', name: 'f', parameters, ...rest }] }).tools[0]
      ?.strict
  expect([
    read(closed),
    read(open),
    read(inner),
    read(closed, { strict: false }),
    read(open, { strict: true }),
  ]).toEqual([true, undefined, undefined, false, true])
  const unsaid = base([turn('user', [{ type: 'text', text: 'x' }])], {
    tools: [{ name: 'f', description: undefined, parameters: closed }],
  })
  expect(writeRequest(unsaid, 'm').body['tools']).toMatchObject([{ name: 'f', strict: false }])
})

test('parameters that only this format has are losses, defaults are not', () => {
  const body = {
    model: 'm',
    input: [
      { role: 'assistant', content: 'x', phase: 'commentary' },
      { type: 'local_shell_call', call_id: 'c', action: {} },
    ],
    include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    truncation: 'disabled',
    service_tier: 'auto',
    store: false,
    background: false,
    prompt_cache_key: 'k',
    max_tool_calls: 3,
    text: { verbosity: 'low', format: { type: 'text' } },
    tool_choice: { type: 'web_search_preview' },
    user: 'u',
    routing: {},
  }
  expect(unread(body).map(({ path }) => path)).toEqual([
    'prompt_cache_key',
    'max_tool_calls',
    'tool_choice',
    'text.verbosity',
    'include',
    'input[0].phase',
    'input[1]',
  ])
})

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FILE = join(
  ROOT,
  process.env['THALAMUS_DATA'] ?? '../shared/data',
  'tools/providers/vercel_request_messages.jsonl.gz',
)
const hasRequests = existsSync(FILE)

type Row = {
  readonly id: string
  readonly api: string
  readonly openai_messages: JsonObject[] | null
  readonly expected: { readonly input?: JsonObject[] }
}

const rows: readonly Row[] = hasRequests
  ? gunzipSync(readFileSync(FILE))
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
      .filter((row) => row.api === 'openai-responses' && row.expected.input !== undefined)
  : []

/** Rows whose prompt both formats can say, so that both must read it as the same. */
const BOTH = ['vaifn:7', 'vaifn:8', 'vaifn:31', 'vaifn:38', 'vaifn:59', 'vaifn:60', 'vaifn:102']

describe.skipIf(!hasRequests)(`requests of the AI SDK${hasRequests ? '' : ' (no shared data here)'}`, () => {
  test('there are many', () => expect(rows.length).toBeGreaterThan(60))

  test.each(rows.filter((row) => (row.expected.input ?? []).length > 0).map((row) => [row.id, row] as const))(
    '%s is read',
    (_id, { expected }) => {
      const body = { model: 'm', input: expected.input ?? [] }
      const refersToKept = body.input.some((item) => item['type'] === 'item_reference')
      expect(openaiResponses.untranslatable?.(body) !== undefined).toBe(refersToKept)
      const read = readRequest(body).messages
      expect(read.length).toBeGreaterThan(0)
      // Items that carry no state of their own survive a second writing and reading.
      const again = writeRequest(base(read), 'm')
      if (again.losses.length === 0) expect(readRequest(again.body).messages).toEqual(read)
    },
  )

  test.each(rows.filter((row) => BOTH.includes(row.id)).map((row) => [row.id, row] as const))(
    '%s says the same as its chat messages',
    (_id, { openai_messages: chat, expected }) => {
      const read = readRequest({ model: 'm', input: expected.input ?? [] }).messages
      expect(read).toEqual(openaiChat.readRequest({ model: 'm', messages: chat ?? [] }).messages)
    },
  )
})
