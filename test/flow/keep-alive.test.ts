import { expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import type { Clock, Sink } from '../../src/core/ports.ts'
import { NO_USAGE } from '../../src/core/stream-part.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { TranslatedStream } from '../../src/dispatch/translated-stream.ts'
import type { ClientFraming } from '../../src/stream/enframe.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'

/** What a client is sent, write by write, of a call whose arguments take their time. */
function play(format: WireFormat, framing: ClientFraming): { readonly atOnce: string[]; readonly later: string[] } {
  let now = 60_000
  let writes: string[] = []
  const clock: Clock = { monotonic: () => now, now: () => now, timer: () => ({ cancel() {}, refresh() {} }) }
  const sink: Sink = {
    isHeadSent: () => true,
    head() {},
    write: (chunk) => writes.push(String(chunk)) > 0,
    end: (chunk) => void (chunk === undefined || writes.push(String(chunk))),
    destroy() {},
    onDrain() {},
  }
  const stream = new TranslatedStream({
    format: openaiChat,
    client: {
      format,
      framing,
      id: 'rt_1',
      includeUsage: false,
      legacyCalls: undefined,
      followsResults: false,
      usedCallIds: () => [],
    },
    model: 'up/m',
    clock,
    owner: { commit: () => sink },
    flow: { stall() {}, flow() {} },
    settings: DISPATCH_DEFAULTS,
    emptiness: { fallbackOn: DISPATCH_DEFAULTS.fallbackOn, hasOthers: false },
    estimateUsage: () => NO_USAGE,
  })
  const delta = (choice: object): void => {
    const event = {
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, ...choice }],
    }
    stream.push(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`))
  }
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }
  delta({ delta: { role: 'assistant', content: null, tool_calls: [call] } })
  delta({ delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] } })
  const atOnce = writes
  writes = []
  now += 6_000
  delta({ delta: {} })
  now += 6_000
  delta({ delta: {} })
  delta({ delta: { tool_calls: [{ index: 0, function: { arguments: '1}' } }] } })
  delta({ delta: {}, finish_reason: 'tool_calls' })
  stream.finish()
  return { atOnce, later: writes }
}

test('a client of Gemini’s server-sent events gets nothing but events: its SDKs fail at a comment', () => {
  const { atOnce, later } = play(geminiGenerate, 'sse')
  expect(atOnce).toEqual([])
  const blocks = later.join('').split('\n\n')
  expect(blocks.pop()).toBe('')
  expect(blocks.length).toBeGreaterThan(0)
  // As Google's SDK for Go reads: blocks between blank lines, each of which begins so.
  for (const block of blocks) expect(JSON.parse(block.replace(/^data:/, ''))).toHaveProperty('candidates')
})

test('a list of objects is kept alive with white space, not before the silence has lasted', () => {
  const { atOnce, later } = play(geminiGenerate, 'json-array')
  expect(atOnce).toEqual([])
  expect(later.slice(0, 2)).toEqual(['\n', '\n'])
  expect(JSON.stringify(JSON.parse(later.join('')))).toContain('"functionCall"')
})

test('other clients hear a comment when nothing was written for a while', () => {
  const { atOnce, later } = play(anthropicMessages, 'sse')
  expect(atOnce.join('')).not.toContain(': keep-alive')
  expect(later.slice(0, 2)).toEqual([': keep-alive\n\n', ': keep-alive\n\n'])
})
