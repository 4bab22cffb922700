import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSseFramer } from './frame-sse.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let offset = 0
  for (let turn = 0; offset < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(bytes.subarray(offset, offset + size))
    offset += size
  }
  return pieces
}

const frame = fc.tuple(
  fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '')),
  fc.constantFrom('\n', '\r\n', '\r'),
)
const stream = fc
  .array(frame, { minLength: 1, maxLength: 8 })
  .map((frames) => frames.map(([text, eol]) => `data: {"t":${JSON.stringify(text)}}${eol}${eol}`))

test('every push ends at a frame, and cuts anywhere change nothing', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (frames, sizes) => {
      const framer = createSseFramer(10_000)
      let seen = ''
      for (const piece of cut(encoder.encode(frames.join('')), sizes)) {
        seen += decoder.decode(framer.push(piece))
        expect(frames.join('').startsWith(seen)).toBe(true)
        expect(frames.map((_, index) => frames.slice(0, index).join('')).concat(frames.join(''))).toContain(seen)
      }
      expect(seen).toBe(frames.join(''))
      expect(framer.rest()).toHaveLength(0)
    }),
    { numRuns: 500 },
  )
})

test('an unfinished frame is kept and given back at the end', () => {
  const framer = createSseFramer(100)
  expect(decoder.decode(framer.push(encoder.encode('data: 1\n\ndata: 2')))).toBe('data: 1\n\n')
  expect(decoder.decode(framer.rest())).toBe('data: 2')
})

test('a frame without an end is refused at the bound instead of being kept for ever', () => {
  const framer = createSseFramer(1_000)
  const endless = () => {
    for (;;) framer.push(encoder.encode('data: more'))
  }
  expect(endless).toThrow('too large')
})
