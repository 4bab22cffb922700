import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { partsOf } from './decode.ts'
import { CONTEXT, eventsOf } from './rewrite.ts'

// A call that a limit or a filter cut must not look like one that can be executed (design/tool-calling.md §3.3.8).

const utf8 = new TextEncoder()

function streamed(format: WireFormat, ...events: readonly JsonObject[]): StreamPart[] {
  return partsOf(format, utf8.encode(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')), true)
}

const whole = (format: WireFormat, body: JsonObject): StreamPart[] =>
  partsOf(format, utf8.encode(JSON.stringify(body)), false)

const claude = (stopReason: string, ...inputs: readonly string[]): StreamPart[] =>
  streamed(
    anthropicMessages,
    { type: 'message_start', message: { id: 'm', model: 'c', content: [], usage: { input_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} } },
    ...inputs.map((partial_json) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json },
    })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stopReason }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  )

const gpt = (finish: string, given: string): StreamPart[] => {
  const chunk = (delta: JsonObject, finish_reason: string | null) => ({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  })
  const call = { index: 0, id: 'a', function: { name: 'f', arguments: given } }
  return streamed(openaiChat, chunk({ tool_calls: [call] }, null), chunk({}, finish))
}

/** Bedrock sends binary messages; what its reader is given is named events. */
function nova(): StreamPart[] {
  const message = (name: string, body: JsonObject) => ({ event: name, data: JSON.stringify(body) })
  const reader = bedrockConverse.createReader()
  const parts = [
    message('messageStart', { role: 'assistant' }),
    message('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'a', name: 'f' } } }),
    message('contentBlockStop', { contentBlockIndex: 0 }),
    message('messageStop', { stopReason: 'max_tokens' }),
  ].flatMap((event) => reader.push(event))
  const tidier = createTidier('test')
  return [...tidier.push(parts), ...tidier.end()]
}

const data = (format: WireFormat, parts: readonly StreamPart[]): string[] =>
  eventsOf(format, parts).map((event) => event.data)

/** Arguments of all calls, as an OpenAI client adds them up. */
function argumentsIn(parts: readonly StreamPart[]): string {
  const deltas = data(openaiChat, parts).filter((text) => text !== '[DONE]')
  return deltas.map((text) => JSON.parse(text).choices[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? '').join('')
}

describe.each([
  ['Anthropic, streamed', claude('max_tokens')],
  [
    'Anthropic, whole',
    whole(anthropicMessages, {
      id: 'm',
      content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }],
      stop_reason: 'max_tokens',
    }),
  ],
  ['Bedrock, streamed', nova()],
  [
    'Bedrock, whole',
    whole(bedrockConverse, {
      output: { message: { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: {} } }] } },
      stopReason: 'max_tokens',
    }),
  ],
  ['OpenAI, streamed', gpt('length', '')],
  ['OpenAI, streamed, filtered', gpt('content_filter', '')],
  ['Anthropic, streamed, filtered', claude('refusal')],
])('%s: a call that was cut before its first argument', (_name, parts) => {
  test('has no arguments for OpenAI’s clients', () => {
    expect(argumentsIn(parts)).toBe('')
    expect(openaiChat.writeResponse(parts, CONTEXT)).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { arguments: '' } }] } }],
    })
  })

  test('does not reach Gemini’s clients', () => {
    expect(data(geminiGenerate, parts).join('')).not.toContain('functionCall')
    expect(JSON.stringify(geminiGenerate.writeResponse(parts, CONTEXT))).not.toContain('functionCall')
  })

  test('is incomplete for clients of the Responses API', () => {
    expect(openaiResponses.writeResponse(parts, CONTEXT)).toMatchObject({ output: [{ status: 'incomplete' }] })
  })
})

test.each([
  ['Anthropic', claude('end_turn')],
  ['OpenAI', gpt('stop', '')],
])('%s: a call without arguments that was not cut has an empty object', (_name, parts) => {
  expect(argumentsIn(parts)).toBe('{}')
  expect(data(geminiGenerate, parts).join('')).toContain('"args":{}')
})

