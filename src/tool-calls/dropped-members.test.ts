import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import type { Tool } from '../core/tool.ts'
import { createCallSettler } from './settle-call.ts'

const tool = (name: string, parameters: JsonObject): Tool => ({ name, description: undefined, parameters })
const by = (parameters: JsonObject, argumentsText: string) =>
  createCallSettler([tool('f', parameters)]).settle({ name: 'f', argumentsText })

describe('members that the schema forbids are dropped', () => {
  const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
    ...{ type: 'object', properties, additionalProperties: false },
    ...more,
  })
  const city = closed({ city: { type: 'string' } }, { required: ['city'] })
  const place = closed({ lat: { type: 'number' } }, { required: ['lat'] })
  const open = { type: 'object', properties: { a: {} } }
  const cases: [JsonObject, string, string][] = [
    [city, '{ "debug": 1, "city" : "Paris" , "mood": {"a": []} }', '{ "city" : "Paris" }'],
    [closed({}), '{"extra":"x"}', '{}'],
    [closed({ at: city }), '{"at":{"city":"Paris","debug":1}}', '{"at":{"city":"Paris"}}'],
    [closed({ all: { type: 'array', items: city } }), '{"all":[{"city":"a","x":1}]}', '{"all":[{"city":"a"}]}'],
    [{ allOf: [city] }, '{"city":"Paris","debug":1}', '{"city":"Paris"}'],
    [{ anyOf: [city, place] }, '{"city":"Paris","debug":1}', '{"city":"Paris"}'],
    [{ ...open, properties: { a: {}, secret: false } }, '{"a":1,"secret":2}', '{"a":1}'],
    [{ ...open, patternProperties: { '^x-': false } }, '{"a":1,"x-b":2,"c":3}', '{"a":1,"c":3}'],
    [{ ...open, patternProperties: { '^(x+)+$': false } }, '{"a":1,"xxxx":2,"c":3}', '{"a":1,"c":3}'],
    [{ ...open, patternProperties: { '^(.+)+$': false } }, '{"a":1,"c":3}', '{"a":1}'],
    [closed({ n: { type: 'integer' } }), '{"n":"5","debug":1}', '{"n":5}'],
  ]
  for (const [schema, text, expected] of cases) {
    test(`${text} by ${JSON.stringify(schema)}`, () => {
      expect(by(schema, text)).toMatchObject({ argumentsText: expected, outcome: 'repaired', errors: [] })
      expect(by(schema, text).changes).toContain('dropped')
    })
  }

  const kept: [string, JsonObject, string][] = [
    ['a slip of a declared one may be one', closed({ city: {}, unit: {} }), '{"city":"Paris","unti":"c"}'],
    ['nothing is where something else is wrong too', city, '{"debug":1}'],
    ['alternatives that would drop different ones', { oneOf: [city, place] }, '{"city":"Paris","lat":1}'],
    ['a call of another tool', closed({ city: {} }), '{"name":"g","arguments":{"city":"Paris"}}'],
  ]
  for (const [why, schema, text] of kept) {
    test(`not ${why}`, () => {
      expect(by(schema, text)).toMatchObject({ argumentsText: text, outcome: 'broken' })
    })
  }

  test('what an open schema does not declare fits it', () => {
    expect(by(open, '{"b":1}').outcome).toBe('valid')
    expect(by({ ...open, patternProperties: { '^x-': {} } }, '{"b":1}').outcome).toBe('valid')
  })

  test('a pattern holds for each call anew', () => {
    const settled = createCallSettler([tool('f', { ...open, patternProperties: { '^(x+)+$': false } })])
    const texts = ['{"a":1,"x":1}', '{"a":1,"xx":1}'].map((argumentsText) =>
      settled.settle({ name: 'f', argumentsText }),
    )
    expect(texts.map(({ argumentsText }) => argumentsText)).toEqual(['{"a":1}', '{"a":1}'])
  })

  test('members whose names have a pattern are made to fit by it', () => {
    const numbers = {
      type: 'object',
      patternProperties: { '^n_': { type: 'integer' }, '^(m+)+$': { type: 'integer' } },
    }
    expect(by(numbers, '{"n_a":"5","mm":"6","b":"7"}').argumentsText).toBe('{"n_a":5,"mm":6,"b":"7"}')
  })
})
