import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { TextPart } from '../../src/core/content.ts'
import type { AnswerBlock, ChatAnswer } from '../../src/core/fold.ts'
import { foldParts } from '../../src/core/fold.ts'
import type { FinishReason, StreamPart } from '../../src/core/stream-part.ts'
import { NO_USAGE } from '../../src/core/stream-part.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import type { AnswerContext } from '../../src/core/wire-format.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { casesOf, hasCases } from './cases.ts'
import { decode, partsOf } from './decode.ts'

// What our writer writes, read by OpenAI's own SDK: whole, as chunks, and by its stream helper, which refuses tool calls
// that break the contract of design/tool-calling.md §2.4.

const context: AnswerContext = { id: 'x', model: 'up/m', createdSeconds: 1, includeUsage: true }
const messages = [{ role: 'user' as const, content: 'Hi' }]

function clientOf(body: string, type: string): OpenAI {
  const fetch = async (): Promise<Response> => new Response(body, { headers: { 'content-type': type } })
  return new OpenAI({ apiKey: 'unused', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0, fetch })
}

function streamed(parts: readonly StreamPart[], includeUsage = true): string {
  const writer = openaiChat.createWriter({ ...context, includeUsage })
  const framer = createEnframer('sse')
  return parts.map((part) => framer.write(writer.push(part))).join('') + framer.write(writer.end()) + framer.end()
}

/** The words of https://platform.openai.com/docs/api-reference/chat/object. */
const FINISHES: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'never written',
  other: 'stop',
}

type Seen = { text: string; calls: string[]; finish: string | null; usage: readonly number[] | undefined }

/** The answer as the SDK must see it. */
function expected({ blocks, finishReason, usage }: ChatAnswer): Seen {
  const textOf = (block: AnswerBlock): string[] => (block.type === 'text' ? [block.text] : [])
  const callOf = (block: AnswerBlock): string[] =>
    block.type === 'tool-call' ? [`${block.id} ${block.name} ${block.argumentsText}`] : []
  return {
    text: blocks.flatMap(textOf).join(''),
    calls: blocks.flatMap(callOf),
    finish: FINISHES[finishReason],
    usage:
      usage === undefined
        ? undefined
        : [
            usage.inputTokens ?? 0,
            usage.outputTokens ?? 0,
            usage.cachedInputTokens ?? 0,
            usage.reasoningTokens ?? 0,
            (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0),
          ],
  }
}

function usageOf(usage: OpenAI.CompletionUsage | null | undefined): Seen['usage'] {
  if (usage === null || usage === undefined) return undefined
  const { prompt_tokens, completion_tokens, total_tokens } = usage
  return [
    prompt_tokens,
    completion_tokens,
    usage.prompt_tokens_details?.cached_tokens ?? 0,
    usage.completion_tokens_details?.reasoning_tokens ?? 0,
    total_tokens,
  ]
}

function seen(completion: OpenAI.ChatCompletion): Seen {
  const [choice] = completion.choices
  const calls = (choice?.message.tool_calls ?? []).map((call) =>
    call.type === 'function'
      ? `${call.id} ${call.function.name} ${call.function.arguments}`
      : `${call.id} ${call.custom.name} ${call.custom.input}`,
  )
  if (calls.length > 0 && (choice?.message.content ?? '') === '') expect(choice?.message.content).toBeNull()
  return {
    text: choice?.message.content ?? '',
    calls,
    finish: choice?.finish_reason ?? null,
    usage: usageOf(completion.usage),
  }
}

async function checkWhole(parts: readonly StreamPart[]): Promise<void> {
  const body = JSON.stringify(openaiChat.writeResponse(parts, context))
  const completion = await clientOf(body, 'application/json').chat.completions.create({ model: 'm', messages })
  expect(seen(completion)).toEqual(expected(foldParts(parts)))
}

