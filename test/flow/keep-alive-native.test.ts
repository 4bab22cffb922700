import { expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import type { Sink } from '../../src/core/ports.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { StreamAnswer } from '../../src/dispatch/stream-answer.ts'
import type { ClientFraming } from '../../src/stream/enframe.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'

/** A stream of the client's own format that has begun, and what a client of it was sent since. */
function begin(format: WireFormat, framing: ClientFraming, event: object) {
  const writes: string[] = []
  let drained: (() => void) | undefined
  const state = { takes: true }
  const sink: Sink = {
    isHeadSent: () => true,
    head() {},
    write(chunk) {
      writes.push(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))
      return state.takes
    },
    end() {},
    destroy() {},
    onDrain: (listener) => {
      drained = listener
    },
  }
  const stream = new StreamAnswer({
    format,
    client: {
      format,
      framing,
      id: 'rt_1',
      includeUsage: false,
      legacyCalls: false,
      followsResults: false,
      usedCallIds: () => [],
    },
    clock: { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) },
    owner: { commit: () => sink },
    flow: { stall() {}, flow() {} },
    settings: DISPATCH_DEFAULTS,
    emptiness: { fallbackOn: DISPATCH_DEFAULTS.fallbackOn, hasOthers: false },
  })
  const data = new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`)
  return { stream, data, writes, state, drain: () => drained?.() }
}

const CHUNK = { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Hi' } }] }
const CONTENT = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] } }] }

test('a native stream is kept alive by comments between its frames, not before its first part', () => {
  const { stream, data, writes } = begin(openaiChat, 'sse', CHUNK)
  stream.keepAlive()
  expect(writes).toEqual([])
  stream.push(data)
  // Half a frame stays here until the rest comes: the comment cannot fall into it.
  stream.push(data.slice(0, 20))
  writes.length = 0
  stream.keepAlive()
  stream.push(data.slice(20))
  expect(writes).toEqual([': keep-alive\n\n', new TextDecoder().decode(data)])
})

test('a client that does not read is told nothing more', () => {
  const { stream, data, writes, state, drain } = begin(openaiChat, 'sse', CHUNK)
  state.takes = false
  stream.push(data)
  const before = writes.length
  stream.keepAlive()
  expect(writes).toHaveLength(before)
  state.takes = true
  drain()
  stream.keepAlive()
  expect(writes.at(-1)).toBe(': keep-alive\n\n')
})

test('Google’s clients get white space in a list, and nothing in server-sent events', () => {
  for (const [framing, told] of [
    ['json-array', ['\n']],
    ['sse', []],
  ] as const) {
    const { stream, data, writes } = begin(geminiGenerate, framing, CONTENT)
    stream.push(data)
    writes.length = 0
    stream.keepAlive()
    expect(writes).toEqual(told)
  }
})
