import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import type { Tool } from '../../src/core/tool.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'

// Any request that this format can say, written as an upstream gets it and read as from a client.

const { readRequest, writeRequest } = openaiResponses

const word = fc.string({ minLength: 1, maxLength: 12 })
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
const schema = fc.constantFrom<JsonObject>(
  { type: 'object', properties: { a: { type: 'string' } } },
  { type: 'object', properties: {} },
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

const thought = fc
  .record({ name: id, text: optional(word), value: word.map((one) => `g${one}`) })
  .map(({ name, text: said = '', value }): ContentPart => {
    const signature = { by: 'openai-responses' as const, value }
    return { type: 'reasoning', text: said, id: name, signature, ...(said === '' ? { redacted: true } : {}) }
  })
const call = fc
  .record({ id, name: id, argumentsText: word, isCustom: fc.boolean() })
  .map(({ isCustom, ...rest }): ContentPart => ({ type: 'tool-call', ...rest, ...(isCustom ? { custom: true } : {}) }))
const refusal = word.map((said): ContentPart => ({ type: 'refusal', text: said }))
const assistant = fc
  .tuple(fc.array(fc.oneof(thought, fc.oneof(text, refusal, call)), { maxLength: 4 }), fc.oneof(text, call))
  // What is thought leads to something: the last block is no thought.
  .map(([blocks, last]): Message => turn('assistant', [...blocks, last]))
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

/** A result is of its call's kind, where it has one. */
function ofTheirKind(all: readonly Message[]): Message[] {
  const kinds = new Map<string, boolean>()
  return all.map((message) => ({
    ...message,
    content: message.content.map((part): ContentPart => {
      if (part.type === 'tool-call') kinds.set(part.id, part.custom === true)
      if (part.type !== 'tool-result') return part
      const { custom, ...rest } = part
      return (kinds.get(part.callId) ?? custom === true) ? { ...rest, custom: true } : rest
    }),
  }))
}

/** Two turns of the model in a row are one for this format, and calls of one id are told apart. */
const messages = fc
  .array(fc.oneof(assistant, spoken, result), { minLength: 1, maxLength: 6 })
  .map((all) => all.filter((one, index) => one.role !== 'assistant' || all[index - 1]?.role !== 'assistant'))
  .filter((all) => {
    const ids = all.flatMap(({ content }) => content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])))
    return new Set(ids).size === ids.length
  })
  .map(ofTheirKind)

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
      maxOutputTokens: optional(fc.integer({ min: 16 })),
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

const plain = openaiChat.readRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }] })

test('a reasoning item stands directly before what it led to, or not at all', () => {
  fc.assert(
    fc.property(messages, (all) => {
      const { body } = writeRequest({ ...plain, messages: all }, 'm')
      const items = body['input'] as readonly JsonObject[]
      for (const [index, item] of items.entries()) {
        if (item['type'] !== 'reasoning') continue
        const next = items[index + 1]
        expect(next?.['role'] === 'assistant' || /reasoning|_call$/.test(String(next?.['type']))).toBe(true)
      }
    }),
  )
})
