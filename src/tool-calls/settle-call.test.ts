import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { parseKeeping } from '../core/lossless-json.ts'
import type { Tool } from '../core/tool.ts'
import { createCallSettler } from './settle-call.ts'

const WEATHER: JsonObject = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'integer' },
    score: { type: 'number' },
    exact: { type: 'boolean' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    level: { enum: [1, 2, 'max'] },
    tags: { type: 'array', items: { type: 'string' } },
    sizes: { type: 'array', items: { type: 'integer' } },
    place: { type: 'object', properties: { lat: { type: 'number' } }, required: ['lat'] },
    limit: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    until: { type: ['integer', 'null'] },
    either: { type: ['number', 'string'] },
    where: { $ref: '#/$defs/where' },
    pair: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'boolean' }] },
    counts: { type: 'object', additionalProperties: { type: 'integer' } },
    note: { allOf: [{ type: 'string' }, { maxLength: 5 }] },
    user_id: { type: 'integer' },
  },
  required: ['city'],
  $defs: { where: { type: 'object', properties: { country: { type: 'string' }, in: { $ref: '#/$defs/where' } } } },
}

function tool(name: string, parameters: JsonObject | undefined): Tool {
  return { name, description: undefined, parameters }
}

const settler = createCallSettler([tool('get_weather', WEATHER), tool('getTime', undefined), tool('get_news', {})])
const weather = (argumentsText: string) => settler.settle({ name: 'get_weather', argumentsText })
const by = (parameters: JsonObject, argumentsText: string) =>
  createCallSettler([tool('f', parameters)]).settle({ name: 'f', argumentsText })

