import { createServer } from 'node:http'
import { ApiError, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import { foldParts } from '../../src/core/fold.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import type { ProviderCase } from './cases.ts'
import { casesOf, hasCases } from './cases.ts'
import { decodedOf, partsOf } from './decode.ts'

// What our writer says, as Google's own SDK reads it over a real socket.

let served: { readonly status: number; readonly type: string; readonly body: string } = {
  status: 500,
  type: '',
  body: '',
}
const server = createServer((_, response) =>
  response.writeHead(served.status, { 'content-type': served.type }).end(served.body),
)
let client: GoogleGenAI

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  client = new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl: `http://127.0.0.1:${port}` } })
})
afterAll(() => void server.close())

const asked = { model: 'm', contents: 'Hello' }
const context = { id: 'rt_1', model: 'm', createdSeconds: 0, includeUsage: true }

type Part = {
  readonly text?: string
  readonly thought?: boolean
  readonly functionCall?: { readonly name?: string; readonly args?: unknown }
}
type Read = {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly Part[] }
    readonly finishReason?: string
  }[]
  readonly usageMetadata?: {
    readonly promptTokenCount?: number
    readonly candidatesTokenCount?: number
    readonly thoughtsTokenCount?: number
    readonly totalTokenCount?: number
  }
}

/** What the SDK's chunks, or its one answer, amount to. */
function readBySdk(chunks: readonly Read[]) {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata
  const textOf = (isThought: boolean) =>
    parts.map((part) => ((part.thought === true) === isThought ? (part.text ?? '') : '')).join('')
  return {
    text: textOf(false),
    reasoning: textOf(true),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ name: call.name, args: call.args }],
    ),
    finish: chunks.flatMap((chunk) => chunk.candidates?.[0]?.finishReason ?? []),
    usage: usage && [usage.promptTokenCount ?? 0, (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0)],
  }
}

const FINISH: Readonly<Record<string, string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  other: 'OTHER',
}

function expected(parts: readonly StreamPart[]) {
  const { calls, text, reasoning, finish = '', usage } = decodedOf(foldParts(parts))
  return {
    text,
    reasoning,
    calls: calls.map(({ name, argumentsText }) => ({ name, args: objectOr(argumentsText) })),
    finish: [FINISH[finish]],
    usage: usage && [usage.inputTokens ?? 0, usage.outputTokens ?? 0],
  }
}

/** What is no JSON object stays as it was said, under a name of its own (design/tool-calling.md §1.3). */
function objectOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { rawInvalidInput: text }
  }
}

/** Cases with an answer in them; those that are errors have none. */
function answers(format: WireFormat, cases: readonly ProviderCase[]): (readonly [string, readonly StreamPart[]])[] {
  return cases.flatMap((one) => {
    if (one.status !== 200) return []
    try {
      return [[one.id, partsOf(format, one.bytes, one.mode === 'stream')] as const]
    } catch (thrown) {
      if (thrown instanceof GatewayError) return []
      throw thrown
    }
  })
}

const all = [
  ...answers(geminiGenerate, casesOf('gemini-generateContent')),
  ...answers(openaiChat, casesOf('openai-chat', 'deepseek-chat', 'groq-chat', 'mistral-chat')),
].filter(([, parts]) => {
  const answer = foldParts(parts)
  // Half a call is left out on purpose, and Google’s own words for a filter are kept.
  return answer.finishReason !== 'length' || !answer.blocks.some((block) => block.type === 'tool-call')
})

describe.skipIf(!hasCases)('recorded answers, written for the SDK', () => {
  test('there are answers with calls, thoughts and usage', () => {
    const kinds = new Set(all.flatMap(([, parts]) => parts.map((part) => part.type)))
    expect(all.length).toBeGreaterThan(80)
    for (const kind of ['tool-call-start', 'reasoning-delta', 'usage'] as const) expect(kinds).toContain(kind)
  })

  test.each(all)('%s', async (_id, parts) => {
    served = {
      status: 200,
      type: 'application/json',
      body: JSON.stringify(geminiGenerate.writeResponse(parts, context)),
    }
    expect(readBySdk([(await client.models.generateContent(asked)) as Read])).toEqual(expected(parts))

    const writer = geminiGenerate.createWriter(context)
    const events = [...parts.flatMap((part) => writer.push(part)), ...writer.end()]
    const enframer = createEnframer('sse')
    served = { status: 200, type: enframer.contentType, body: enframer.write(events) + geminiGenerate.streamEnd }
    const chunks = (await Array.fromAsync(await client.models.generateContentStream(asked))) as Read[]
    expect(readBySdk(chunks)).toEqual(expected(parts))

    const array = createEnframer('json-array')
    expect(readBySdk(JSON.parse(array.write(events) + array.end()))).toEqual(expected(parts))
  })
})

