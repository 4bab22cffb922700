import { expect, test } from 'vitest'
import { repairedJson } from './repaired-json.ts'

test.each([
  ['{"a":12345678901234567890, "b":1.0}', '{"a":12345678901234567890, "b":1.0}'],
  ['{"a":12345678901234567890,}', '{"a":12345678901234567890}'],
  ["{'name':'x','arguments':{'a':True}}", '{"name":"x","arguments":{"a":true}}'],
  ['```json\n{"a":1,}\n```', '{"a":1}'],
  ['Sure: {"a":1,} all right?', '{"a":1}'],
  ['{"a":1}{"b":2,}', '[{"a":1}, {"b":2}]'],
  ['{"a":1}}', '{"a":1}'],
  ['{"a":"he said "hi" there"}', '{"a":"he said \\"hi\\" there"}'],
  ['{"a":"3" wide"}', '{"a":"3\\" wide"}'],
  ['{a:\'he said "hi" there\'}', '{"a":"he said \\"hi\\" there"}'],
  ['{"a": 1, // it is\r"b":2}', '{"a": 1, \n"b":2}'],
  ['{"a":"line\nbreak"}', '{"a":"line\\nbreak"}'],
  ['{"name":"x","arguments":{"a":1}', '{"name":"x","arguments":{"a":1}}'],
  ['{"__proto__":{"x":1},}', '{"__proto__":{"x":1}}'],
])('%j is repaired', (text, json) => {
  expect(repairedJson(text)).toBe(json)
})

test.each(['', 'prose', '"text"', '12', '{"a":"\\u12"}', '['.repeat(10_000), `{'a':'${'x'.repeat(1_100_000)}'}`])(
  'nothing is made of what is no object or list, too deep or too long',
  (text) => {
    expect(repairedJson(text)).toBeUndefined()
  },
)

test.each([
  '{"a":"with ,"b": inside"}',
  '{a:"he said "hi" there"}',
  '{"a":"before "quoted" ,"b":"inside after"}',
  '{"a":True,"b":"say "hi" to me"}',
])('where quotes end strings is not guessed: %s', (text) => {
  expect(repairedJson(text)).toBeUndefined()
})

test('a name that objects inherit stays a member of its own', () => {
  const value: unknown = JSON.parse(repairedJson("{'__proto__': {'isAdmin': true}}") ?? '')
  expect(Object.keys(value as object)).toEqual(['__proto__'])
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
})
