import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
import {
  ConverseCommand,
  ConverseStreamCommand,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/core/errors.ts'
import type { ChatAnswer } from '../../src/core/fold.ts'
import { foldParts } from '../../src/core/fold.ts'
import type { StreamPart, Usage } from '../../src/core/stream-part.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import type { WireEvent } from '../../src/core/wire-format.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { encodeAwsEvents } from './aws-frames.ts'
import type { AwsSdk } from './aws-sdk.ts'
import { startAwsSdk } from './aws-sdk.ts'
import { casesOf, hasCases } from './cases.ts'
import { partsOf } from './decode.ts'

// AWS's own SDK reads what the format writes.

let sdk: AwsSdk
beforeAll(async () => {
  sdk = await startAwsSdk()
})
afterAll(() => sdk.close())

const ASKED = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hello' }] }] }
const CONTEXT = { id: 'x', model: 'm', createdSeconds: 0, includeUsage: true }

/** An answer as the SDK's user sees it. */
type Seen = {
  text: string
  reasoning: string
  signatures: string[]
  calls: { id: string | undefined; name: string | undefined; input: unknown }[]
  stopReason: string | undefined
  usage: readonly (number | undefined)[] | undefined
}

const NOTHING = { text: '', reasoning: '', stopReason: undefined, usage: undefined }

async function seenWhole(parts: readonly StreamPart[]): Promise<Seen> {
  const body = bedrockConverse.writeResponse(parts, CONTEXT)
  sdk.served = { status: 200, type: 'application/json', body: JSON.stringify(body) }
  const { output, stopReason, usage } = await sdk.client.send(new ConverseCommand(ASKED))
  const seen: Seen = { ...NOTHING, signatures: [], calls: [], stopReason, usage: counts(usage) }
  expect(output?.message?.role).toBe('assistant')
  for (const { text, toolUse, reasoningContent } of output?.message?.content ?? []) {
    seen.text += text ?? ''
    seen.reasoning += reasoningContent?.reasoningText?.text ?? ''
    const { signature } = reasoningContent?.reasoningText ?? {}
    if (signature !== undefined) seen.signatures.push(signature)
    if (toolUse !== undefined) seen.calls.push({ id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input })
  }
  return seen
}

async function seenStreamed(parts: readonly StreamPart[]): Promise<Seen> {
  return seenEvents(await sendEvents(written(parts)))
}

function written(parts: readonly StreamPart[]): WireEvent[] {
  const writer = bedrockConverse.createWriter(CONTEXT)
  return [...parts.flatMap((part) => writer.push(part)), ...writer.end()]
}

async function sendEvents(events: readonly WireEvent[]): Promise<ConverseStreamOutput[]> {
  sdk.served = { status: 200, type: 'application/vnd.amazon.eventstream', body: encodeAwsEvents(events) }
  const { stream } = await sdk.client.send(new ConverseStreamCommand(ASKED))
  const got: ConverseStreamOutput[] = []
  for await (const one of stream ?? []) got.push(one)
  return got
}

function seenEvents(events: readonly ConverseStreamOutput[]): Seen {
  const seen: Seen = { ...NOTHING, signatures: [], calls: [] }
  const inputs = new Map<number | undefined, string>()
  const closed = new Set<number | undefined>()
  for (const { contentBlockStart, contentBlockDelta, contentBlockStop, messageStop, metadata } of events) {
    const index = contentBlockStart?.contentBlockIndex ?? contentBlockDelta?.contentBlockIndex
    expect(closed.has(index) && index !== undefined, 'a block that was closed').toBe(false)
    if (contentBlockStart?.start?.toolUse !== undefined) {
      const { toolUseId, name } = contentBlockStart.start.toolUse
      seen.calls.push({ id: toolUseId, name, input: undefined })
      inputs.set(index, '')
    }
    const { text, toolUse, reasoningContent } = contentBlockDelta?.delta ?? {}
    seen.text += text ?? ''
    seen.reasoning += reasoningContent?.text ?? ''
    if (reasoningContent?.signature !== undefined) seen.signatures.push(reasoningContent.signature)
    if (toolUse !== undefined) inputs.set(index, (inputs.get(index) ?? '') + (toolUse.input ?? ''))
    if (contentBlockStop !== undefined) closed.add(contentBlockStop.contentBlockIndex)
    if (messageStop !== undefined) seen.stopReason = messageStop.stopReason
    if (metadata !== undefined) seen.usage = counts(metadata.usage)
  }
  expect(events[0]?.messageStart?.role).toBe('assistant')
  for (const [position, text] of [...inputs.values()].entries()) {
    const call = seen.calls[position]
    if (call !== undefined) call.input = inputOf(text)
  }
  return seen
}

type SdkUsage = {
  inputTokens?: number | undefined
  outputTokens?: number | undefined
  totalTokens?: number | undefined
}

function counts(
  usage:
    | (SdkUsage & { cacheReadInputTokens?: number | undefined; cacheWriteInputTokens?: number | undefined })
    | undefined,
): Seen['usage'] {
  if (usage === undefined) return undefined
  const { inputTokens, outputTokens, totalTokens, cacheReadInputTokens, cacheWriteInputTokens } = usage
  return [inputTokens, outputTokens, totalTokens, cacheReadInputTokens, cacheWriteInputTokens]
}

/** Arguments of a call that was cut short are no JSON. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { rawInvalidInput: text }
  }
}

const STOPS = {
  stop: /^(end_turn|stop_sequence)$/,
  length: /^(max_tokens|model_context_window_exceeded)$/,
  'tool-calls': /^tool_use$/,
  'content-filter': /^(content_filtered|guardrail_intervened)$/,
  error: /^$/,
  other: /^end_turn$/,
} as const

/** What the SDK has to show of an answer. */
function expectSeen(seen: Seen, answer: ChatAnswer): void {
  const texts = answer.blocks.map((block) => (block.type === 'text' || block.type === 'refusal' ? block.text : ''))
  expect(seen.text).toBe(texts.join(''))
  expect(seen.reasoning).toBe(answer.blocks.map((block) => (block.type === 'reasoning' ? block.text : '')).join(''))
  const calls = answer.blocks.flatMap((block) => (block.type === 'tool-call' ? [block] : []))
  expect(seen.calls).toEqual(calls.map(({ id, name, argumentsText }) => ({ id, name, input: inputOf(argumentsText) })))
  expect(seen.stopReason).toMatch(STOPS[answer.finishReason])
  const { usage } = answer
  if (usage === undefined) {
    expect(seen.usage).toBeUndefined()
    return
  }
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage
  const [fresh = 0, output, total, cached = 0, write = 0] = seen.usage ?? []
  expect([fresh + cached + write, output, total, cached, write]).toEqual([
    inputTokens,
    outputTokens,
    inputTokens + outputTokens,
    cachedInputTokens,
    cacheWriteTokens,
  ])
}

/** The kinds of tokens that this format counts. */
function kept({
  inputTokens = 0,
  outputTokens = 0,
  cachedInputTokens,
  cacheWriteTokens,
  longCacheWriteTokens,
}: Usage): Usage {
  const long = longCacheWriteTokens === undefined ? {} : { longCacheWriteTokens }
  return { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens: undefined, ...long }
}

type Case = { readonly id: string; readonly parts: readonly StreamPart[] }

/** Every answer of Bedrock's cases and of some of OpenAI's that is one. */
function answers(): Case[] {
  const own = casesOf('bedrock-converse').map((one) => ({ ...one, format: bedrockConverse }))
  const others = casesOf('openai-chat', 'mistral-chat', 'deepseek-chat', 'groq-chat').map((one) => ({
    ...one,
    format: openaiChat,
  }))
  return [...own, ...others].flatMap(({ id, format, bytes, mode, status }) => {
    if (status !== 200) return []
    try {
      return [{ id, parts: partsOf(format, bytes, mode === 'stream') }]
    } catch (thrown) {
      // Broken answers are tested where they are read.
      if (thrown instanceof GatewayError) return []
      throw thrown
    }
  })
}

describe.skipIf(!hasCases)(`AWS's SDK reads our answers${hasCases ? '' : ' (no shared data here)'}`, () => {
  const cases = answers()

  test('there are many', () => expect(cases.length).toBeGreaterThan(80))

  test.each(cases.map((one) => [one.id, one] as const))('%s', async (_id, { parts }) => {
    const answer = foldParts(parts)
    expectSeen(await seenWhole(parts), answer)
    expectSeen(await seenStreamed(parts), answer)
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s is read back as it was', (_id, { parts }) => {
    const plain = (list: readonly StreamPart[]): unknown => {
      const { blocks, usage, finishReason, citations } = foldParts(list)
      return {
        blocks: blocks.map((block) =>
          block.type === 'tool-call' ? { ...block, argumentsText: inputOf(block.argumentsText) } : block,
        ),
        usage: usage === undefined ? undefined : kept(usage),
        // Nothing but "other" has no word here.
        finishReason: finishReason === 'other' ? 'stop' : finishReason,
        // A page is cited, not a place in the answer.
        citations: citations.map(({ url, title }) => ({ url, title })),
      }
    }
    const reread = partsOf(bedrockConverse, encodeAwsEvents(written(parts)), true)
    expect(plain(reread)).toEqual(plain(parts))
  })
})

/** Parts as dispatch hands them to a writer. */
function tidy(parts: readonly StreamPart[]): StreamPart[] {
  const tidier = createTidier('x')
  const start: StreamPart = { type: 'response-start', id: '', model: 'm' }
  const end: StreamPart = { type: 'response-end', finishReason: 'stop', raw: undefined }
  return [...tidier.push([start, ...parts, end]), ...tidier.end()]
}

describe('what other formats say beyond words', () => {
  test('signatures of others come back to us as theirs', async () => {
    const signature = { by: 'gemini-generate', value: 'Zm9vYmFy' } as const
    const parts = tidy([
      { type: 'reasoning-delta', text: 'Hm.' },
      { type: 'reasoning-end', signature: { by: 'anthropic-messages', value: 'Y2xhdWRl' } },
      { type: 'tool-call-start', index: 0, id: 'a', name: 'f', signature },
      { type: 'tool-call-delta', index: 0, argumentsText: '{"a":1}' },
      { type: 'tool-call-end', index: 0 },
    ])
    for (const seen of [await seenWhole(parts), await seenStreamed(parts)]) {
      expect(seen.signatures[0]).toBe('Y2xhdWRl')
      const [, wrapped = ''] = seen.signatures
      const content = [
        { reasoningContent: { reasoningText: { text: '', signature: wrapped } } },
        { toolUse: { toolUseId: 'a', name: 'f', input: { a: 1 } } },
      ]
      const { messages } = bedrockConverse.readRequest({ messages: [{ role: 'assistant', content }] }, { model: 'm' })
      expect(messages[0]?.content[0]).toEqual({ type: 'reasoning', text: '', signature })
    }
  })

  test('thoughts that are encrypted reach the SDK as bytes, and come back', async () => {
    for (const value of ['YWJjZA==', 'not base64!']) {
      const signature = { by: 'anthropic-messages', value } as const
      const parts = tidy([
        { type: 'reasoning-end', redacted: true, signature },
        { type: 'text-delta', text: 'Hi' },
      ])
      sdk.served = {
        status: 200,
        type: 'application/json',
        body: JSON.stringify(bedrockConverse.writeResponse(parts, CONTEXT)),
      }
      const { output } = await sdk.client.send(new ConverseCommand(ASKED))
      const bytes = output?.message?.content?.[0]?.reasoningContent?.redactedContent
      const redactedContent = Buffer.from(bytes ?? []).toString('base64')
      const message = { role: 'assistant', content: [{ reasoningContent: { redactedContent } }] }
      const { messages } = bedrockConverse.readRequest({ messages: [message] }, { model: 'm' })
      expect(messages[0]?.content).toEqual([{ type: 'reasoning', text: '', redacted: true, signature }])
    }
  })

  test('a free-text call is a call with one member', async () => {
    const parts = tidy([
      { type: 'tool-call-start', index: 0, id: 'a', name: 'patch', custom: true },
      { type: 'tool-call-delta', index: 0, argumentsText: 'say "hi"\n' },
      { type: 'tool-call-delta', index: 0, argumentsText: '\\ 🎉' },
      { type: 'tool-call-end', index: 0 },
    ])
    const call = { id: 'a', name: 'patch', input: { input: 'say "hi"\n\\ 🎉' } }
    expect((await seenWhole(parts)).calls).toEqual([call])
    expect((await seenStreamed(parts)).calls).toEqual([call])
  })

  test('images are images, and pages that were cited are cited', async () => {
    const parts = tidy([
      { type: 'media', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
      { type: 'text-delta', text: 'See.' },
      { type: 'citation', url: 'https://example.org/', title: 'Example' },
    ])
    sdk.served = {
      status: 200,
      type: 'application/json',
      body: JSON.stringify(bedrockConverse.writeResponse(parts, CONTEXT)),
    }
    const { output } = await sdk.client.send(new ConverseCommand(ASKED))
    const content = output?.message?.content ?? []
    expect(Buffer.from(content[0]?.image?.source?.bytes ?? []).toString('base64')).toBe('iVBORw0KGgo=')
    expect(content.at(-1)?.citationsContent?.citations?.[0]?.location?.web?.url).toBe('https://example.org/')
    const events = await sendEvents(written(parts))
    expect(events.find((one) => one.contentBlockStart !== undefined)?.contentBlockStart?.start?.image?.format).toBe(
      'png',
    )
    const cited = events.find((one) => one.contentBlockDelta?.delta?.citation !== undefined)
    expect(cited?.contentBlockDelta?.delta?.citation?.location?.web?.url).toBe('https://example.org/')
  })

  test('the stop sequence is where Claude’s stands', async () => {
    const parts: StreamPart[] = [
      { type: 'response-start', id: '', model: 'm' },
      { type: 'text-delta', text: 'one' },
      { type: 'response-end', finishReason: 'stop', raw: 'stop', stopSequence: 'two' },
    ]
    const events = await sendEvents(written(parts))
    const stop = events.find((one) => one.messageStop !== undefined)?.messageStop
    expect(stop?.stopReason).toBe('stop_sequence')
    expect(stop?.additionalModelResponseFields).toEqual({ delta: { stop_sequence: 'two' } })
  })
})

/** The lines of a written event as an event. */
function eventOf(text: string): WireEvent {
  const [first = '', second = ''] = text.split('\n')
  return { event: first.slice('event: '.length), data: second.slice('data: '.length) }
}

describe('errors', () => {
  const HI: StreamPart[] = [
    { type: 'response-start', id: '', model: 'm' },
    { type: 'text-delta', text: 'Hi' },
  ]

  test('the SDK reads past a decision', async () => {
    const events = written([...HI, { type: 'response-end', finishReason: 'stop', raw: undefined }])
    const explanation = eventOf(bedrockConverse.writeStreamExplanation('id', { model: 'up/m' }))
    expect(explanation.event).toBe('routing')
    const seen = seenEvents(await sendEvents([...events.slice(0, 1), explanation, ...events.slice(1)]))
    expect(seen).toMatchObject({ text: 'Hi', stopReason: 'end_turn' })
  })

  test.each([
    ['upstream_rate_limited', ThrottlingException],
    ['invalid_request', ValidationException],
  ] as const)('%s is thrown as its exception, whole and in a stream', async (code, type) => {
    const error = new GatewayError(code, 'Not now.', { param: 'messages' })
    sdk.served = {
      status: error.status,
      type: 'application/json',
      body: JSON.stringify(bedrockConverse.writeError(error)),
    }
    await expect(sdk.client.send(new ConverseCommand(ASKED))).rejects.toThrow(type)
    await expect(sdk.client.send(new ConverseCommand(ASKED))).rejects.toThrow('Not now.')
    const writer = bedrockConverse.createWriter(CONTEXT)
    const begun = HI.flatMap((part) => writer.push(part))
    const broken = [...begun, eventOf(bedrockConverse.writeStreamError(error))]
    await expect(sendEvents(broken)).rejects.toThrow(type)
  })

  test.each(['stream_interrupted', 'upstream_timeout', 'upstream_auth_failed', 'no_healthy_target'] as const)(
    'a stream broken by %s ends with an exception of the service',
    async (code) => {
      const broken = eventOf(bedrockConverse.writeStreamError(new GatewayError(code, 'It broke.')))
      await expect(sendEvents([broken])).rejects.toMatchObject({
        message: 'It broke.',
        name: expect.stringMatching(/Exception$/),
      })
    },
  )
})