describe('arguments that fit stay as they came', () => {
  const texts = [
    '{"city":"Paris"}',
    ' { "city" : "Paris" ,\n "days":12345678901234567890, "score": 1.0 } ',
    '{"city":"Paris","score":1e3}',
    '{"city":"Paris","days":5.0,"score":1.0}',
    '{"city":"\\u0050aris \\/","days":3,"days":4}',
    '{"city":"03106","either":"5","until":null,"limit":null}',
    '{"city":"Paris","__proto__":{"polluted":true},"constructor":1,"toString":{}}',
    '{"city":"Paris","more":{"a":[1,{"b":2}]}}',
  ]
  for (const text of texts) {
    test(text, () => {
      expect(weather(text)).toEqual({
        name: 'get_weather',
        argumentsText: text,
        outcome: 'valid',
        changes: [],
        errors: [],
      })
    })
  }

  test('prototypes are not touched', () => {
    weather('{"city":5,"__proto__":{"polluted":true}}')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

describe('values are made to fit by the schema', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{"city":"Paris","days":"5"}', '{"city":"Paris","days":5}'],
    ['{"city":"Paris", "days" : " -007 " }', '{"city":"Paris", "days" : -7 }'],
    ['{"city":"Paris","days":"12345678901234567890"}', '{"city":"Paris","days":12345678901234567890}'],
    ['{"city":"Paris","days":"5.0","score":1.0}', '{"city":"Paris","days":5,"score":1.0}'],
    ['{"city":"Paris","score":"2.50"}', '{"city":"Paris","score":2.50}'],
    ['{"city":"Paris","exact":"True"}', '{"city":"Paris","exact":true}'],
    ['{"city":"Paris","exact":0}', '{"city":"Paris","exact":false}'],
    ['{"city":1.0}', '{"city":"1.0"}'],
    ['{"city":["Paris"],"days":["5"]}', '{"city":"Paris","days":5}'],
    ['{"city":"Paris","limit":"null","until":""}', '{"city":"Paris","limit":null,"until":null}'],
    ['{"city":"Paris","limit":"7","until":"8"}', '{"city":"Paris","limit":7,"until":8}'],
    ['{"city":"Paris","unit":" Celsius"}', '{"city":"Paris","unit":"celsius"}'],
    ['{"city":"Paris","level":"2"}', '{"city":"Paris","level":2}'],
    ['{"city":"Paris","level":"MAX"}', '{"city":"Paris","level":"max"}'],
    ['{"city":"Paris","tags":"x"}', '{"city":"Paris","tags":["x"]}'],
    ['{"city":"Paris","tags":"[\\"x\\", \\"y\\"]"}', '{"city":"Paris","tags":["x", "y"]}'],
    ['{"city":"Paris","tags":"[\'x\', \'y\']"}', '{"city":"Paris","tags":["x", "y"]}'],
    ['{"city":"Paris","sizes":["1", 2, "3"]}', '{"city":"Paris","sizes":[1, 2, 3]}'],
    ['{"city":"Paris","sizes":"[\\"1\\"]"}', '{"city":"Paris","sizes":[1]}'],
    ['{"city":"Paris","place":"{\\"lat\\": \\"1.50\\"}"}', '{"city":"Paris","place":{"lat": 1.50}}'],
    ['{"city":"Paris","where":{"in":{"in":{"country":5}}}}', '{"city":"Paris","where":{"in":{"in":{"country":"5"}}}}'],
    ['{"city":"Paris","pair":["1","true"]}', '{"city":"Paris","pair":[1,true]}'],
    ['{"city":"Paris","counts":{"a/b":"1","~":2}}', '{"city":"Paris","counts":{"a/b":1,"~":2}}'],
    ['{"city":"Paris","note":5}', '{"city":"Paris","note":"5"}'],
    ['{"CITY":"Paris","userId":5}', '{"city":"Paris","user_id":5}'],
    ['{"days":null,"city":"Paris","tags":null}', '{"city":"Paris"}'],
    ['{"city":"Paris","days":null}', '{"city":"Paris"}'],
  ]
  for (const [text, expected] of cases) {
    test(text, () => {
      const settled = weather(text)
      expect(settled).toMatchObject({ argumentsText: expected, outcome: 'repaired', changes: ['coerced'], errors: [] })
      expect(weather(settled.argumentsText)).toMatchObject({ argumentsText: expected, outcome: 'valid' })
    })
  }

  test('what does not clearly mean another value stays, and is said', () => {
    for (const value of ['"abc"', '"5 km"', '"1,000"', '{}', 'true', '"1e999"', '5.5']) {
      const settled = weather(`{"city":"Paris","days":${value}}`)
      expect(settled).toMatchObject({ argumentsText: `{"city":"Paris","days":${value}}`, outcome: 'broken' })
      expect(settled.errors).toMatchObject([{ path: '/days', keyword: 'type' }])
    }
    expect(weather('{"city":"Paris","tags":"[1, 2"}')).toMatchObject({ outcome: 'broken', changes: [] })
    for (const nothing of ['', 'null', ' None']) {
      expect(weather(`{"city":"Paris","tags":"${nothing}"}`)).toMatchObject({ outcome: 'broken', changes: [] })
    }
    expect(weather('{"city":{"name":"Paris"}}')).toMatchObject({ outcome: 'broken' })
    expect(weather('{"city":null}')).toMatchObject({ outcome: 'broken', argumentsText: '{"city":null}' })
  })

  test('a choice is no other number or version for lack of a sign', () => {
    const choices = (list: readonly (string | number)[]) => ({ type: 'object', properties: { v: { enum: [...list] } } })
    for (const value of ['-3', '"-3"', '2.5', '"1.1"', '"1-1"', '"v1.1"', '"2024-1-11"']) {
      const settled = by(choices([3, 25, '11', 'v11', '2024-11-1']), `{"v":${value}}`)
      expect(settled).toMatchObject({ argumentsText: `{"v":${value}}`, outcome: 'broken' })
    }
    expect(by(choices(['gpt-4.1', 'no_op']), '{"v":"GPT 4.1"}').argumentsText).toBe('{"v":"gpt-4.1"}')
    expect(by(choices(['gpt-4.1', 'no_op']), '{"v":"NoOp"}').argumentsText).toBe('{"v":"no_op"}')
  })

  test('what can be mended of a broken call is', () => {
    expect(weather('{"days":"5","unit":"kelvin"}')).toEqual({
      name: 'get_weather',
      argumentsText: '{"days":5,"unit":"kelvin"}',
      outcome: 'broken',
      changes: ['coerced'],
      errors: [
        { path: '', keyword: 'required', message: 'The value does not have required property "city".' },
        { path: '/unit', keyword: 'enum', message: 'Must match any of ["celsius","fahrenheit"].' },
      ],
    })
  })

  test('a member of another case is one that is missed, or refused', () => {
    const closed = { type: 'object', properties: { maxItems: { type: 'integer' } }, additionalProperties: false }
    expect(by(closed, '{"max_items":"5"}').argumentsText).toBe('{"maxItems":5}')
    expect(by({ ...closed, additionalProperties: true }, '{"max_items":5}').outcome).toBe('valid')
    const two = { type: 'object', properties: { 'a-b': {}, a_b: {} }, additionalProperties: false }
    expect(by(two, '{"AB":5}').errors).toEqual([
      { path: '/AB', keyword: 'additionalProperties', message: 'This is not allowed here.' },
    ])
  })

  test('of alternatives the one that needs the least is taken', () => {
    const union = (anyOf: JsonObject[]) => ({ type: 'object', properties: { v: { anyOf } } })
    const list = { type: 'array', items: { type: 'integer' } }
    expect(by(union([list, { type: 'integer' }]), '{"v":"5"}').argumentsText).toBe('{"v":5}')
    const dog = {
      type: 'object',
      properties: { is: { const: 'dog' }, age: { type: 'integer' } },
      required: ['is', 'age'],
    }
    const cat = { ...dog, properties: { is: { const: 'cat' }, age: { type: 'string' } } }
    expect(by(union([cat, dog]), '{"v":{"is":"dog","age":"5"}}').argumentsText).toBe('{"v":{"is":"dog","age":5}}')
    expect(by(union([cat, dog]), '{"v":{"is":"dog"}}').errors).toMatchObject([{ path: '/v', keyword: 'required' }])
    expect(by(union([list, { type: 'boolean' }]), '{"v":{}}').errors).toMatchObject([
      { path: '/v', keyword: 'anyOf', message: expect.stringContaining('Must be boolean, is object.') },
    ])
  })
})

describe('text that is nearly JSON is repaired', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{"city":"Paris",}', '{"city":"Paris"}'],
    ["{'city': 'Paris', 'exact': True}", '{"city": "Paris", "exact": true}'],
    ["{'city': 'L\\'Isle', 'tags': ('a',)}", '{"city": "L\'Isle", "tags": ["a"]}'],
    ['{city: "Paris"}', '{"city": "Paris"}'],
    ['{"city":"Paris"', '{"city":"Paris"}'],
    ['{"city":"Paris"}}', '{"city":"Paris"}'],
    ['{"city":"say "hi" now"}', '{"city":"say \\"hi\\" now"}'],
    ['{"city":"C:\\dir\\\\x"}', '{"city":"C:\\\\dir\\\\x"}'],
    ['```json\n{"city":"Paris"}\n```', '{"city":"Paris"}'],
    ['Here: {"city":"Paris"}. Done', '{"city":"Paris"}'],
    ['{"city":"Paris"}{"city":"Paris"}', '{"city":"Paris"}'],
    ['{"city":"Paris","days":12345678901234567890,}', '{"city":"Paris","days":12345678901234567890}'],
  ]
  for (const [text, expected] of cases) {
    test(text, () => {
      expect(weather(text)).toMatchObject({ argumentsText: expected, outcome: 'repaired', changes: ['repaired'] })
    })
  }

  test('and then made to fit', () => {
    const settled = weather("{'city': 'Paris', 'days': '5'}")
    expect(settled).toMatchObject({ argumentsText: '{"city": "Paris", "days": 5}', changes: ['repaired', 'coerced'] })
  })

  test('half a call never becomes a whole one', () => {
    const cut = [
      ...['{"city": "Par', '{"city": "Paris", "tags": ["a"', '{"city": "Paris",', '{"city": "Paris", "days":'],
      ...['{"city": "Paris", "days"', '{"city": "Paris", da', "{'city': 'Par", '{', '[{"city":"Paris"', '"{\\"city\\"'],
    ]
    for (const text of cut) {
      expect(weather(text)).toMatchObject({ argumentsText: text, outcome: 'broken', errors: [{ keyword: 'json' }] })
    }
  })

  test('what is no object stays as it came', () => {
    for (const text of ['hello', '[1,2]', '5', '"Paris"', '{"city":"a"}{"city":"b"}', '[[{"city":5}], 1]']) {
      expect(weather(text)).toMatchObject({ argumentsText: text, outcome: 'broken', changes: [] })
    }
  })
})

