import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { AcceptedCall } from './bfcl-checker.ts'
import { judge } from './bfcl-checker.ts'

const schema: JsonObject = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'integer' },
    budget: { type: 'number' },
    tags: { type: 'array', items: { type: 'string' } },
    filter: { type: 'object' },
    stops: { type: 'array', items: { type: 'object' } },
  },
  required: ['city'],
}

const trip: AcceptedCall = {
  'plan.trip': {
    city: ['New York', 'NYC'],
    days: [3, ''],
    budget: [100, ''],
    tags: [['sea', 'sun'], ''],
    filter: [{ stars: [4, 5], pool: [true, ''] }, ''],
    stops: [[{ name: ['A.1'], nights: [1, 2] }], ''],
  },
}
const ping: AcceptedCall = { ping: {} }

function verdict(given: JsonObject, name = 'plan_trip'): string | undefined {
  return judge([{ name, arguments: given }], [trip], () => schema)
}

test.each<[JsonObject]>([
  [{ city: 'New York' }],
  [{ city: 'new-york' }],
  [{ city: 'NYC', days: 3, budget: 100 }],
  [{ city: 'NYC', tags: ['sea', 'SUN'] }],
  [{ city: 'NYC', filter: { stars: 4 } }],
  [{ city: 'NYC', filter: { stars: 5, pool: true } }],
  [{ city: 'NYC', stops: [{ name: 'a1', nights: 2 }] }],
])('%j is accepted', (given) => {
  expect(verdict(given)).toBeUndefined()
})

test.each<[JsonObject, string]>([
  [{}, 'no city'],
  [{ city: 'Boston' }, 'city is "Boston"'],
  [{ city: 7 }, 'city has another type: 7'],
  [{ city: 'NYC', days: 2 }, 'days is 2'],
  [{ city: 'NYC', days: '3' }, 'days has another type: "3"'],
  [{ city: 'NYC', days: 3.5 }, 'days has another type: 3.5'],
  [{ city: 'NYC', tags: ['sun', 'sea'] }, 'tags is ["sun","sea"]'],
  [{ city: 'NYC', tags: ['sea', 1] }, 'tags has another type: ["sea",1]'],
  [{ city: 'NYC', filter: { stars: 3 } }, 'filter is {"stars":3}'],
  [{ city: 'NYC', filter: { pool: true } }, 'filter is {"pool":true}'],
  [{ city: 'NYC', filter: { stars: 4, sea: 1 } }, 'filter is {"stars":4,"sea":1}'],
  [{ city: 'NYC', stops: [] }, 'stops is []'],
  [{ city: 'NYC', stops: [{ name: 'B', nights: 1 }] }, 'stops is [{"name":"B","nights":1}]'],
  [{ city: 'NYC', hotel: true }, 'unexpected hotel'],
])('%j is not: %s', (given, problem) => {
  expect(verdict(given)).toBe(problem)
})

test('a parameter that must not be left out is missed though it is not required', () => {
  expect(judge([{ name: 'f', arguments: {} }], [{ f: { a: [1] } }], () => ({}))).toBe('no a')
})

test('another function is none', () => {
  expect(verdict({ city: 'NYC' }, 'trip')).toBe('trip instead of plan.trip')
})

test('several calls may come in any order, each once', () => {
  const calls = [
    { name: 'ping', arguments: {} },
    { name: 'plan.trip', arguments: { city: 'NYC' } },
  ]
  const parametersOf = (name: string): JsonObject => (name === 'ping' ? {} : schema)
  expect(judge(calls, [trip, ping], parametersOf)).toBeUndefined()
  expect(judge(calls, [ping], parametersOf)).toBe('2 calls instead of 1')
  expect(judge(calls, [ping, ping], parametersOf)).toBe('plan.trip instead of ping')
})

test('what is accepted may be of a type that is not declared', () => {
  const accepted: AcceptedCall[] = [{ f: { days: ['dontcare'] } }]
  expect(judge([{ name: 'f', arguments: { days: 'dontcare' } }], accepted, () => schema)).toBe('no city')
  expect(judge([{ name: 'f', arguments: { days: 'dontcare' } }], accepted, () => ({ ...schema, required: [] }))).toBe(
    undefined,
  )
})
