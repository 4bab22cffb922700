import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutUsageFrame } from './hide-usage.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const shown = (text: string): string => new TextDecoder().decode(withoutUsageFrame(bytes(text)))

const WORD = 'data: {"choices":[{"index":0,"delta":{"content":"say \\"choices\\":[]"}}]}\n\n'
const FILTER = 'data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}\n\n'
const DONE = 'data: [DONE]\n\n'

test.each([
  'data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n',
  'data: {"id":"c","choices": [ ],"usage":{"prompt_tokens":1}}\r\n\r\n',
  ': words\ndata: {"choices":[],"usage":{}}\n\n',
])('the frame that only counts is left out, and nothing else: %j', (count) => {
  expect(shown(WORD + FILTER + count + DONE)).toBe(WORD + FILTER + DONE)
})

test('frames without it are the same bytes', () => {
  const frame = fc.constantFrom(
    WORD,
    FILTER,
    DONE,
    ': keep\n\n',
    'data: {"choices":[{}],"usage":null}\n\n',
    'data: {"choices":[] broken\n\n',
  )
  fc.assert(
    fc.property(fc.array(frame), (frames) => {
      const given = bytes(frames.join(''))
      expect(withoutUsageFrame(given)).toEqual(given)
    }),
  )
})
