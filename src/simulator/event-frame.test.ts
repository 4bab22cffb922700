import { EventStreamCodec } from '@smithy/eventstream-codec'
import { fromUtf8, toUtf8 } from '@smithy/util-utf8'
import { expect, test } from 'vitest'
import { cutEventFrame, eventFrame } from './event-frame.ts'

const codec = new EventStreamCodec(toUtf8, fromUtf8)
const headers = { ':event-type': 'messageStart', ':message-type': 'event' }

test('AWS’s own codec reads a frame, and writes the same', () => {
  const payload = '{"text":"Überraschung 🙂"}'
  const frame = eventFrame(headers, payload)
  const message = codec.decode(frame)
  expect(message.headers).toEqual({
    ':event-type': { type: 'string', value: 'messageStart' },
    ':message-type': { type: 'string', value: 'event' },
  })
  expect(toUtf8(message.body)).toBe(payload)
  expect(codec.encode(message)).toEqual(frame)
})

test('a cut frame has right checks and a payload that ends early', () => {
  const cut = codec.decode(cutEventFrame(eventFrame(headers, '{"text":"words"}')))
  expect(cut.headers).toMatchObject({ ':event-type': { value: 'messageStart' } })
  expect('{"text":"words"}'.startsWith(toUtf8(cut.body))).toBe(true)
  expect(() => JSON.parse(toUtf8(cut.body))).toThrow(SyntaxError)
})