test('a call cut short by the limit does not reach the client; one that is no JSON does, as its text', () => {
  const start = { type: 'tool-call-start', index: 0, id: 'c', name: 'f' } as const
  const half = { type: 'tool-call-delta', index: 0, argumentsText: '{"a": "b' } as const
  const write = (finishReason: 'length' | 'stop') => {
    const parts = [
      start,
      half,
      { type: 'tool-call-end', index: 0, isCut: finishReason === 'length' },
      { type: 'response-end', finishReason, raw: undefined },
    ] as const
    const writer = geminiGenerate.createWriter(context)
    const events = [...parts.flatMap((part) => writer.push(part)), ...writer.end()]
    return [
      readBySdk([geminiGenerate.writeResponse(parts, context) as unknown as Read]),
      readBySdk(events.map((event) => JSON.parse(event.data) as Read)),
    ]
  }
  for (const read of write('length')) expect(read).toMatchObject({ calls: [], finish: ['MAX_TOKENS'] })
  for (const read of write('stop'))
    expect(read).toMatchObject({ calls: [{ name: 'f', args: { rawInvalidInput: '{"a": "b' } }], finish: ['STOP'] })
})

test('an error is the SDK’s ApiError, whole and in a stream', async () => {
  const error = new GatewayError('upstream_rate_limited', 'Too fast.', { param: 'model' })
  served = { status: error.status, type: 'application/json', body: JSON.stringify(geminiGenerate.writeError(error)) }
  const whole = await client.models.generateContent(asked).catch((thrown: unknown) => thrown)
  expect(whole).toBeInstanceOf(ApiError)
  expect(whole).toMatchObject({ status: 429 })
  expect(JSON.parse((whole as ApiError).message).error).toMatchObject({
    code: 429,
    message: 'Too fast.',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ reason: 'upstream_rate_limited', metadata: { param: 'model' } }],
  })

  const first = createEnframer('sse').write(
    geminiGenerate.createWriter(context).push({ type: 'text-delta', text: 'Hi' }),
  )
  served = { status: 200, type: 'text/event-stream', body: first + geminiGenerate.writeStreamError(error) }
  const stream = await client.models.generateContentStream(asked)
  await expect(Array.fromAsync(stream)).rejects.toBeInstanceOf(ApiError)
})

test('a chat reads past the event that explains, and keeps the turn', async () => {
  const writer = geminiGenerate.createWriter(context)
  const parts = [
    { type: 'text-delta', text: 'Hi' },
    { type: 'response-end', finishReason: 'stop', raw: undefined },
  ] as const
  const events = createEnframer('sse').write([...parts.flatMap((part) => writer.push(part)), ...writer.end()])
  served = {
    status: 200,
    type: 'text/event-stream',
    body: geminiGenerate.writeStreamExplanation('rt_1', { model: 'm' }) + events,
  }
  const chat = client.chats.create({ model: 'm' })
  const chunks = await Array.fromAsync(await chat.sendMessageStream({ message: 'Hello' }))
  expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe('Hi')
  const said = chat.getHistory(true).filter((content) => content.role === 'model')
  expect(
    said
      .flatMap((content) => content.parts ?? [])
      .map((part) => part.text)
      .join(''),
  ).toBe('Hi')
})

// https://ai.google.dev/gemini-api/docs/troubleshooting
test.each([
  [
    400,
    'INVALID_ARGUMENT',
    'API key not valid. Please pass a valid API key.',
    'API_KEY_INVALID',
    'upstream_auth_failed',
  ],
  [403, 'PERMISSION_DENIED', 'The caller does not have permission', undefined, 'upstream_auth_failed'],
  [400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.', undefined, 'upstream_auth_failed'],
  [
    400,
    'INVALID_ARGUMENT',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    undefined,
    'context_length_exceeded',
  ],
  [400, 'INVALID_ARGUMENT', 'Function call is missing a thought_signature', undefined, 'upstream_rejected'],
  [404, 'NOT_FOUND', 'models/x is not found for API version v1beta', undefined, 'upstream_model_missing'],
  [429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', undefined, 'upstream_rate_limited'],
  [429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.', undefined, 'upstream_quota_exhausted'],
  [500, 'INTERNAL', 'An internal error has occurred.', undefined, 'upstream_error'],
  [503, 'UNAVAILABLE', 'The model is overloaded.', undefined, 'upstream_overloaded'],
  [504, 'DEADLINE_EXCEEDED', 'Deadline expired.', undefined, 'upstream_timeout'],
] as const)('Google’s %i %s "%s" is understood', (code, status, message, reason, ours) => {
  const details = reason === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }]
  const body = { error: { code, message, status, details } }
  expect(geminiGenerate.readError(code, {}, JSON.stringify(body)).code).toBe(ours)
  // In a list, as a stream without `alt=sse` brings it, and in the middle of a stream.
  expect(geminiGenerate.readError(code, {}, JSON.stringify([body])).code).toBe(ours)
  const push = () => geminiGenerate.createReader().push({ event: undefined, data: JSON.stringify(body) })
  expect(push).toThrow(expect.objectContaining({ code: ours }))
})

test('how long to wait stands in the body, and becomes the header', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.074824224s' }]
  const body = JSON.stringify({ error: { code: 429, message: 'Slow down.', status: 'RESOURCE_EXHAUSTED', details } })
  expect(geminiGenerate.readError(429, {}, body).headers).toEqual({ 'retry-after': '35' })
  expect(geminiGenerate.readError(429, { 'retry-after': '2' }, body).headers).toEqual({ 'retry-after': '2' })
})