async function checkHelper(parts: readonly StreamPart[]): Promise<void> {
  const answer = foldParts(parts)
  const calls = answer.blocks.flatMap((block) => (block.type === 'tool-call' ? [block] : []))
  // A strict tool is parsed as it streams; the helper refuses to do so for an answer that was cut.
  const isWhole = answer.finishReason === 'tool-calls' || answer.finishReason === 'stop'
  const strict = isWhole && calls.every((call) => isObject(call.argumentsText))
  const names = [...new Set(calls.map((call) => call.name))]
  const tools = names.map((name) => ({ type: 'function' as const, function: { name, strict, parameters: {} } }))
  const client = clientOf(streamed(parts), 'text/event-stream')
  const runner = client.chat.completions.stream({ model: 'm', messages, ...(tools.length === 0 ? {} : { tools }) })
  expect(seen(await runner.finalChatCompletion())).toEqual(expected(answer))
  if (!strict) return
  const parsed = (await runner.finalChatCompletion()).choices[0]?.message.tool_calls ?? []
  expect(parsed.map((call) => ('function' in call ? call.function.parsed_arguments : undefined))).toEqual(
    calls.map((call) => JSON.parse(call.argumentsText)),
  )
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

/** §2.4 rule by rule, on the bytes. */
function checkContract(text: string): void {
  const payloads = text.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []))
  expect(payloads.at(-1)).toBe('[DONE]')
  const chunks = payloads.slice(0, -1).map((payload) => JSON.parse(payload) as OpenAI.ChatCompletionChunk)
  expect(chunks.filter((chunk) => (chunk.choices[0]?.finish_reason ?? null) !== null)).toHaveLength(1)
  let latest = -1
  for (const chunk of chunks) {
    const calls = chunk.choices[0]?.delta.tool_calls ?? []
    expect(calls.length).toBeLessThanOrEqual(1)
    for (const call of calls) {
      if (call.index === latest) {
        expect(Object.keys(call).filter((key) => !['index', 'function', 'custom'].includes(key))).toEqual([])
        expect(call.function === undefined || !('name' in call.function)).toBe(true)
      } else {
        expect(call.index).toBe(latest + 1)
        expect(call.id).toBeTruthy()
        latest = call.index
      }
    }
  }
}

const APIS = [
  'openai-chat',
  'openai-compatible-chat',
  'mistral-chat',
  'groq-chat',
  'deepseek-chat',
  'xai-chat',
  'alibaba-chat',
  'moonshot-chat',
] as const

const cases = casesOf(...APIS)
  .filter((one) => one.status === 200)
  .filter((one) => decode(openaiChat, one.bytes, one.mode === 'stream').error === undefined)

describe.skipIf(!hasCases)(`answers written anew${hasCases ? '' : ' (no shared data here)'}`, () => {
  test('there are cases', () => expect(cases.length).toBeGreaterThan(80))

  test.each(cases.map((one) => [one.id, one.name, one] as const))('%s %s', async (_id, _name, one) => {
    const parts = partsOf(openaiChat, one.bytes, one.mode === 'stream')
    checkContract(streamed(parts))
    await checkWhole(parts)
    await checkHelper(parts)
  })
})

const piece = fc.string({ minLength: 1, maxLength: 6 })
const signature = fc.record({
  by: fc.constantFrom('anthropic-messages' as const, 'gemini-generate' as const, 'openai-responses' as const),
  value: fc.base64String({ minLength: 4, maxLength: 12 }),
})
const block: fc.Arbitrary<StreamPart[]> = fc.oneof(
  fc
    .array(piece, { minLength: 1, maxLength: 3 })
    .map((texts) => texts.map((text) => ({ type: 'text-delta', text }) as const)),
  fc.tuple(piece, signature).map(([text, signed]): StreamPart[] => [
    { type: 'text-delta', text },
    { type: 'text-signature', signature: signed },
  ]),
  fc
    .tuple(piece, signature, fc.boolean())
    .map(([text, signed, redacted]): StreamPart[] => [
      ...(redacted ? [] : [{ type: 'reasoning-delta' as const, text }]),
      { type: 'reasoning-end', signature: signed, ...(redacted ? { redacted } : {}) },
    ]),
  fc
    .tuple(
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.dictionary(piece, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
      fc.option(signature),
    )
    .map(([name, input, signed]): StreamPart[] => {
      const text = JSON.stringify(input)
      return [
        { type: 'tool-call-start', index: 0, id: '', name, ...(signed === null ? {} : { signature: signed }) },
        { type: 'tool-call-delta', index: 0, argumentsText: text.slice(0, 3) },
        { type: 'tool-call-delta', index: 0, argumentsText: text.slice(3) },
        { type: 'tool-call-end', index: 0 },
      ]
    }),
  fc.constant<StreamPart[]>([{ type: 'citation', url: 'https://a.example', title: 'A' }]),
  fc.constant<StreamPart[]>([{ type: 'media', mediaType: 'image/png', data: 'AAAA' }]),
)
const answers = fc
  .tuple(
    fc.array(block, { maxLength: 6 }),
    fc.constantFrom<FinishReason>('stop', 'length', 'content-filter', 'other'),
    fc.option(fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat(), reasoningTokens: fc.nat() })),
  )
  .map(([blocks, finishReason, counts]) => {
    const tidier = createTidier('call')
    const usage: StreamPart[] = counts === null ? [] : [{ type: 'usage', usage: { ...NO_USAGE, ...counts } }]
    const out = tidier.push([...blocks.flat(), ...usage, { type: 'response-end', finishReason, raw: undefined }])
    return [...out, ...tidier.end()]
  })

test('an answer of any format is read alike', async () => {
  await fc.assert(
    fc.asyncProperty(answers, async (parts) => {
      checkContract(streamed(parts))
      await checkWhole(parts)
      await checkHelper(parts)
    }),
    { numRuns: 150 },
  )
})

