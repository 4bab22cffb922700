import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentPart, TextPart, ToolCallPart, ToolResultPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message, Reasoning } from '../../src/core/request.ts'
import type { Tool, ToolChoice } from '../../src/core/tool.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'

// Whatever the canonical form claims for this format survives: written and read, it is the same request.

const words = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((text) => text.trim() !== '')
const cache = fc.constantFrom(undefined, {}, { ttl: '5m' as const }, { ttl: '1h' as const })
const base64 = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => btoa(String.fromCharCode(...bytes)))
const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,30}$/)
const id = fc.stringMatching(/^toolu_[a-zA-Z0-9]{10,20}$/)

const textPart = words.map((text): TextPart => ({ type: 'text', text }))
const imageType = fc.constantFrom('image/gif', 'image/webp')
const source = fc.oneof(
  fc.webUrl().map((url) => ({ type: 'url' as const, url })),
  fc.record({ type: fc.constant('stored' as const), id: words, format: fc.constant('anthropic-messages' as const) }),
)
const imagePart: fc.Arbitrary<ContentPart> = fc.record({
  type: fc.constant('image' as const),
  source: fc.oneof(
    source,
    // Bytes that are no picture at all: their type is believed.
    fc.record({ type: fc.constant('data' as const), mediaType: imageType, data: base64.map((data) => `AA${data}`) }),
  ),
})
const filePart: fc.Arbitrary<ContentPart> = fc
  .tuple(
    fc.oneof(
      source,
      fc.record({ type: fc.constant('data' as const), mediaType: fc.constant('application/pdf'), data: base64 }),
      words.map((text) => ({ type: 'data' as const, mediaType: 'text/plain', data: btoa(encodeURIComponent(text)) })),
    ),
    fc.option(words, { nil: undefined }),
  )
  .map(([from, title]) => ({ type: 'file', source: from, ...(title === undefined ? {} : { name: title }) }))
const native = words.map((text): ContentPart => {
  const value = { type: 'search_result', source: text, title: text, content: [{ type: 'text', text }] }
  return { type: 'native', format: 'anthropic-messages', kind: 'search_result', value }
})

const thought: fc.Arbitrary<ContentPart> = fc.oneof(
  fc
    .tuple(fc.oneof(fc.constant(''), words), base64)
    .map(([text, value]): ContentPart => ({ type: 'reasoning', text, signature: { by: 'anthropic-messages', value } })),
  base64.map(
    (value): ContentPart => ({
      type: 'reasoning',
      text: '',
      redacted: true,
      signature: { by: 'anthropic-messages', value },
    }),
  ),
)

const call: fc.Arbitrary<ToolCallPart> = fc
  .tuple(id, name, fc.dictionary(words, fc.jsonValue({ maxDepth: 2 })))
  .map(([callId, tool, input]) => ({ type: 'tool-call', id: callId, name: tool, argumentsText: JSON.stringify(input) }))

const resultContent = fc.oneof(
  fc.tuple(fc.array(textPart, { maxLength: 2 }), fc.constantFrom({}, { isError: true as const })),
  fc.tuple(fc.array(fc.oneof(textPart, imagePart, filePart), { maxLength: 3 }), fc.constant({})),
)

/** The user asks; the assistant thinks, speaks, calls; every call is answered. */
const exchange = fc
  .tuple(
    fc.array(fc.oneof(textPart, imagePart, filePart, native), { minLength: 1, maxLength: 3 }),
    fc.array(thought, { maxLength: 2 }),
    fc.array(textPart, { minLength: 1, maxLength: 2 }),
    fc.uniqueArray(call, { maxLength: 3, selector: (one) => one.id }),
    fc.array(resultContent, { minLength: 3, maxLength: 3 }),
  )
  .map(([asked, thoughts, said, calls, results]): Message[] => [
    { role: 'user', content: asked, name: undefined },
    { role: 'assistant', content: [...thoughts, ...said, ...calls], name: undefined },
    ...(calls.length === 0 ? [] : [{ role: 'tool' as const, content: calls.map(resultOf(results)), name: undefined }]),
  ])

type ResultContent = readonly [readonly ContentPart[], { readonly isError?: true }]

function resultOf(results: readonly ResultContent[]) {
  return (one: ToolCallPart, index: number): ToolResultPart => {
    const [content, error] = results[index] ?? [[], {}]
    return { type: 'tool-result', callId: one.id, content, ...error }
  }
}

const tool: fc.Arbitrary<Tool> = fc
  .tuple(name, fc.option(words, { nil: undefined }), cache, fc.boolean())
  .map(([tooled, description, mark, isStrict]) => ({
    name: tooled,
    description,
    parameters: { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false },
    ...(isStrict ? { strict: true } : {}),
    ...(mark === undefined ? {} : { cache: mark }),
  }))
const nativeTool = fc.constant<Tool>({
  name: 'web_search',
  description: undefined,
  parameters: undefined,
  native: { format: 'anthropic-messages', value: { type: 'web_search_20250305', name: 'web_search', max_uses: 3 } },
})

const schema: JsonObject = {
  type: 'object',
  properties: { colour: { type: 'string', enum: ['red', 'green'] }, when: { type: 'string', format: 'date' } },
  required: ['colour'],
  additionalProperties: false,
}

