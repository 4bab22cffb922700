import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentPart, ToolCallPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import type { Tool, ToolChoice } from '../../src/core/tool.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'

// What the canonical form claims for this format goes through a body of it and comes back the same.

const MODEL = 'gemini-3-flash-preview'
const words = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '')
const base64 = fc.base64String({ minLength: 4, maxLength: 16 })
const name = fc.stringMatching(/^[a-z_][a-zA-Z0-9_]{0,10}$/)
const signature = base64.filter((value) => value !== '').map((value) => ({ by: 'gemini-generate', value }) as const)

const text: fc.Arbitrary<ContentPart> = words.map((said) => ({ type: 'text', text: said }))
const data = (mediaType: string) => base64.map((bytes) => ({ type: 'data', mediaType, data: bytes }) as const)
const image: fc.Arbitrary<ContentPart> = fc
  .oneof(
    data('image/png'),
    fc.constant({ type: 'url', url: 'https://example.com/a.webp', mediaType: 'image/webp' } as const),
    fc.constant({ type: 'stored', id: 'gs://b/c', format: 'gemini-generate', mediaType: 'image/jpeg' } as const),
  )
  .map((source) => ({ type: 'image', source }))
const document: fc.Arbitrary<ContentPart> = data('application/pdf').map((source) => ({ type: 'file', source }))
const sound: fc.Arbitrary<ContentPart> = data('audio/wav').map((source) => ({ type: 'audio', source, format: 'wav' }))

const user: fc.Arbitrary<Message[]> = fc
  .array(fc.oneof(text, image, document, sound), { minLength: 1, maxLength: 3 })
  .map((content) => [{ role: 'user', content, name: undefined }])

const callPart: fc.Arbitrary<ToolCallPart> = fc.record(
  {
    type: fc.constant('tool-call' as const),
    id: fc.uuid(),
    name,
    argumentsText: fc.dictionary(words, fc.jsonValue({ maxDepth: 1 })).map((value) => JSON.stringify(value)),
    signature,
  },
  { requiredKeys: ['type', 'id', 'name', 'argumentsText'] },
)

/** A turn of the model and, where it calls, the results. */
const model: fc.Arbitrary<Message[]> = fc
  .record({
    thought: fc.option(fc.record({ text: words, signature: fc.option(signature, { nil: undefined }) }), {
      nil: undefined,
    }),
    said: fc.option(fc.record({ text: words, signature: fc.option(signature, { nil: undefined }) }), {
      nil: undefined,
    }),
    calls: fc.array(callPart, { maxLength: 3 }),
    results: fc.array(
      fc.record({ text: words, picture: fc.option(data('image/png'), { nil: undefined }), isError: fc.boolean() }),
      { minLength: 3, maxLength: 3 },
    ),
  })
  .map(({ thought, said, calls, results }) => {
    const content: ContentPart[] = []
    if (thought !== undefined) content.push({ type: 'reasoning', ...thought })
    content.push(
      ...(said !== undefined || calls.length === 0 ? [{ type: 'text' as const, text: 'x', ...said }] : []),
      ...calls,
    )
    const turn: Message = { role: 'assistant', content, name: undefined }
    if (calls.length === 0) return [turn]
    const answers = calls.map((call, index): ContentPart => {
      const { text: words = '', picture, isError } = results[index] ?? {}
      return {
        type: 'tool-result',
        callId: call.id,
        name: call.name,
        content: [
          { type: 'text', text: words },
          ...(picture === undefined ? [] : [{ type: 'image' as const, source: picture }]),
        ],
        ...(isError === true ? { isError } : {}),
      }
    })
    return [turn, { role: 'tool', content: answers, name: undefined }]
  })

const messages: fc.Arbitrary<Message[]> = fc
  .record({
    system: fc.option(fc.array(text, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    turns: fc.array(fc.tuple(user, model), { maxLength: 3 }),
    last: user,
  })
  .map(({ system, turns, last }) => [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system, name: undefined }]),
    ...turns.flatMap(([asked, answered]) => [...asked, ...answered]),
    ...last,
  ])

const schema: fc.Arbitrary<JsonObject> = fc
  .dictionary(name, fc.constantFrom({ type: 'string' }, { type: ['integer', 'null'] }, { anyOf: [{ const: 1 }] }))
  .map((properties) => ({ type: 'object', properties, additionalProperties: false }))

type Tooling = { readonly tools: Tool[]; readonly toolChoice: ToolChoice | undefined }

