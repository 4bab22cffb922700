import { expect, test } from 'vitest'
import type { Exchange } from './core/ports.ts'
import { createReadingTape } from './reading-tape.ts'
import { readingOf } from './usage/reading-grade.ts'
import { anthropicMessages } from './wire/anthropic-messages/index.ts'
import { openaiChat } from './wire/openai-chat/index.ts'

const PROSE = 'The government of the country was in the hands of a committee. It met every Saturday. '.repeat(10)
const encoder = new TextEncoder()

function scene() {
  const clock = { time: 0, monotonic: () => clock.time }
  const sent: (Uint8Array | string)[] = []
  const exchange: Exchange = {
    header: (name) => name,
    readBody: () => Promise.resolve(new Uint8Array(0)),
    sink: {
      isHeadSent: () => false,
      head: () => {},
      write: (chunk) => sent.push(chunk) > 0,
      end: (chunk) => void (chunk !== undefined && sent.push(chunk)),
      destroy: () => {},
      onDrain: () => {},
    },
    onAbort: () => {},
    isAborted: () => false,
    response: () => new Response(),
  }
  return { clock, sent, exchange, tape: createReadingTape(clock) }
}

function stream(text: string): string {
  const words = text.split(/(?<= )/)
  const events = words.map((content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] }))
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`
}

test('the prose of these tests has a grade', () => {
  expect(readingOf(PROSE)?.grade).toBeGreaterThan(5)
})

test('a stream is passed on as it is, however it is cut, and its grade read off it', () => {
  const { tape, exchange, sent } = scene()
  const taped = tape.tape(exchange, openaiChat, 'sse')
  taped?.exchange.sink.head(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  const bytes = encoder.encode(stream(PROSE))
  for (let at = 0; at < bytes.length; at += 77) taped?.exchange.sink.write(bytes.subarray(at, at + 77))
  taped?.exchange.sink.end()
  expect(taped?.grade()).toBe(readingOf(PROSE)?.grade)
  expect(taped?.grade(), 'nothing is kept once it was read').toBeUndefined()
  expect(Buffer.concat(sent.map((chunk) => Buffer.from(chunk))).toString()).toBe(stream(PROSE))
})

test('a whole answer is read in the format of its client', () => {
  const { tape, exchange } = scene()
  const taped = tape.tape(exchange, anthropicMessages, 'sse')
  taped?.exchange.sink.head(200, { 'content-type': 'application/json' })
  const body = { type: 'message', role: 'assistant', content: [{ type: 'text', text: PROSE }], stop_reason: 'end_turn' }
  taped?.exchange.sink.end(JSON.stringify(body))
  expect(taped?.grade()).toBe(readingOf(PROSE)?.grade)
})

test('one answer a second is looked at, and none that is cut as a list', () => {
  const { tape, exchange, clock } = scene()
  expect(tape.tape(exchange, openaiChat, 'json-array')).toBeUndefined()
  expect(tape.tape(exchange, openaiChat, 'sse')).toBeDefined()
  clock.time = 999
  expect(tape.tape(exchange, openaiChat, 'sse')).toBeUndefined()
  clock.time = 1_000
  expect(tape.tape(exchange, openaiChat, 'sse')).toBeDefined()
})

test.each([
  ['an error', '{"error":{"message":"no"}}'],
  ['no JSON', 'oops'],
  ['a very long answer', JSON.stringify({ choices: [{ message: { content: PROSE.repeat(400) } }] })],
  ['nothing', ''],
])('%s has no grade and disturbs nobody', (_, body) => {
  const { tape, exchange, sent } = scene()
  const taped = tape.tape(exchange, openaiChat, 'sse')
  for (let at = 0; at < body.length; at += 10_000) taped?.exchange.sink.write(body.slice(at, at + 10_000))
  taped?.exchange.sink.end()
  expect(taped?.grade()).toBeUndefined()
  expect(sent.join('')).toBe(body)
})
