import { expect, test } from 'vitest'
import type { ReasoningPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { readEarlierReasoning, readReasoning, writeReasoning } from './reasoning.ts'
import { unread } from './unread.ts'
import { createWriter } from './write-stream.ts'

const signature = { by: 'anthropic-messages', value: 'c2ln' } as const
const BLOCKS: readonly ReasoningPart[] = [
  { type: 'reasoning', text: 'ab', signature },
  { type: 'reasoning', text: '', signature, redacted: true },
  { type: 'reasoning', text: 'c', signature: { by: 'gemini-generate', value: 'Z2Vt' } },
]

/** The deltas of a stream of these blocks, two letters of text in two pieces. */
function streamed(blocks: readonly ReasoningPart[]): JsonObject[] {
  const writer = createWriter({ id: 'x', model: 'm', createdSeconds: 1, includeUsage: false })
  const events = blocks.flatMap(({ text, signature: signed, redacted }) => [
    ...[...text].flatMap((letter) => writer.push({ type: 'reasoning-delta', text: letter })),
    ...writer.push({ type: 'reasoning-end', signature: signed, redacted }),
  ])
  const last = [...writer.push({ type: 'text-delta', text: 'Hi' })]
  return [...events, ...last].map(({ data }) => JSON.parse(data).choices[0].delta)
}

function detailsOf(delta: JsonObject): JsonObject[] {
  return (delta['reasoning_details'] ?? []) as unknown as JsonObject[]
}

/** https://github.com/openai/openai-python/blob/main/src/openai/lib/streaming/_deltas.py */
function mergedByIndex(entries: readonly JsonObject[]): JsonObject[] {
  const merged: Record<string, unknown>[] = []
  for (const entry of entries) {
    const known = merged[Number(entry['index'])]
    if (known === undefined) merged.push({ ...entry })
    else for (const [name, value] of Object.entries(entry)) if (typeof value === 'string') known[name] += value
  }
  return merged as JsonObject[]
}

test('blocks come back from a whole message', () => {
  expect(readReasoning(writeReasoning(BLOCKS))).toEqual(BLOCKS)
})

const GATHERERS: Readonly<Record<string, (deltas: readonly JsonObject[]) => JsonObject[]>> = {
  'end to end': (deltas) => deltas.flatMap(detailsOf),
  'the last delta, as openai-node does': (deltas) => deltas.map(detailsOf).findLast(({ length }) => length > 0) ?? [],
  'merged by index, as openai-python does': (deltas) => mergedByIndex(deltas.flatMap(detailsOf)),
}

test.each(Object.entries(GATHERERS))('blocks come back from a client that gathered a stream: %s', (_, gather) => {
  const deltas = streamed(BLOCKS)
  const reasoning_content = deltas.map((delta) => delta['reasoning_content'] ?? '').join('')
  const reasoning_details = gather(deltas)
  expect(readEarlierReasoning({ reasoning_content, reasoning_details })).toEqual(BLOCKS)
  expect(readEarlierReasoning({ reasoning_details })).toEqual(BLOCKS)
})

test('thoughts after words are the next entries of the list, and a client that lost the first ones is known by that', () => {
  const [first = BLOCKS[0], , second = BLOCKS[0]] = BLOCKS
  const writer = createWriter({ id: 'x', model: 'm', createdSeconds: 1, includeUsage: false })
  const events = [first, second].flatMap((block) => [
    ...writer.push({ type: 'reasoning-delta', text: block?.text ?? '' }),
    ...writer.push({ type: 'reasoning-end', signature: block?.signature }),
    ...writer.push({ type: 'text-delta', text: 'Hi' }),
  ])
  const deltas: JsonObject[] = events.map(({ data }) => JSON.parse(data).choices[0].delta)
  const lists = deltas.map(detailsOf).filter(({ length }) => length > 0)
  expect(lists.flat().map(({ index }) => index)).toEqual([0, 1])
  expect(readEarlierReasoning({ reasoning_details: lists.flat() })).toEqual([first, second])
  expect(readEarlierReasoning({ reasoning_details: lists.at(-1) ?? [] })).toEqual([])
})

test('blocks of which some are missing are none, and that is said', () => {
  const whole = writeReasoning(BLOCKS)['reasoning_details'] as JsonObject[]
  for (const reasoning_details of [whole.slice(1, 2), whole.slice(2), [...whole.slice(0, 1), ...whole.slice(2)]]) {
    const message = { role: 'assistant', content: 'Hi', reasoning_details }
    expect(readEarlierReasoning(message)).toEqual([])
    expect(unread({ model: 'm', messages: [message] })).toMatchObject([{ path: 'messages[0].reasoning_details' }])
  }
  expect(unread({ model: 'm', messages: [{ role: 'assistant', content: 'Hi', reasoning_details: whole }] })).toEqual([])
})

test('pieces of one block, as OpenRouter streams them, are one block', () => {
  const piece = (members: JsonObject): JsonObject => ({
    type: 'reasoning.text',
    format: 'anthropic-claude-v1',
    index: 0,
    ...members,
  })
  const reasoning_details = [piece({ text: 'a' }), piece({ text: 'b' }), piece({ signature: 'c2ln' })]
  expect(readReasoning({ reasoning_details })).toEqual([{ type: 'reasoning', text: 'ab', signature }])
  const bare = [piece({ text: '', signature: 'c2ln' })]
  expect(readReasoning({ reasoning_content: 'ab', reasoning_details: bare })).toEqual([
    { type: 'reasoning', text: 'ab', signature },
  ])
})
