import { describe, expect, test } from 'vitest'
import { encodeAwsEvents, encodeAwsMessage } from '../../test/wire/aws-frames.ts'
import type { WireEvent } from '../core/wire-format.ts'
import { createAwsDeframer } from './deframe-aws.ts'

const EVENTS: readonly WireEvent[] = [
  { event: 'messageStart', data: '{"role":"assistant"}' },
  { event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"delta":{"text":"Zürich ☕ 🎉"}}' },
  { event: 'contentBlockDelta', data: `{"contentBlockIndex":0,"delta":{"text":"${'x'.repeat(3_000)}"}}` },
  { event: 'messageStop', data: '{"stopReason":"end_turn"}' },
]
const BYTES = encodeAwsEvents(EVENTS)
const MAX = 1024 * 1024

function deframe(pieces: readonly Uint8Array[], max = MAX): WireEvent[] {
  const deframer = createAwsDeframer(max)
  return [...pieces.flatMap((piece) => deframer.push(piece)), ...deframer.end()]
}

describe('AWS event streams', () => {
  test('the same events come at every cut in two', () => {
    for (let cut = 0; cut <= BYTES.length; cut += 1) {
      expect(deframe([BYTES.slice(0, cut), BYTES.slice(cut)]), `cut at ${cut}`).toEqual(EVENTS)
    }
  })

  test('and in pieces of every small size', () => {
    for (const size of [1, 2, 3, 5, 11, 12, 13, 17, 64, 1_000]) {
      const pieces = Array.from({ length: Math.ceil(BYTES.length / size) }, (_, index) =>
        BYTES.slice(index * size, (index + 1) * size),
      )
      expect(deframe(pieces), `pieces of ${size}`).toEqual(EVENTS)
    }
  })

  test('a long event in many small pieces is put together once', () => {
    const event = { event: 'contentBlockDelta', data: `{"delta":"${'x'.repeat(8_000_000)}"}` }
    const bytes = encodeAwsEvents([event])
    const deframer = createAwsDeframer(2 * bytes.length)
    const events: WireEvent[] = []
    for (let at = 0; at < bytes.length; at += 200) events.push(...deframer.push(bytes.subarray(at, at + 200)))
    expect(events).toEqual([event])
  })

  test('an event comes as soon as its last byte is there, not before', () => {
    const [first] = EVENTS
    const length = new DataView(BYTES.buffer).getUint32(0)
    const deframer = createAwsDeframer(MAX)
    expect(deframer.push(BYTES.slice(0, length - 1))).toEqual([])
    expect(deframer.push(BYTES.slice(length - 1, length))).toEqual([first])
  })

  test('what a caller does with its buffer afterwards changes nothing', () => {
    const deframer = createAwsDeframer(MAX)
    const buffer = BYTES.slice(0, 50)
    const events = deframer.push(buffer)
    buffer.fill(0xff)
    events.push(...deframer.push(BYTES.slice(50)))
    expect(events).toEqual(EVENTS)
  })

  test('a wrong byte anywhere in a message is noticed', () => {
    const [message] = EVENTS.map((event) => encodeAwsEvents([event]))
    if (message === undefined) throw new Error('no message')
    for (let at = 0; at < message.length; at += 1) {
      const broken = message.slice()
      broken[at] = (broken[at] ?? 0) ^ 0x01
      // A wrong length asks for more or fewer bytes than there are; everything else fails its checksum.
      expect(() => deframe([broken]), `byte ${at}`).toThrow(
        expect.objectContaining({
          code: at < 4 ? expect.stringMatching(/upstream_malformed|stream_interrupted/) : 'upstream_malformed',
        }),
      )
    }
  })

  test('a message larger than is allowed is refused by its length, before it is there', () => {
    const deframer = createAwsDeframer(1_000)
    const head = new Uint8Array(12)
    new DataView(head.buffer).setUint32(0, 1_001)
    expect(() => deframer.push(head)).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
    expect(() => deframe([BYTES], 1_000)).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
  })

  test('lengths that no message can have are refused', () => {
    for (const length of [0, 15, 0xffffffff]) {
      const head = new Uint8Array(4)
      new DataView(head.buffer).setUint32(0, length)
      expect(() => deframe([head]), `${length}`).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
    }
    expect(() => deframe([new TextEncoder().encode('{"message":"not a stream"}')])).toThrow(
      expect.objectContaining({ code: 'upstream_malformed' }),
    )
  })

  test('a connection that ends within a message is said to be cut', () => {
    expect(() => deframe([BYTES.slice(0, -1)])).toThrow(expect.objectContaining({ code: 'stream_interrupted' }))
    expect(deframe([])).toEqual([])
  })

  test('exceptions are events that say so, with what they say', () => {
    const data = '{"message":"Too many requests"}'
    const exception = { ':message-type': 'exception', ':exception-type': 'throttlingException' }
    expect(deframe([encodeAwsMessage(exception, data)])).toEqual([{ event: 'exception:throttlingException', data }])
  })

  test('errors carry their words in headers', () => {
    const error = { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'It broke.' }
    expect(deframe([encodeAwsMessage(error, '')])).toEqual([
      { event: 'exception:InternalError', data: '{"message":"It broke."}' },
    ])
  })
})
