import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { isObjectText } from '../../src/core/object-text.ts'
import { createCallSettler } from '../../src/tool-calls/settle-call.ts'

const MIB = 2 ** 20

function settlerOf(parameters: JsonObject) {
  const { settle } = createCallSettler([{ name: 'f', description: undefined, parameters }])
  return (argumentsText: string) => settle({ name: 'f', argumentsText })
}

const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    a: { type: 'integer' },
    b: { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'boolean' } }] } },
    c: { $ref: '#' },
    d: { type: ['string', 'null'], enum: ['x', 'Y', null] },
    s: { type: 'string', pattern: '^[a-z]+$' },
    u: { type: 'array', uniqueItems: true },
    o: { type: 'object', additionalProperties: { type: 'integer' } },
  },
  required: ['a'],
}
const settle = settlerOf(SCHEMA)

const scalar = fc.oneof(
  fc.constantFrom('5', '5.0', 'true', 'null', '', 'x', 'X ', '[1]', '{"a":1}', "{'a': True}", '["1"]', 5, 5.5, 1e21),
  ...[fc.string(), fc.boolean(), fc.constant(null), fc.integer(), fc.double()],
)
const name = fc.oneof(
  fc.constantFrom('a', 'A', 'b', 'c', 'd', 's', 'u', 'o', '__proto__', 'arguments', 'name'),
  fc.string(),
)
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    ...[scalar, fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(name, tie('value'), { maxKeys: 5 })],
  ),
}))
const text = anyValue.map((value) => JSON.stringify(value))