test('no arguments are an empty object', () => {
  for (const text of ['', ' \n', 'null', '"null"', '""']) {
    expect(settler.settle({ name: 'getTime', argumentsText: text })).toEqual({
      ...{ name: 'getTime', argumentsText: '{}', outcome: 'valid', changes: [], errors: [] },
    })
  }
  expect(weather('')).toMatchObject({ argumentsText: '{}', outcome: 'broken', errors: [{ keyword: 'required' }] })
})

describe('arguments are taken out of what they are wrapped in', () => {
  const cases = [
    '{"name":"get_weather","arguments":{"city":"Paris"}}',
    '{"type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}}',
    '{"arguments":{"city":"Paris"}}',
    '{"parameters":{"city":"Paris"}}',
    '{"input":{"city":"Paris"}}',
    '{"get_weather":{"city":"Paris"}}',
    '{"properties":{"city":"Paris"}}',
    '[{"city":"Paris"}]',
    '{"type":"object","properties":{"city":{"type":"string","value":"Paris"}},"required":["city"]}',
    '"{\\"city\\":\\"Paris\\"}"',
    '"\\"{\\\\\\"city\\\\\\":\\\\\\"Paris\\\\\\"}\\""',
  ]
  for (const text of cases) {
    test(text, () => {
      expect(weather(text)).toMatchObject({ argumentsText: '{"city":"Paris"}', changes: ['unwrapped'] })
    })
  }

  test('unless the tool declares the wrapping, or the call is of another tool', () => {
    const wrapping = { type: 'object', properties: { arguments: { type: 'object' }, name: { type: 'string' } } }
    expect(by(wrapping, '{"name":"f","arguments":{}}').outcome).toBe('valid')
    expect(weather('{"name":"get_news","arguments":{"city":"Paris"}}').outcome).toBe('broken')
    expect(by({ type: 'object', additionalProperties: { type: 'object' } }, '{"input":{}}').outcome).toBe('valid')
    const open = { type: 'object', properties: { city: {} } }
    expect(by(open, '{"input":{"other":1}}').outcome).toBe('valid')
    expect(by(open, '{"input":{"city":1}}').argumentsText).toBe('{"city":1}')
  })
})

