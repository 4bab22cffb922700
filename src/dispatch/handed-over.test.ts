import { expect, test } from 'vitest'
import type { StreamPart } from '../core/stream-part.ts'
import { createContinuable, goingOn } from './handed-over.ts'

const TEXT: StreamPart = { type: 'text-delta', text: 'Hello' }

test('another target can go on with text, and with text after a thought that nobody signed', () => {
  const continuable = createContinuable('Well: ')
  continuable.note([
    { type: 'response-start', id: 'x', model: 'm' },
    { type: 'reasoning-delta', text: 'hm' },
  ])
  continuable.note([{ type: 'reasoning-end' }, TEXT])
  expect(continuable.text()).toBe('Well: Hello')
  expect(createContinuable().text()).toBeUndefined()
})

test.each([
  [{ type: 'tool-call-start', index: 0, id: 'c', name: 'f' }],
  [{ type: 'reasoning-end', signature: { value: 's', origin: 'anthropic-messages' } }],
  [{ type: 'reasoning-end', redacted: true }],
  [{ type: 'text-signature', signature: { value: 's', origin: 'gemini-generate' } }],
  [{ type: 'media', mediaType: 'image/png', data: '' }],
  [{ type: 'refusal-delta', text: 'no' }],
  [{ type: 'response-end', finishReason: 'stop', raw: 'stop' }],
] as unknown as readonly (readonly [StreamPart])[])('nobody can go on after %o', (part) => {
  const continuable = createContinuable()
  continuable.note([TEXT, part])
  expect(continuable.text()).toBeUndefined()
})

test('the answer has begun already, and its tokens add up', () => {
  const usage = { inputTokens: 10, outputTokens: 5 }
  const parts = goingOn(
    [
      { type: 'response-start', id: 'y', model: 'n' },
      { type: 'reasoning-delta', text: 'hm' },
      TEXT,
      { type: 'usage', usage: { inputTokens: 15, outputTokens: 7 } as never },
    ],
    { usage: usage as never },
  )
  expect(parts).toEqual([TEXT, { type: 'usage', usage: { inputTokens: 25, outputTokens: 12 } }])
})
