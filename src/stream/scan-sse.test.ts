import { expect, test } from 'vitest'
import { createWordFinder } from './find-words.ts'
import { createSseScanner } from './scan-sse.ts'

const tells = createWordFinder(['"error"'])
const encode = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const chunk = (text: string) =>
  `data: {"id":"chatcmpl-1","choices":[{"delta":{"content":${JSON.stringify(text)}}}]}\n\n`

test('frames that start alike pass at a look; the first one is shown', () => {
  const scanner = createSseScanner(2, tells)
  const frames = encode(`${chunk('a') + chunk('b') + chunk('c')}data: [DONE]\n\n`)
  const first = scanner.scan(frames, 0, false)
  expect(first.type).toBe('suspect')
  const next = first.type === 'suspect' ? scanner.accept(first.payload) : 0
  expect(scanner.scan(frames, next, false)).toEqual({ type: 'fine' })
  expect(scanner.isDone()).toBe(true)
  expect(scanner.dataFrames()).toBe(3)
  const kept = [0, 1, 2].map((index) => scanner.payloadFromEnd(index))
  expect(kept.map((payload) => payload && decode(payload).slice(-6))).toEqual(
    ['"c"}}]}', '"b"}}]}', undefined].map((text) => text?.slice(-6)),
  )
})

test('an error object among chunks is a suspect', () => {
  const scanner = createSseScanner(2, tells)
  const frames = encode(`${chunk('a')}data: {"error":{"message":"boom"}}\n\n`)
  const first = scanner.scan(frames, 0, false)
  const next = first.type === 'suspect' ? scanner.accept(first.payload) : 0
  const second = scanner.scan(frames, next, false)
  expect(second).toMatchObject({ type: 'suspect', start: chunk('a').length })
})

test.each([
  'data: {"id":"chatcmpl-1","choi\n\n',
  'data: {not json}\n\n',
  'data: plain words\n\n',
  'data: [1]\n\n',
  'data:\n\n',
])('a payload that cannot be a JSON object is malformed: %j', (frame) => {
  expect(createSseScanner(2, tells).scan(encode(frame), 0, false)).toEqual({ type: 'malformed', start: 0 })
})

test('white space after an object is no reason to refuse it', () => {
  expect(createSseScanner(2, tells).scan(encode('data: {"type":"ping"}   \n\n'), 0, true)).toMatchObject({
    type: 'suspect',
  })
})

test('comments, event names, empty lines and both line endings are read over', () => {
  const scanner = createSseScanner(2, tells)
  const frames = encode(': keep-alive\r\n\r\nevent: chunk\nid: 7\n\ndata:{ "id":1}\r\n\r\ndata: [DONE]\r\n\r\n')
  const found = scanner.scan(frames, 0, false)
  expect(found.type === 'suspect' && decode(found.payload)).toBe('{ "id":1}')
  expect(scanner.scan(frames, found.type === 'suspect' ? scanner.accept(found.payload) : 0, false).type).toBe('fine')
  expect(scanner.isDone()).toBe(true)
})
