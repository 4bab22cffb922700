import { expect, test } from 'vitest'
import { foldParts } from '../../src/core/fold.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { partsOf } from './decode.ts'

// Servers that say place 0 of every item of their output.

const place = { output_index: 0 }
const call = (id: string, name: string, args = ''): object => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: `call_${id}`,
  name,
  arguments: args,
})
const added = (item: object): object => ({ type: 'response.output_item.added', ...place, item })
const done = (item: object): object => ({ type: 'response.output_item.done', ...place, item })
const extended = (id: string, delta: string): object => ({
  type: 'response.function_call_arguments.delta',
  ...place,
  item_id: `fc_${id}`,
  delta,
})

const ENDS = [
  [{ type: 'response.created', response: { id: 'resp_1', model: 'm', status: 'in_progress', output: [] } }],
  [{ type: 'response.completed', response: { id: 'resp_1', model: 'm', status: 'completed', output: [] } }],
] as const

function callsIn(events: readonly object[]): unknown {
  const all = [...ENDS[0], ...events, ...ENDS[1]]
  const text = all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return foldParts(partsOf(openaiResponses, new TextEncoder().encode(text), true)).blocks.flatMap((block) =>
    block.type === 'tool-call' ? [[block.name, block.argumentsText]] : [],
  )
}

test('calls one after the other', () => {
  const said = [added(call('a', 'look')), extended('a', '{"n":1}'), done(call('a', 'look', '{"n":1}'))]
  const then = [added(call('b', 'find')), extended('b', '{"n":2}'), done(call('b', 'find', '{"n":2}'))]
  const both = [
    ['look', '{"n":1}'],
    ['find', '{"n":2}'],
  ]
  expect(callsIn([...said, ...then])).toEqual(both)
  expect(callsIn([said[0], then[0], said[1], then[1], said[2], then[2]].flatMap((one) => one ?? []))).toEqual(both)
})

test('ids that are others in every event', () => {
  expect(
    callsIn([
      added(call('a', 'look')),
      extended('x', '{"n"'),
      extended('y', ':1}'),
      done(call('a', 'look', '{"n":1}')),
    ]),
  ).toEqual([['look', '{"n":1}']])
})