describe('the tool is found by the name that is meant', () => {
  const cases = [
    ...['functions.get_weather', 'tools.get_weather', 'default_api.get_weather', ' "get_weather" ', 'Get_Weather'],
    ...['get-weather', 'get.weather', 'get weather', 'get_weather<|channel|>commentary', 'functions.get_weather:0'],
  ]
  for (const name of cases) {
    test(name, () => {
      const settled = settler.settle({ name, argumentsText: '{"city": 5}' })
      expect(settled).toMatchObject({
        name: 'get_weather',
        argumentsText: '{"city": "5"}',
        changes: ['name', 'coerced'],
      })
    })
  }

  test('a name that means none, or two, stays and is broken', () => {
    const settled = settler.settle({ name: 'get_weathr', argumentsText: '{"city":5}' })
    expect(settled).toMatchObject({ name: 'get_weathr', argumentsText: '{"city":5}', outcome: 'broken', changes: [] })
    expect(settled.errors).toEqual([
      { path: '', keyword: 'name', message: 'There is no tool named "get_weathr". Near it: get_weather.' },
    ])
    const two = createCallSettler([tool('a_b', {}), tool('a-b', {})])
    expect(two.settle({ name: 'A.B', argumentsText: '{}' }).outcome).toBe('broken')
    expect(two.settle({ name: 'a-b', argumentsText: '{}' })).toMatchObject({ name: 'a-b', outcome: 'valid' })
    expect(settler.settle({ name: '__proto__', argumentsText: '{}' }).outcome).toBe('broken')
    expect(settler.settle({ name: 'constructor', argumentsText: '{}' }).outcome).toBe('broken')
  })
})

test('tools of free text and of a provider are not judged', () => {
  const free: Tool = { name: 'shell', description: undefined, parameters: undefined, custom: {} }
  const native: Tool = {
    ...{ name: 'computer', description: undefined, parameters: undefined },
    native: { format: 'anthropic-messages', value: {} },
  }
  const call = { argumentsText: '*** Begin {' }
  const settle = createCallSettler([free, native]).settle
  expect(settle({ name: 'shell', ...call })).toMatchObject({ ...call, outcome: 'valid' })
  expect(settle({ name: 'computer', ...call })).toMatchObject({ ...call, outcome: 'valid' })
})

