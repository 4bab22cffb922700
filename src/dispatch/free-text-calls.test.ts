import { expect, test } from 'vitest'
import { foldParts } from '../core/fold.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { createTidier } from '../core/tidy-parts.ts'
import { createFreeText } from './free-text-calls.ts'

const PATCH = '*** Begin Patch\n"é" \\ {"input":"no"}\n*** End Patch'

function start(index: number, name: string, id = `call_${index}`): StreamPart {
  return { type: 'tool-call-start', index, id, name }
}

function deltas(index: number, text: string): StreamPart[] {
  return [...text].map((argumentsText) => ({ type: 'tool-call-delta', index, argumentsText }))
}

const end = (index: number): StreamPart => ({ type: 'tool-call-end', index })
const FINISHED: StreamPart = { type: 'response-end', finishReason: 'tool-calls', raw: undefined }

/** Parts as a client's writer gets them. */
function passed(parts: readonly StreamPart[]): StreamPart[] {
  const freeText = createFreeText(new Set(['apply_patch']))
  const tidier = createTidier('test')
  const tidy = parts.flatMap((part) => tidier.push(freeText.push(part)))
  return [...tidy, ...tidier.push(freeText.end()), ...tidier.end()]
}

function callsOf(parts: readonly StreamPart[]) {
  return foldParts(passed(parts)).blocks.flatMap((block) =>
    block.type === 'tool-call' ? [[block.name, block.custom === true, block.argumentsText]] : [],
  )
}

test('the one text of the arguments is the call’s text, however it was cut', () => {
  const text = JSON.stringify({ input: PATCH })
  expect(callsOf([start(0, 'apply_patch'), ...deltas(0, text), end(0), FINISHED])).toEqual([
    ['apply_patch', true, PATCH],
  ])
})

test('nothing of it goes out before the call has ended, and other calls do not wait', () => {
  const freeText = createFreeText(new Set(['apply_patch']))
  const text = JSON.stringify({ input: PATCH })
  expect([start(0, 'apply_patch'), ...deltas(0, text.slice(0, -1))].flatMap(freeText.push)).toEqual([
    { ...start(0, 'apply_patch'), custom: true },
  ])
  const other = [start(1, 'shell'), ...deltas(1, '{"a":1}'), end(1)]
  expect(other.flatMap(freeText.push)).toEqual(other)
  expect(deltas(0, text.slice(-1)).flatMap(freeText.push)).toEqual([])
  expect(freeText.push(end(0))).toEqual([{ type: 'tool-call-delta', index: 0, argumentsText: PATCH }, end(0)])
  expect(freeText.end()).toEqual([])
})

test('a call whose end nobody said ends where something else comes and its JSON is whole', () => {
  const freeText = createFreeText(new Set(['apply_patch']))
  const text = JSON.stringify({ input: PATCH })
  for (const part of [start(0, 'apply_patch'), ...deltas(0, text)]) freeText.push(part)
  const next = start(1, 'apply_patch')
  expect(freeText.push(next)).toEqual([
    { type: 'tool-call-delta', index: 0, argumentsText: PATCH },
    end(0),
    { ...next, custom: true },
  ])
  const said: StreamPart = { type: 'text-delta', text: 'so' }
  expect(freeText.push(said)).toEqual([said])
  expect(freeText.push(end(0))).toEqual([end(0)])
})

test('calls without an end, started again, or at an index that is used again', () => {
  const one = JSON.stringify({ input: 'one' })
  const two = JSON.stringify({ input: 'two' })
  const half = one.length / 2
  expect(
    callsOf([
      start(0, 'apply_patch', 'a'),
      ...deltas(0, one.slice(0, half)),
      start(0, 'apply_patch', 'a'),
      ...deltas(0, one.slice(half)),
      start(0, 'apply_patch', 'b'),
      ...deltas(0, two),
      FINISHED,
    ]),
  ).toEqual([
    ['apply_patch', true, 'one'],
    ['apply_patch', true, 'two'],
  ])
})

test.each([
  ['', ''],
  ['{}', ''],
  ['"bare"', 'bare'],
  ['{"input":""}', ''],
  ['{"patch":"x"}', '{"patch":"x"}'],
  ['{"input":{"a":1}}', '{"input":{"a":1}}'],
  ['{"input":"*** Beg', '{"input":"*** Beg'],
])('arguments %j are the text %j', (given, text) => {
  expect(callsOf([start(0, 'apply_patch'), ...deltas(0, given), end(0), FINISHED])).toEqual([
    ['apply_patch', true, text],
  ])
})
