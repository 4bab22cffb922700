import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import type { ChatAnswer } from '../../src/core/fold.ts'
import { foldParts } from '../../src/core/fold.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA } from '../data-folder.ts'
import type { ProviderCase } from './cases.ts'
import { CUTS, casesOf, hasCases } from './cases.ts'
import { decode, partsOf } from './decode.ts'

const RECORDINGS = join(DATA, 'recordings/anthropic')

describe.skipIf(!hasCases)(`recorded traffic${hasCases ? '' : ' (no shared data here)'}`, () => {
  const files = hasCases ? readdirSync(RECORDINGS) : []

  test.each(files.filter((name) => name.endsWith('.chunks.txt')))('%s decodes alike at every cut', (name) => {
    const events = readFileSync(join(RECORDINGS, name), 'utf8').trimEnd().split('\n')
    const bytes = new TextEncoder().encode(events.map((event) => `data: ${event}\n\n`).join(''))
    const whole = decode(anthropicMessages, bytes, true)
    expect(whole.error).toBeUndefined()
    expect(whole.finish).toBeDefined()
    expect(whole.usage?.outputTokens).toBeGreaterThan(0)
    for (const cut of CUTS) expect(decode(anthropicMessages, bytes, true, cut), `cut at ${cut}`).toEqual(whole)
  })

  test.each(files.filter((name) => name.endsWith('.json')))('%s decodes, and its summary agrees', (name) => {
    const bytes = new Uint8Array(readFileSync(join(RECORDINGS, name)))
    const whole = decode(anthropicMessages, bytes, false)
    expect(whole.error).toBeUndefined()
    const summary = anthropicMessages.summarizeResponse(JSON.parse(new TextDecoder().decode(bytes)))
    expect(summary.usage).toEqual(whole.usage)
    if (whole.text !== '' || whole.calls.length > 0) expect(summary.hasContent).toBe(true)
  })
})

const context = { id: 'rt_1', model: 'up/m', createdSeconds: 1, includeUsage: true }

function clientOf(body: string, contentType: string): Anthropic {
  const answer = () => Promise.resolve(new Response(body, { headers: { 'content-type': contentType } }))
  return new Anthropic({ apiKey: 'unused', maxRetries: 0, fetch: answer })
}

const asked = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'x' }] }

/** What the SDK makes of an answer that we wrote in one piece, and of the same as a stream. */
async function readBack(parts: readonly StreamPart[]): Promise<Anthropic.Message[]> {
  const whole = JSON.stringify(anthropicMessages.writeResponse(parts, context))
  const writer = anthropicMessages.createWriter(context)
  const enframer = createEnframer('sse')
  const stream = [...parts.flatMap((part) => writer.push(part)), ...writer.end()]
  const streamed = stream.map((event) => enframer.write([event])).join('')
  return Promise.all([
    clientOf(whole, 'application/json').messages.create(asked),
    clientOf(streamed, 'text/event-stream').messages.stream(asked).finalMessage(),
  ])
}

const STOP_REASONS: Readonly<Record<string, readonly string[]>> = {
  stop: ['end_turn', 'stop_sequence', 'pause_turn'],
  length: ['max_tokens', 'model_context_window_exceeded'],
  'tool-calls': ['tool_use'],
  'content-filter': ['refusal'],
  other: ['end_turn'],
}

function compare(message: Anthropic.Message, answer: ChatAnswer): void {
  const { blocks, usage } = answer
  const calls = blocks.flatMap((block) => (block.type === 'tool-call' ? [block] : []))
  const words = blocks.flatMap((block) => (block.type === 'text' || block.type === 'refusal' ? [block.text] : []))
  const thoughts = blocks.flatMap((block) => (block.type === 'reasoning' ? [block.text] : []))
  const called = message.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []))
  expect(called.map((call) => [call.name, call.input])).toEqual(
    calls.map((call) => [call.name, JSON.parse(call.argumentsText)]),
  )
  expect(new Set(called.map((call) => call.id)).size).toBe(calls.length)
  for (const { id } of called) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/)
  expect(message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('')).toBe(words.join(''))
  expect(message.content.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : [])).join('')).toBe(
    thoughts.join(''),
  )
  expect(STOP_REASONS[answer.finishReason]).toContain(message.stop_reason)
  expect(message.stop_sequence).toBe(answer.stopSequence ?? null)
  const {
    input_tokens,
    output_tokens,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
  } = message.usage
  expect(output_tokens).toBe(usage?.outputTokens ?? 0)
  // Some providers count cached tokens that they do not count as prompt.
  if ((usage?.inputTokens ?? 0) >= (usage?.cachedInputTokens ?? 0) + (usage?.cacheWriteTokens ?? 0)) {
    expect(input_tokens + (read ?? 0) + (written ?? 0)).toBe(usage?.inputTokens ?? 0)
  }
}

const BROKEN = ['vercel_responses:14']

function isBroken(argumentsText: string): boolean {
  try {
    JSON.parse(argumentsText)
    return false
  } catch {
    return true
  }
}

/** Answers that are complete: errors are no answers. */
function answersOf(format: WireFormat, cases: readonly ProviderCase[]): [string, string, StreamPart[]][] {
  return cases.flatMap((one): [string, string, StreamPart[]][] => {
    if (one.status !== 200 || decode(format, one.bytes, one.mode === 'stream').error !== undefined) return []
    return [[one.id, one.name, partsOf(format, one.bytes, one.mode === 'stream')]]
  })
}

describe.skipIf(!hasCases)(`answers written for the SDK${hasCases ? '' : ' (no shared data here)'}`, () => {
  const own = answersOf(anthropicMessages, casesOf('anthropic-messages'))
  const others = answersOf(
    openaiChat,
    casesOf(
      'openai-chat',
      'mistral-chat',
      'deepseek-chat',
      'groq-chat',
      'xai-chat',
      'openai-compatible-chat',
      'moonshot-chat',
      'alibaba-chat',
    ),
  )

  test('there are answers of this and of other formats', () => {
    expect(own.length).toBeGreaterThan(70)
    expect(others.length).toBeGreaterThan(50)
  })

  test.each([...own, ...others])('%s %s', async (id, _name, parts) => {
    const answer = foldParts(parts)
    if (answer.blocks.some((block) => block.type === 'tool-call' && isBroken(block.argumentsText))) {
      // Cut by a limit, or broken by the model: the SDK throws as it does at Anthropic itself.
      expect(BROKEN).toContain(id)
      return
    }
    const [whole, streamed] = await readBack(parts)
    if (whole === undefined || streamed === undefined) throw new Error('Two messages were asked for.')
    compare(whole, answer)
    compare(streamed, answer)
    expect(streamed.content.map((block) => block.type)).toEqual(whole.content.map((block) => block.type))
  })
})