describe('schemas as clients write them', () => {
  const of = (schema: JsonObject) => ({ type: 'object', properties: { v: schema } })
  const cases: readonly (readonly [string, JsonObject, string, string | undefined])[] = [
    ['words of other languages', of({ type: 'float' }), '{"v":"1.5"}', '{"v":1.5}'],
    ['a type with parameters', of({ type: 'List<Integer>' }), '{"v":5}', '{"v":[5]}'],
    ['a word that says nothing', of({ type: 'any' }), '{"v":{}}', '{"v":{}}'],
    ['nullable', of({ type: 'integer', nullable: true }), '{"v":null}', '{"v":null}'],
    [
      'a nullable $ref',
      { ...of({ $ref: '#/$defs/n', nullable: true }), $defs: { n: { type: 'integer' } } },
      '{"v":null}',
      '{"v":null}',
    ],
    ['a default of null', of({ type: 'string', default: null }), '{"v":null}', '{"v":null}'],
    ['a default outside of the type', of({ type: 'integer', default: 'N/A' }), '{"v":"N/A"}', '{"v":"N/A"}'],
    ['choices at the list', of({ type: 'array', items: {}, enum: ['a', 'b'] }), '{"v":["A"]}', '{"v":["a"]}'],
    ['a remote $ref', of({ $ref: 'https://example.com/s.json' }), '{"v":{}}', '{"v":{}}'],
    ['a $ref to nowhere', of({ $ref: '#/$defs/none' }), '{"v":{}}', '{"v":{}}'],
    ['a $ref to itself', of({ $ref: '#/properties/v' }), '{"v":{}}', '{"v":{}}'],
    ['a pattern that is none', of({ type: 'string', pattern: '(' }), '{"v":"x"}', '{"v":"x"}'],
    ['a pattern', of({ type: 'string', pattern: '^[a-z]+$' }), '{"v":"X"}', undefined],
    [
      'more patterns than there is time for, and a type',
      { type: 'object', properties: { v: { items: { pattern: '^\\w*\\w*\\w*$' } }, n: { type: 'integer' } } },
      JSON.stringify({ v: Array(60).fill('a'.repeat(120)), n: '1' }),
      JSON.stringify({ v: Array(60).fill('a'.repeat(120)), n: 1 }),
    ],
    ['a pattern of alternatives', of({ type: 'string', pattern: 'a|b' }), '{"v":"c"}', undefined],
    [
      'patterns of names',
      { type: 'object', patternProperties: { '^n_': { type: 'integer' } } },
      '{"n_a":"x"}',
      undefined,
    ],
    ['items of a list', of({ type: 'array', items: [{ type: 'integer' }] }), '{"v":["1"]}', '{"v":[1]}'],
    ['a flag for a bound', of({ type: 'number', minimum: 1, exclusiveMinimum: true }), '{"v":1}', undefined],
    ['required as a flag', of({ type: 'integer', required: true }), '{"v":1}', '{"v":1}'],
    ['a schema that is false', of({ not: {} }), '{"v":1}', undefined],
    ['a boolean schema', { type: 'object', properties: { v: true, w: false } }, '{"v":1}', '{"v":1}'],
    ['the wrong root', { type: 'string' }, '{"v":1}', '{"v":1}'],
    [
      'formats are no rules',
      of({ type: 'string', format: 'date-time' }),
      '{"v":"2024-01-01 10:00"}',
      '{"v":"2024-01-01 10:00"}',
    ],
    [
      'names of prototypes',
      { type: 'object', properties: { constructor: { type: 'integer' } } },
      '{"constructor":"5"}',
      '{"constructor":5}',
    ],
    [
      'a name in the way of pointers',
      of({ type: 'object', properties: { 'a%/~ #': { type: 'integer' } } }),
      '{"v":{"a%/~ #":"5"}}',
      '{"v":{"a%/~ #":5}}',
    ],
  ]
  for (const [what, schema, text, expected] of cases) {
    test(what, () => {
      const settled = by(schema, text)
      expect(settled.outcome === 'broken' ? undefined : settled.argumentsText).toBe(expected)
    })
  }

  test('a schema is not changed, and may hold digits that no double does', () => {
    const body = parseKeeping(
      '{"parameters":{"type":"object","properties":{"v":{"maximum":12345678901234567890}}}}',
      [],
    )
    const parameters = (body as { parameters: JsonObject }).parameters
    const before = JSON.stringify(parameters)
    expect(by(parameters, '{"v":5}').outcome).toBe('valid')
    expect(by(parameters, '{"v":1e30}').outcome).toBe('broken')
    expect(JSON.stringify(parameters)).toBe(before)
  })
})

test.each(['"a": 1 ', '"a": [1 2 3] ', '```', '"a": {}\n"b": {} ', '1/**/'])(
  'a megabyte of %s is given up, and not mended for minutes',
  (part) => {
    const argumentsText = `{"a": ${part.repeat(1_000_000 / part.length)}}`
    expect(settler.settle({ name: 'get_weather', argumentsText }).outcome).toBe('broken')
  },
)