function requestOf(reasoning: fc.Arbitrary<Reasoning | undefined>, takesSampling: boolean): fc.Arbitrary<ChatRequest> {
  const number = (values: fc.Arbitrary<number>) =>
    takesSampling ? fc.option(values, { nil: undefined }) : fc.constant(undefined)
  return fc
    .record({
      system: fc.option(fc.tuple(words, cache), { nil: undefined }),
      exchanges: fc.uniqueArray(exchange, { maxLength: 3, selector: (one) => JSON.stringify(one[1]) }),
      last: fc.array(textPart, { minLength: 1, maxLength: 2 }),
      tools: fc.array(fc.oneof(tool, nativeTool), { minLength: 1, maxLength: 2 }),
      choice: fc.constantFrom<ToolChoice | undefined>(undefined, 'auto', 'none', 'required', { name: 'a' }),
      isSingle: fc.boolean(),
      maxOutputTokens: fc.integer({ min: 2_000, max: 60_000 }),
      temperature: number(fc.double({ min: 0, max: 1, noNaN: true })),
      topK: number(fc.integer({ min: 1, max: 100 })),
      stop: fc.option(fc.array(words, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      reasoning,
      isJson: fc.boolean(),
      stream: fc.boolean(),
      user: fc.option(words, { nil: undefined }),
    })
    .map((made): ChatRequest => {
      const isThinking = made.reasoning !== undefined && made.reasoning.effort !== 'none'
      const isForced = made.choice === 'required' || typeof made.choice === 'object'
      const choice = isForced && isThinking ? 'auto' : made.choice
      return {
        model: 'm',
        messages: messagesOf(made),
        tools: made.tools,
        toolChoice: choice,
        parallelToolCalls: made.isSingle && choice !== undefined && choice !== 'none' ? false : undefined,
        sampling: {
          maxOutputTokens: made.maxOutputTokens,
          temperature: isThinking ? undefined : made.temperature,
          topP: undefined,
          topK: isThinking ? undefined : made.topK,
          choices: undefined,
          stop: made.stop,
        },
        reasoning: made.reasoning,
        responseFormat: made.isJson ? { type: 'json-schema', schema, strict: true } : undefined,
        stream: made.stream,
        includeUsage: true,
        user: made.user,
        metadata: undefined,
        native: { format: 'anthropic-messages', body: {} },
      }
    })
}

type Made = {
  readonly system: readonly [string, TextPart['cache']] | undefined
  readonly exchanges: readonly (readonly Message[])[]
  readonly last: readonly TextPart[]
  readonly reasoning: Reasoning | undefined
}

const THOUGHT: ContentPart = {
  type: 'reasoning',
  text: '',
  signature: { by: 'anthropic-messages', value: 'EqQB' },
}

/** With a budget, calls that are answered at the end began with a thought. */
function thoughtOf(exchanges: Made['exchanges'], reasoning: Reasoning | undefined): Message[] {
  const isBudget = (reasoning?.budgetTokens ?? 0) > 0
  return exchanges.flat().map((message) => {
    const hasThought = message.content.some(({ type }) => type === 'reasoning')
    if (!isBudget || message.role !== 'assistant' || hasThought) return message
    return { ...message, content: [THOUGHT, ...message.content] }
  })
}

function messagesOf({ system, exchanges, last, reasoning }: Made): Message[] {
  const [text, mark] = system ?? ['', undefined]
  const said: TextPart = { type: 'text', text, ...(mark === undefined ? {} : { cache: mark }) }
  // A turn of the user after results belongs to the same turn here, and is told apart again.
  return [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: [said], name: undefined }]),
    ...thoughtOf(exchanges, reasoning),
    { role: 'user', content: last, name: undefined },
  ]
}

function expectSame(request: ChatRequest, model: string): void {
  const { body, losses } = anthropicMessages.writeRequest(request, model)
  expect(losses).toEqual([])
  // As it goes over the wire.
  const again = anthropicMessages.readRequest(JSON.parse(JSON.stringify(body)))
  expect({ ...again, native: undefined }).toEqual({ ...joined(request), model, native: undefined })
  expect(anthropicMessages.unread(body)).toEqual([])
}

/** Turns of the user in a row are one. */
function joined(request: ChatRequest): ChatRequest {
  const messages: Message[] = []
  for (const message of request.messages) {
    const before = messages.at(-1)
    if (before?.role !== 'user' || message.role !== 'user') messages.push(message)
    else messages[messages.length - 1] = { ...before, content: [...before.content, ...message.content] }
  }
  return { ...request, messages }
}

const budget = fc.oneof(
  fc.constant(undefined),
  fc.constant<Reasoning>({ effort: 'none' }),
  // Thoughts within a budget are shown, whether or not that was said.
  fc.integer({ min: 1_024, max: 1_999 }).map((budgetTokens): Reasoning => ({ budgetTokens, summary: 'auto' })),
)

test('a request for a model that thinks within a budget is the same after writing and reading', () => {
  fc.assert(
    fc.property(requestOf(budget, true), (request) => expectSame(request, 'claude-haiku-4-5')),
    { numRuns: 300 },
  )
})

const adaptive = fc.oneof(
  fc.constant(undefined),
  fc.constant<Reasoning>({ effort: 'none' }),
  fc.constant<Reasoning>({ budgetTokens: -1 }),
  fc
    .constantFrom('low', 'medium', 'high', 'xhigh', 'max')
    .map((effort): Reasoning => ({ effort, budgetTokens: -1, summary: 'auto' })),
)

test('a request for a model that decides for itself how much it thinks is the same after writing and reading', () => {
  fc.assert(
    fc.property(requestOf(adaptive, false), (request) => expectSame(request, 'claude-opus-5')),
    { numRuns: 300 },
  )
})