/** The items that a Responses client hears the end of, and those of the whole answer. */
function statuses(parts: readonly StreamPart[]): unknown[][] {
  const events = data(openaiResponses, parts).map((text) => JSON.parse(text))
  const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)
  const { output } = openaiResponses.writeResponse(parts, CONTEXT) as { output: { status: string }[] }
  expect(events.at(-1).response.output).toEqual(done)
  expect(output).toEqual(done)
  return done.map(({ type, status }) => [type, status])
}

const FUNCTION: StreamPart = { type: 'tool-call-start', index: 0, id: 'a', name: 'f' }
const CUSTOM: StreamPart = { ...FUNCTION, custom: true }
const said = (argumentsText: string): StreamPart => ({ type: 'tool-call-delta', index: 0, argumentsText })
const STOP: StreamPart = { type: 'tool-call-end', index: 0 }
const cut: StreamPart = { type: 'response-end', finishReason: 'length', raw: undefined }

test('a call that was cut is said to be incomplete, streamed and whole', () => {
  expect(statuses(claude('max_tokens', '{"city":"Pa'))).toEqual([['function_call', 'incomplete']])
  expect(statuses(gpt('length', '{"city":"Pa'))).toEqual([['function_call', 'incomplete']])
  expect(statuses([CUSTOM, said('*** Begin Patch'), STOP, cut])).toEqual([['custom_tool_call', 'incomplete']])
})

test('a call that was whole before the cut is complete, and so is one that something follows', () => {
  expect(statuses(gpt('length', '{"city":"Paris"}'))).toEqual([['function_call', 'completed']])
  expect(statuses([CUSTOM, said('all'), STOP, { type: 'text-delta', text: 'so' }, cut])).toEqual([
    ['custom_tool_call', 'completed'],
    ['message', 'incomplete'],
  ])
  expect(statuses(gpt('tool_calls', '{x:1'))).toEqual([['function_call', 'completed']])
})

test.each(['length', 'content_filter'])('a call that is not the last is incomplete where %s cut it', (finish) => {
  const chunk = (delta: JsonObject, finish_reason: string | null = null) => ({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  })
  const call = (index: number, given: string) =>
    chunk({ tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: given } }] })
  const parts = streamed(openaiChat, call(0, '{"city":'), call(1, '{"city":"B"}'), chunk({}, finish))
  expect(statuses(parts)).toEqual([
    ['function_call', 'incomplete'],
    ['function_call', 'completed'],
  ])
  const calls = [{ functionCall: { id: 'c1', args: { city: 'B' } } }]
  expect(data(geminiGenerate, parts).flatMap((text) => JSON.parse(text).candidates[0].content.parts)).toMatchObject([
    ...calls,
    { text: '' },
  ])
  expect(geminiGenerate.writeResponse(parts, CONTEXT)).toMatchObject({ candidates: [{ content: { parts: calls } }] })
})

test.each([
  ['filtered', gpt('content_filter', '{"city":"Pa')],
  ['filtered, with an end', claude('refusal', '{"city":"Pa')],
])('half a call, %s, does not reach Gemini’s clients', (_, parts) => {
  expect(data(geminiGenerate, parts).join('')).not.toContain('functionCall')
  expect(JSON.stringify(geminiGenerate.writeResponse(parts, CONTEXT))).not.toContain('functionCall')
})

test('of a cut call that hardly began Anthropic’s clients get what came, and nothing of what is no object', () => {
  const inputs = (parts: readonly StreamPart[]) =>
    data(anthropicMessages, parts).flatMap((text) => JSON.parse(text).delta?.partial_json ?? [])
  expect(inputs(gpt('length', '{'))).toEqual(['{'])
  expect(inputs(claude('max_tokens', '{'))).toEqual(['{'])
  expect(inputs(gpt('length', '[1'))).toEqual([])
  expect(inputs(gpt('tool_calls', '{'))).toEqual(['{"rawInvalidInput":"{"}'])
})

test('what follows a call that is no JSON comes after it for Gemini’s clients', () => {
  const parts: StreamPart[] = [FUNCTION, said('{x:1}'), STOP, { type: 'text-delta', text: 'so' }, cut]
  const names = data(geminiGenerate, parts).flatMap((text) =>
    Object.keys(JSON.parse(text).candidates[0].content.parts[0]),
  )
  expect(names).toEqual(['functionCall', 'text', 'text'])
})