describe('whatever a model writes', () => {
  test('a settled call stays as it is, and is JSON that fits unless broken', () => {
    fc.assert(
      fc.property(text, (said) => {
        const settled = settle(said)
        const again = settle(settled.argumentsText)
        expect(again.argumentsText).toBe(settled.argumentsText)
        expect(again.errors).toEqual(settled.errors)
        expect(again.changes).toEqual([])
        expect(settled.outcome === 'broken').toBe(settled.errors.length > 0)
        if (settled.outcome === 'valid' && !/^(?:null|"")$/.test(said)) expect(settled.argumentsText).toBe(said)
      }),
      { numRuns: 3_000 },
    )
  })

  test('what is mended is mended to the end', () => {
    expect(settle('{"arguments":null,"o":null}').argumentsText).toBe(settle('{"arguments":null}').argumentsText)
  })

  test('text that is spoiled anywhere throws nothing, and what comes of it is JSON or as it came', () => {
    const spoiled = fc
      .tuple(
        text,
        fc.nat(),
        fc.nat(3),
        fc.oneof(fc.string(), fc.constantFrom('"', "'", '\\', '{', ']', ',', ':', '\\u', '```')),
      )
      .map(([said, at, length, by]) => {
        const start = at % (said.length + 1)
        return said.slice(0, start) + by + said.slice(start + length)
      })
    fc.assert(
      fc.property(spoiled, (said) => {
        const { argumentsText, outcome } = settle(said)
        if (outcome !== 'broken') expect(typeof JSON.parse(argumentsText)).toBe('object')
        else if (argumentsText !== said) JSON.parse(argumentsText)
      }),
      { numRuns: 3_000 },
    )
  })

  test('what is cut off never becomes whole', () => {
    const open = settlerOf({})
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }), fc.nat(), (value, at) => {
        const said = JSON.stringify(value)
        const cut = said.slice(0, 1 + (at % (said.length - 2)))
        // After a whole member, only the bracket is missing.
        fc.pre(!isObjectText(`${cut}}`))
        expect(open(cut).outcome).toBe('broken')
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('however long or deep it is', () => {
  const list = (element: string) => `[${`${element},`.repeat(MIB / (element.length + 1) - 40)}${element}]`
  const deep = (depth: number, inner: string) => '{"a":1,"c":'.repeat(depth) + inner + '}'.repeat(depth)
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'a list that fits': [`{"a":1,"b":${list('1')}}`, 'valid'],
    'a list of wrong elements': [`{"a":1,"b":${list('"x"')}}`, 'broken'],
    'a list of the same elements': [`{"a":1,"u":${list('{}')}}`, 'valid'],
    'a string': [`{"a":"1","s":"${'x'.repeat(MIB - 40)}"}`, 'repaired'],
    'more than is mended': [`{"a":"1","x":"${'x'.repeat(MIB)}"}`, 'broken'],
    'more, that fits': [`{"a":1,"x":"${'x'.repeat(2 * MIB)}"}`, 'valid'],
    '10,000 levels': [deep(10_000, '{}'), 'broken'],
    '120 levels': [deep(120, '{"a":"1"}'), 'repaired'],
    '10,000 lists': ['['.repeat(10_000) + ']'.repeat(10_000), 'broken'],
    '10,000 lists of nothing like JSON': [`${'['.repeat(10_000)}x${']'.repeat(10_000)}`, 'broken'],
    'open brackets': ['['.repeat(MIB), 'broken'],
    'quotes in a string': [`{"a":"${'b "c" '.repeat(MIB / 8)}"}`, 'broken'],
    'single quotes': [`{'a': 1, 'x': '${'x'.repeat(MIB - 40)}'}`, 'repaired'],
    backslashes: [`{"a":1,"x":"${'\\'.repeat(MIB - 39)}"}`, 'broken'],
    spaces: [' '.repeat(MIB), 'broken'],
    'spaces in a string': [`{"a":"${' '.repeat(MIB - 40)}x","d":"${' '.repeat(40)}X"}`, 'broken'],
    'zeros in a string': [`{"a":"${'0'.repeat(MIB - 40)}x"}`, 'broken'],
    'what seems a fence': [`\`\`\`json${' '.repeat(MIB - 40)}x`, 'broken'],
    comments: [`{${'/*'.repeat(MIB / 2 - 2)}}`, 'broken'],
    'encoded many times': [
      Array.from({ length: 14 }).reduce<string>((said) => JSON.stringify(said), '{"a":1}'),
      'broken',
    ],
  }
  for (const [what, [said, outcome]] of Object.entries(cases)) {
    test(what, () => {
      expect(settle(said).outcome).toBe(outcome)
    })
  }
})

describe('whatever the schema is', () => {
  test('what would take for ever to judge is left to the client', () => {
    const branch = (is: string) => ({
      ...{ type: 'object', required: ['is'] },
      properties: { is: { const: is }, l: { $ref: '#/$defs/n' }, r: { $ref: '#/$defs/n' } },
    })
    const tree = { $defs: { n: { anyOf: [branch('x'), branch('y')] } }, properties: { n: { $ref: '#/$defs/n' } } }
    const node = (depth: number): string => (depth === 0 ? '{"is":"y"}' : `{"is":"y","l":${node(depth - 1)}}`)
    expect(settlerOf(tree)(`{"n":${node(60)}}`).outcome).toBe('valid')
    expect(settlerOf(tree)(`{"n":${node(3)}}`).outcome).toBe('valid')
    expect(settlerOf(tree)(`{"n":${node(3).replace('"y"', '"z"')}}`).outcome).toBe('broken')
    const twice = (name: string) => ({ allOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] })
    expect(settlerOf({ $defs: { a: twice('b'), b: twice('a') }, ...twice('a') })('{}').outcome).toBe('valid')
  })

  test('a pattern that never ends is not tried', () => {
    const evil = settlerOf({ properties: { v: { pattern: '^(a+)+$' }, w: { pattern: '^a*a*a*a*a*a*b$' } } })
    expect(evil(`{"v":"${'a'.repeat(60)}b","w":"${'a'.repeat(9_000)}"}`).outcome).toBe('valid')
  })

  test('a pattern of names that never ends is matched all the same', () => {
    const evil = settlerOf({ patternProperties: { '^(a+)+$': false, '^(a{1,9}b?){1,9}$': { type: 'integer' } } })
    const names = Array.from({ length: 60 }, (_, index) => `"${'a'.repeat(100)}!${index}":1`)
    expect(evil(`{${names.join(',')},"aa":1}`).argumentsText).toBe(`{${names.join(',')}}`)
  })

  test('members without number that the schema forbids, each nearly one that it declares', () => {
    const declared = Array.from({ length: 200 }, (_, index) => [`${'n'.repeat(60)}${index}`, {}])
    const closed = settlerOf({ properties: Object.fromEntries(declared), additionalProperties: false })
    const members = Array.from({ length: 8_000 }, (_, index) => `"${'q'.repeat(80)}${index}":1`)
    expect(closed(`{${members.join(',')}}`).outcome).toBe('broken')
  })

  test('anything for a schema throws nothing', () => {
    const keyword = fc.constantFrom(
      ...[
        'type',
        'enum',
        'const',
        'properties',
        'required',
        'items',
        'prefixItems',
        'anyOf',
        'oneOf',
        'allOf',
        'not',
        'if',
      ],
      ...[
        'then',
        '$ref',
        '$defs',
        'additionalProperties',
        'pattern',
        'patternProperties',
        'minimum',
        'uniqueItems',
        'nullable',
      ],
      ...[
        'default',
        'contains',
        'propertyNames',
        'dependentRequired',
        'dependentSchemas',
        'exclusiveMinimum',
        'a',
        '__proto__',
      ],
    )
    const words = fc.constantFrom(
      '#',
      '#/properties/a',
      '#/$defs/a',
      'integer',
      'string',
      'array',
      'object',
      '(',
      '^a',
      '#/anyOf/0',
    )
    const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
      schema: fc.oneof(
        { depthSize: 'medium' },
        ...[words, fc.boolean(), fc.integer(), fc.constant(null), fc.array(tie('schema'), { maxLength: 3 })],
        fc.dictionary(keyword, tie('schema'), { maxKeys: 5 }),
      ),
    }))
    const root = fc.dictionary(keyword, schema, { maxKeys: 6 })
    fc.assert(
      fc.property(root, text, (parameters, said) => {
        settlerOf(parameters as JsonObject)(said)
      }),
      { numRuns: 3_000 },
    )
  })
})
