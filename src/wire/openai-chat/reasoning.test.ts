import { expect, test } from 'vitest'
import type { ReasoningPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { readReasoning, writeReasoning } from './reasoning.ts'
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
  return events.map(({ data }) => JSON.parse(data).choices[0].delta)
}

test('blocks come back from a whole message', () => {
  expect(readReasoning(writeReasoning(BLOCKS))).toEqual(BLOCKS)
})

test('blocks come back from a client that gathered a stream, whichever way it gathers', () => {
  const deltas = streamed(BLOCKS)
  const reasoning_content = deltas.map((delta) => delta['reasoning_content'] ?? '').join('')
  const details = deltas.flatMap((delta) => delta['reasoning_details'] ?? []) as JsonObject[]
  expect(readReasoning({ reasoning_content, reasoning_details: details })).toEqual(BLOCKS)
  expect(readReasoning({ reasoning_details: details })).toEqual(BLOCKS)
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