test('what we write we read: blocks, signatures and usage, whole and streamed', () => {
  const blocksOf = (parts: readonly StreamPart[]) => {
    const { blocks, usage, finishReason } = foldParts(parts)
    // The format has one place for thoughts and one for words: the order among kinds is its own.
    const kinds = ['reasoning', 'tool-call'].map((type) => blocks.filter((one) => one.type === type))
    const texts = blocks.filter((one): one is TextPart => one.type === 'text')
    return {
      thoughts: kinds[0],
      text: texts.map((one) => one.text).join(''),
      // And room for the signature of the last words.
      signature: texts.findLast((one) => one.signature !== undefined)?.signature,
      calls: kinds[1],
      usage,
      finish: finishReason === 'other' ? 'stop' : finishReason,
    }
  }
  // A stream tells the signatures of thoughts in a row after all of their text.
  const inRow = ({ thoughts = [], ...rest }: ReturnType<typeof blocksOf>): unknown => ({
    ...rest,
    thoughts: thoughts.map((block) => ('text' in block ? block.text : '')).join(''),
    signatures: thoughts.flatMap((block) => ('signature' in block && block.signature ? [block.signature] : [])),
  })
  fc.assert(
    fc.property(answers, (parts) => {
      const whole = new TextEncoder().encode(JSON.stringify(openaiChat.writeResponse(parts, context)))
      expect(blocksOf(partsOf(openaiChat, whole, false))).toEqual(blocksOf(parts))
      const stream = new TextEncoder().encode(streamed(parts))
      expect(inRow(blocksOf(partsOf(openaiChat, stream, true)))).toEqual(inRow(blocksOf(parts)))
    }),
  )
})

test('usage is streamed exactly when asked', async () => {
  const parts: StreamPart[] = [
    { type: 'response-start', id: '', model: 'm' },
    { type: 'text-delta', text: 'a' },
    { type: 'usage', usage: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 } },
    { type: 'response-end', finishReason: 'stop', raw: 'stop' },
  ]
  for (const asked of [true, false]) {
    const client = clientOf(streamed(parts, asked), 'text/event-stream')
    const stream = await client.chat.completions.create({ model: 'm', messages, stream: true })
    let counted = 0
    for await (const chunk of stream) if ((chunk.usage ?? null) !== null) counted += 1
    expect(counted).toBe(asked ? 1 : 0)
  }
})

test('several sources come back from the stream helper', async () => {
  const urls = ['https://a.example', 'https://b.example']
  const parts: StreamPart[] = [
    { type: 'text-delta', text: 'Yes.' },
    ...urls.map((url): StreamPart => ({ type: 'citation', url, title: undefined })),
    { type: 'response-end', finishReason: 'stop', raw: undefined },
  ]
  const stream = clientOf(streamed(parts), 'text/event-stream').chat.completions.stream({ model: 'm', messages })
  const message = (await stream.finalChatCompletion()).choices[0]?.message
  expect(message?.annotations?.map(({ url_citation: { url } }) => url)).toEqual(urls)
})

test('several signed blocks of reasoning come back from the stream helper', async () => {
  const thoughts = ['Hm', 'Aha'].map((text, at) => ({
    type: 'reasoning' as const,
    text,
    signature: { by: 'anthropic-messages' as const, value: `c2ln${at}` },
  }))
  const parts = [
    ...thoughts.flatMap(({ text, signature }): StreamPart[] => [
      { type: 'reasoning-delta', text },
      { type: 'reasoning-end', signature },
    ]),
    { type: 'text-delta', text: 'Yes.' },
    { type: 'response-end', finishReason: 'stop', raw: undefined },
  ] satisfies StreamPart[]
  const stream = clientOf(streamed(parts), 'text/event-stream').chat.completions.stream({ model: 'm', messages })
  const message = (await stream.finalChatCompletion()).choices[0]?.message
  const kept = JSON.parse(JSON.stringify({ model: 'm', messages: [...messages, message] }))
  expect(openaiChat.readRequest(kept).messages[1]?.content).toEqual([...thoughts, { type: 'text', text: 'Yes.' }])
})

test('pictures of a stream are all there in what the stream helper gathers', async () => {
  const image = (data: string): StreamPart => ({ type: 'media', mediaType: 'image/png', data })
  const parts: StreamPart[] = [
    { type: 'response-start', id: '', model: 'm' },
    image('AAAA'),
    { type: 'text-delta', text: 'a' },
    image('BBBB'),
    { type: 'response-end', finishReason: 'stop', raw: 'stop' },
  ]
  const { images } = wholeMessage(parts)
  expect(images).toHaveLength(2)
  const runner = clientOf(streamed(parts), 'text/event-stream').chat.completions.stream({ model: 'm', messages })
  expect((await runner.finalChatCompletion()).choices[0]?.message).toMatchObject({ content: 'a', images })
})

function wholeMessage(parts: readonly StreamPart[]): { readonly images?: readonly unknown[] } {
  const { choices } = JSON.parse(JSON.stringify(openaiChat.writeResponse(parts, context)))
  return choices[0].message
}
