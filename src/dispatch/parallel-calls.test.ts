import { expect, test } from 'vitest'
import { foldParts } from '../core/fold.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { createTidier } from '../core/tidy-parts.ts'
import { createParallelCalls } from './parallel-calls.ts'

const USES = {
  tool_uses: [
    { recipient_name: 'functions.weather', parameters: { city: 'Rome', id: 1 } },
    { recipient_name: 'functions.time', parameters: {} },
  ],
}

function start(name: string, id = 'call_1'): StreamPart {
  return { type: 'tool-call-start', index: 0, id, name }
}

const deltas = (text: string): StreamPart[] =>
  [...text].map((argumentsText) => ({ type: 'tool-call-delta', index: 0, argumentsText }))

const finish = (finishReason: 'stop' | 'length'): StreamPart => ({ type: 'response-end', finishReason, raw: undefined })

/** Calls as a client's writer gets them. */
function calls(...parts: readonly StreamPart[]) {
  const change = createParallelCalls()
  const tidier = createTidier('test')
  const tidy = parts.flatMap((part) => tidier.push(change.push(part)))
  const { blocks } = foldParts([...tidy, ...tidier.push(change.end()), ...tidier.end()])
  return blocks.flatMap((block) => (block.type === 'tool-call' ? [[block.id, block.name, block.argumentsText]] : []))
}

const INNER = [
  ['call_1_0', 'weather', '{"city":"Rome","id":1}'],
  ['call_1_1', 'time', '{}'],
]

test.each(['parallel', 'multi_tool_use.parallel'])('a call of %s is the calls inside of it', (name) => {
  expect(calls(start(name), ...deltas(JSON.stringify(USES)), finish('stop'))).toEqual(INNER)
})

test('they go out where something else follows, in its place', () => {
  const change = createParallelCalls()
  for (const part of [start('parallel'), ...deltas(JSON.stringify(USES))]) expect(change.push(part)).toEqual([])
  const said: StreamPart = { type: 'text-delta', text: 'so' }
  const out = change.push(said)
  expect(out.filter((part) => part.type === 'tool-call-start')).toHaveLength(2)
  expect(out.at(-1)).toEqual(said)
  expect(change.end()).toEqual([])
})

test('the signature of the call is that of the first one', () => {
  const signature = { by: 'gemini-generate', value: 's' } as const
  const change = createParallelCalls()
  change.push({ ...start('parallel'), signature } as StreamPart)
  for (const part of deltas(JSON.stringify(USES))) change.push(part)
  const starts = change.end().filter((part) => part.type === 'tool-call-start')
  expect(starts.map((part) => part.signature)).toEqual([signature, undefined])
})

test.each([
  ['{"tool_uses":[', 'length'],
  ['{"tool_uses":[]}', 'stop'],
  ['{"tool_uses":[{"recipient_name":"weather","parameters":{}}]}', 'stop'],
  ['{"a":1}', 'stop'],
] as const)('what is no such call stays as it came: %s', (text, reason) => {
  expect(calls(start('parallel'), ...deltas(text), finish(reason))).toEqual([['call_1', 'parallel', text]])
})

test('other calls pass at once', () => {
  const change = createParallelCalls()
  const other = [start('shell'), ...deltas('{}')]
  expect(other.flatMap(change.push)).toEqual(other)
})