const tooling: fc.Arbitrary<Tooling> = fc
  .record({
    tools: fc.uniqueArray(
      fc.record({
        name,
        description: fc.option(words, { nil: undefined }),
        parameters: fc.option(schema, { nil: undefined }),
      }),
      { selector: (tool) => tool.name, maxLength: 3 },
    ),
    choice: fc.constantFrom('auto', 'none', 'required', 'named', 'allowed', 'strict', undefined),
  })
  .map(({ tools, choice }): Tooling => {
    const names = tools.map((tool) => tool.name)
    const [first] = names
    if (first === undefined) return { tools: [], toolChoice: undefined }
    if (choice === 'strict') return { tools: tools.map((tool) => ({ ...tool, strict: true })), toolChoice: 'auto' }
    if (choice === 'named') return { tools, toolChoice: { name: first } }
    if (choice === 'allowed')
      return { tools, toolChoice: names.length > 1 ? { allowed: names, mode: 'required' } : undefined }
    return { tools, toolChoice: choice }
  })

const count = fc.option(fc.nat(1_000), { nil: undefined })
const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined })

const request: fc.Arbitrary<Omit<ChatRequest, 'native'>> = fc
  .record({
    messages,
    tooling,
    sampling: fc.record({
      maxOutputTokens: count,
      temperature: share,
      topP: share,
      topK: count,
      choices: fc.constantFrom(undefined, 1),
      stop: fc.option(fc.array(words, { minLength: 1, maxLength: 5 }), { nil: undefined }),
      presencePenalty: share,
      frequencyPenalty: share,
      seed: count,
      logprobs: fc.option(fc.boolean(), { nil: undefined }),
      topLogprobs: count,
    }),
    reasoning: fc.constantFrom(
      undefined,
      { effort: 'minimal' },
      { effort: 'high', summary: 'auto' },
      { budgetTokens: -1 },
      { budgetTokens: 0, summary: 'auto' },
    ),
    responseFormat: fc.oneof(
      fc.constantFrom(undefined, { type: 'text' } as const, { type: 'json-object' } as const),
      schema.map((one) => ({ type: 'json-schema', schema: one }) as const),
    ),
  })
  .map(({ tooling: { tools, toolChoice }, ...rest }) => ({
    ...rest,
    model: MODEL,
    tools,
    toolChoice,
    parallelToolCalls: undefined,
    stream: false,
    includeUsage: true,
    user: undefined,
    metadata: undefined,
  }))

const native = { format: 'openai-chat', body: {} } as const

test('a request written for Gemini reads as the request it was', () => {
  fc.assert(
    fc.property(request, (asked) => {
      const { body, losses } = geminiGenerate.writeRequest({ ...asked, native }, MODEL)
      expect(losses).toEqual([])
      const sent = JSON.parse(JSON.stringify(body))
      const { native: _, ...read } = geminiGenerate.readRequest(sent, { model: MODEL })
      expect(read).toEqual(asked)
      expect(geminiGenerate.unread(sent)).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('whatever the history, each content of calls is followed by as many results, by name, and roles are Gemini’s', () => {
  fc.assert(
    fc.property(
      messages,
      fc.infiniteStream(fc.nat(3)),
      fc.constantFrom(MODEL, 'gemini-2.5-pro'),
      (turns, picks, name) => {
        // Results lost, doubled, moved: as clients that trim a conversation leave them.
        const broken = turns.flatMap((turn) => {
          const pick = picks.next().value ?? 0
          if (turn.role !== 'tool' || pick === 0) return [turn]
          if (pick === 1) return []
          return pick === 2 ? [turn, turn] : [{ ...turn, content: turn.content.toReversed() }]
        })
        const asked = { ...plain, messages: broken }
        const { contents } = geminiGenerate.writeRequest(asked, name).body as unknown as { contents: Content[] }
        expect(contents.length).toBeGreaterThan(0)
        for (const [index, { role, parts }] of contents.entries()) {
          expect(['user', 'model']).toContain(role)
          expect(parts.length).toBeGreaterThan(0)
          const calls = parts.flatMap((part) => part.functionCall ?? [])
          const next = contents[index + 1]
          if (calls.length === 0 || next === undefined) continue
          expect(next.role).toBe('user')
          expect(next.parts.map((part) => part.functionResponse?.name)).toEqual(calls.map((call) => call.name))
          for (const part of next.parts) expect(part.functionResponse?.response).toBeTypeOf('object')
        }
        const answered = contents.flatMap(({ parts }) => parts.flatMap((part) => part.functionResponse ?? []))
        const called = contents.flatMap(({ parts }) => parts.flatMap((part) => part.functionCall ?? []))
        expect(answered.length).toBeLessThanOrEqual(called.length)
      },
    ),
    { numRuns: 300 },
  )
})

type Content = {
  readonly role: string
  readonly parts: readonly {
    readonly functionCall?: { readonly name: string }
    readonly functionResponse?: { readonly name: string; readonly response: unknown }
  }[]
}

const plain: ChatRequest = {
  model: MODEL,
  messages: [],
  tools: [],
  toolChoice: undefined,
  parallelToolCalls: undefined,
  sampling: { maxOutputTokens: undefined, temperature: undefined, topP: undefined, choices: undefined },
  reasoning: undefined,
  responseFormat: undefined,
  stream: false,
  includeUsage: true,
  user: undefined,
  metadata: undefined,
  native,
}
