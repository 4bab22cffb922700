import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { readCallEntry } from './read-calls.ts'
import { createCallTracker } from './track-calls.ts'

type Delta = { index?: number; id?: string | null; name?: string | null; text?: string | null }

/** Calls as their parts add up; a start must come before its deltas, once. */
function calls(...deltas: readonly Delta[]): string[] {
  const tracker = createCallTracker()
  const entries = deltas.map(({ index, id, name, text }) => {
    const called: Record<string, unknown> = {}
    if (name !== undefined) called['name'] = name
    if (text !== undefined) called['arguments'] = text
    const call = { ...(index === undefined ? {} : { index }), ...(id === undefined ? {} : { id }), function: called }
    return readCallEntry(call as JsonObject)
  })
  const found = new Map<number, string>()
  for (const part of [...entries.flatMap(tracker.take), ...tracker.flush()]) {
    if (part.type === 'tool-call-start') {
      expect(found.has(part.index)).toBe(false)
      expect(part.index).toBe(found.size)
      found.set(part.index, `${part.id} ${part.name} `)
    } else if (part.type === 'tool-call-delta') {
      const before = found.get(part.index)
      if (before === undefined) throw new Error('a delta before its start')
      found.set(part.index, before + part.argumentsText)
    }
  }
  return [...found.values()]
}

// Issue numbers: design/tool-calling.md §5.
test('T-20 parallel calls that all say index 0 stay apart', () => {
  expect(
    calls(
      { index: 0, id: 'a', name: 'read', text: '' },
      { index: 0, text: '{"path":"x"}' },
      { index: 0, id: 'b', name: 'read', text: '' },
      { index: 0, text: '{"path":"y"}' },
    ),
  ).toEqual(['a read {"path":"x"}', 'b read {"path":"y"}'])
  expect(
    calls({ index: 0, id: '', name: 'read', text: '{"a":1}' }, { index: 0, id: '', name: 'read', text: '{"a":2}' }),
  ).toEqual([' read {"a":1}', ' read {"a":2}'])
  expect(calls({ index: 0, id: '', name: 'f', text: '{}' }, { index: 0, id: '', name: 'g', text: '{}' })).toEqual([
    ' f {}',
    ' g {}',
  ])
})

test('a call of the same tool begins behind complete arguments, whoever gives no ids', () => {
  for (const at of [{}, { index: 0 }]) {
    const call = (text: string): Delta[] => [
      { ...at, name: 'read', text: '' },
      { ...at, text },
    ]
    expect(calls(...call('{"a":1}'), ...call('{"a":2}'))).toEqual([' read {"a":1}', ' read {"a":2}'])
    expect(calls(...call('{"a":1}'), { ...at, name: 'read', text: '' })).toEqual([' read {"a":1}'])
    expect(calls(...call('{"a":1}'), { ...at, name: 'read', text: '\n' })).toEqual([' read {"a":1}\n'])
  }
})

test('a name that is repeated with every delta is one name', () => {
  expect(
    calls(
      { index: 0, id: 'a', name: 'read_file', text: '{"pa' },
      { index: 0, id: 'a', name: 'read_file', text: 'th":' },
      { index: 0, name: 'read_file', text: '"x"}' },
      { index: 0, id: 'b', name: 'read_file', text: '' },
    ),
  ).toEqual(['a read_file {"path":"x"}'])
})

test('a new id and an empty name with every delta go on with the call', () => {
  expect(
    calls(
      { index: 0, id: '1', name: 'f', text: '' },
      { index: 0, id: '2', name: '', text: '{"a":' },
      { index: 0, id: '3', name: null, text: '1}' },
      { index: 0, id: '2', text: ' ' },
    ),
  ).toEqual(['1 f {"a":1} '])
})

test('a name in pieces, or late, is announced whole', () => {
  expect(calls({ index: 0, id: 'a', name: 'get_' }, { index: 0, name: 'weather' }, { index: 0, text: '{}' })).toEqual([
    'a get_weather {}',
  ])
  expect(
    calls(
      { index: 0, id: 'a', text: '' },
      { index: 0, text: '{"a":' },
      { index: 0, name: 'f' },
      { index: 0, text: '1}' },
    ),
  ).toEqual(['a f {"a":1}'])
})

test('indexes may be missing, start at 1 or jump; calls may interleave', () => {
  expect(
    calls(
      { index: 1, id: 'a', name: 'f', text: '{' },
      { index: 4, id: 'b', name: 'g', text: '{' },
      { index: 1, text: '}' },
      { index: 4, text: '}' },
    ),
  ).toEqual(['a f {}', 'b g {}'])
  expect(calls({ id: 'a', name: 'f', text: '{"a":' }, { text: '1}' }, { id: 'b', name: 'f', text: '{}' })).toEqual([
    'a f {"a":1}',
    'b f {}',
  ])
  expect(calls({ id: null, name: 'f', text: '{}' }, { id: 'null', name: 'f', text: '{}' })).toEqual([' f {}', ' f {}'])
})

test('two calls under one id stay apart where their indexes do', () => {
  expect(
    calls(
      { index: 0, id: 'x', name: 'f', text: '' },
      { index: 1, id: 'x', name: 'g', text: '' },
      { index: 1, text: '{"g":1}' },
      { index: 0, text: '{"f":1}' },
    ),
  ).toEqual(['x f {"f":1}', 'x g {"g":1}'])
})

test('two calls of one tool under one id stay apart by their indexes, or once the first is whole', () => {
  const both = ['f f {"city":"A"}', 'f f {"city":"B"}']
  const [first, second] = ['{"city":"A"}', '{"city":"B"}']
  expect(calls({ index: 0, id: 'f', name: 'f', text: first }, { index: 1, id: 'f', name: 'f', text: second })).toEqual(
    both,
  )
  expect(
    calls(
      { index: 0, id: 'f', name: 'f', text: '' },
      { index: 1, id: 'f', name: 'f', text: '' },
      { index: 0, id: 'f', text: first },
      { index: 1, id: 'f', name: 'f', text: second },
    ),
  ).toEqual(both)
  for (const index of [0, undefined]) {
    const place = index === undefined ? {} : { index }
    expect(
      calls({ ...place, id: 'f', name: 'f', text: first }, { ...place, id: 'f', name: 'f', text: second }),
    ).toEqual(both)
  }
  expect(
    calls(
      { index: 0, id: 'f', name: 'f', text: '{"a":' },
      { index: 0, id: 'f', name: 'f', text: '{}' },
      { index: 0, id: 'f', name: 'f', text: '}' },
    ),
  ).toEqual(['f f {"a":{}}'])
})

test('a call without arguments is one; arguments without a name are an error of the upstream', () => {
  expect(calls({ index: 0, id: 'a', name: 'now' }, { index: 1, id: 'b', name: 'here', text: '' })).toEqual([
    'a now ',
    'b here ',
  ])
  expect(calls({ index: 0, id: 'a' })).toEqual([])
  expect(() => calls({ index: 0, id: 'a', text: '{}' })).toThrow(/without saying which/)
})
