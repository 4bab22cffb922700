import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldParts } from './fold.ts'
import type { StreamPart } from './stream-part.ts'
import { NO_USAGE } from './stream-part.ts'

const END: StreamPart = { type: 'response-end', finishReason: 'stop', raw: 'end_turn', stopSequence: '\n' }
const signature = { by: 'anthropic-messages', value: 'sig' } as const

test('deltas of one kind in a row are one block, in the order of their saying', () => {
  const { blocks } = foldParts([
    { type: 'reasoning-delta', text: 'think' },
    { type: 'reasoning-delta', text: 'ing' },
    { type: 'text-delta', text: 'a' },
    { type: 'text-delta', text: 'b' },
    { type: 'tool-call-start', index: 0, id: '1', name: 'f' },
    { type: 'tool-call-delta', index: 0, argumentsText: '{"a"' },
    { type: 'tool-call-delta', index: 0, argumentsText: ':1}' },
    { type: 'tool-call-end', index: 0 },
    { type: 'text-delta', text: 'c' },
    { type: 'refusal-delta', text: 'n' },
    { type: 'refusal-delta', text: 'o' },
    END,
  ])
  expect(blocks).toEqual([
    { type: 'reasoning', text: 'thinking' },
    { type: 'text', text: 'ab' },
    { type: 'tool-call', id: '1', name: 'f', argumentsText: '{"a":1}' },
    { type: 'text', text: 'c' },
    { type: 'refusal', text: 'no' },
  ])
})

test('the end of a block of reasoning begins the next one, and may stand alone', () => {
  const { blocks } = foldParts([
    { type: 'reasoning-delta', text: 'a' },
    { type: 'reasoning-end', signature },
    { type: 'reasoning-end', signature, redacted: true, id: 'r2' },
    { type: 'reasoning-delta', text: 'b' },
    { type: 'text-delta', text: 'x' },
    { type: 'reasoning-delta', text: 'c' },
    END,
  ])
  expect(blocks).toEqual([
    { type: 'reasoning', text: 'a', signature },
    { type: 'reasoning', text: '', signature, redacted: true, id: 'r2' },
    { type: 'reasoning', text: 'b' },
    { type: 'text', text: 'x' },
    { type: 'reasoning', text: 'c' },
  ])
})

test('signatures stay on what they sign', () => {
  const { blocks } = foldParts([
    { type: 'text-delta', text: 'a' },
    { type: 'text-signature', signature },
    { type: 'text-delta', text: 'b' },
    { type: 'tool-call-start', index: 0, id: '1', name: 'f', signature, custom: true },
    { type: 'tool-call-end', index: 0 },
    { type: 'text-signature', signature },
    END,
  ])
  expect(blocks).toEqual([
    { type: 'text', text: 'a', signature },
    { type: 'text', text: 'b' },
    { type: 'tool-call', id: '1', name: 'f', argumentsText: '', custom: true, signature },
    { type: 'text', text: '', signature },
  ])
})

test('usage in between does not part a thought; the frame is kept', () => {
  const usage = { ...NO_USAGE, inputTokens: 1 }
  const answer = foldParts([
    { type: 'response-start', id: 'r', model: 'm' },
    { type: 'reasoning-delta', text: 'a' },
    { type: 'usage', usage },
    { type: 'reasoning-delta', text: 'b' },
    { type: 'citation', url: 'https://example.org', title: undefined },
    END,
  ])
  expect(answer).toMatchObject({
    id: 'r',
    model: 'm',
    usage,
    finishReason: 'stop',
    raw: 'end_turn',
    stopSequence: '\n',
  })
  expect(answer.blocks).toEqual([{ type: 'reasoning', text: 'ab' }])
  expect(answer.citations).toEqual([{ url: 'https://example.org', title: undefined }])
})

test('no text makes no block, and an answer without an end ends for another reason', () => {
  expect(foldParts([{ type: 'text-delta', text: '' }])).toMatchObject({ blocks: [], finishReason: 'other' })
})

test('how a text is cut makes no difference', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (pieces) => {
      const whole = foldParts([{ type: 'text-delta', text: pieces.join('') }, END])
      expect(foldParts([...pieces.map((text) => ({ type: 'text-delta', text }) as const), END])).toEqual(whole)
    }),
  )
})
