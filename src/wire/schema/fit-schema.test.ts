import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { fitSchema } from './fit-schema.ts'
import type { SchemaSubsetId } from './subsets.ts'
import { SCHEMA_SUBSETS } from './subsets.ts'

const IDS = Object.keys(SCHEMA_SUBSETS) as SchemaSubsetId[]
/** Rows of parameters; the others are heeded where a schema is enforced. */
const TOOL_IDS = IDS.filter((id) => !id.endsWith('-strict'))

function fitted(id: SchemaSubsetId, schema: JsonObject): JsonObject {
  return fitSchema(schema, SCHEMA_SUBSETS[id]).schema
}

/** One property of an object, fitted. */
function property(id: SchemaSubsetId, schema: JsonValue, root: JsonObject = {}): unknown {
  const { properties } = fitted(id, { type: 'object', properties: { x: schema }, ...root })
  return (properties as JsonObject)['x']
}

type Case = readonly [what: string, id: SchemaSubsetId, said: JsonValue, written: JsonValue]

const NODE = { $ref: '#/$defs/Node' }
const TREE = { type: 'object', properties: { next: NODE } }

/** Of a property. */
const REWRITES: readonly Case[] = [
  ['a type of Python', 'openai-compatible', { type: 'dict' }, { type: 'object' }],
  ['a type of Java', 'openai-compatible', { type: 'HashMap' }, { type: 'object' }],
  ['a float', 'anthropic', { type: 'float', minimum: 1 }, { type: 'number', minimum: 1 }],
  ['any', 'openai', { type: 'any', description: 'd' }, { description: 'd' }],
  ['a tuple', 'ollama', { type: 'tuple', items: { type: 'int' } }, { type: 'array', items: { type: 'integer' } }],
  ['an array of Java', 'mistral', { type: 'String[]' }, { type: 'array', items: { type: 'string' } }],
  ['a list of Python', 'groq', { type: 'list[str]' }, { type: 'array', items: { type: 'string' } }],
  ['a type in capitals', 'cohere', { type: 'STRING' }, { type: 'string' }],
  ['a type that is none', 'openai', { type: 'frobnicate' }, {}],
  ['types that are none', 'openai', { type: ['str', 'None'] }, { type: ['string', 'null'] }],
  ['a type as a schema', 'anthropic', 'number', { type: 'number' }],
  ['null as a schema', 'anthropic', null, {}],
  [
    'a list without members as those of an object',
    'ollama',
    { type: 'object', properties: [] },
    { type: 'object', properties: {} },
  ],
  ['required of draft 3', 'openai', { type: 'string', required: true }, { type: 'string' }],
  ['an empty enum', 'openai', { type: 'string', enum: [] }, { type: 'string' }],
  ['bounds of draft 4', 'anthropic', { minimum: 0, exclusiveMinimum: true }, { exclusiveMinimum: 0 }],
  ['a description that is none', 'openai', { type: 'string', description: null }, { type: 'string' }],
  ['a reference to elsewhere', 'openai', { $ref: 'https://example.com/a.json' }, {}],
  ['a reference to a file', 'anthropic', { $ref: 'file:///etc/passwd', title: 't' }, { title: 't' }],
  ['a reference that leads nowhere', 'openai', { $ref: '#/$defs/none' }, {}],
  ['an array of anything', 'openai', { type: 'array' }, { type: 'array', items: {} }],
  ['an array of anything', 'anthropic', { type: 'array' }, { type: 'array' }],
  [
    'a tuple of draft 7',
    'anthropic',
    { type: 'array', items: [{ type: 'string' }, { type: 'number' }], additionalItems: false },
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
  ],
  [
    'a tuple',
    'openai',
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }, { type: 'number' }] },
    { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] }, maxItems: 3 },
  ],
  [
    'a type beside branches',
    'moonshot',
    { type: 'object', anyOf: [{ required: ['a'] }, { type: 'string' }] },
    { anyOf: [{ type: 'object', required: ['a'] }, { type: 'string' }] },
  ],
  ['a schema without a type', 'moonshot', { enum: ['a'] }, { enum: ['a'], type: 'string' }],
  [
    'a schema for anything',
    'moonshot',
    {},
    { anyOf: ['string', 'number', 'boolean', 'object', 'array', 'null'].map((type) => ({ type })) },
  ],
  [
    'oneOf',
    'bedrock',
    { oneOf: [{ type: 'string' }, { type: 'number' }] },
    { anyOf: [{ type: 'string' }, { type: 'number' }] },
  ],
  [
    'allOf',
    'ollama',
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'number' } }, required: ['b'] },
      ],
    },
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } }, required: ['a', 'b'] },
  ],
  ['const', 'ollama', { const: 'a' }, { enum: ['a'] }],
  ['const', 'gemini-parameters', { const: 'a' }, { enum: ['a'], type: 'string' }],
  [
    'a format',
    'gemini-parameters',
    { type: 'string', format: 'email' },
    { type: 'string', description: '{format: "email"}' },
  ],
  [
    'bounds that are not known',
    'gemini-parameters',
    { type: 'number', exclusiveMinimum: 0, description: 'n' },
    { type: 'number', description: 'n\n\n{exclusiveMinimum: 0}' },
  ],
  ['a type or null', 'gemini-parameters', { type: ['string', 'null'] }, { type: 'string', nullable: true }],
  [
    'several types',
    'gemini-parameters',
    { type: ['string', 'number'], minLength: 1 },
    { anyOf: [{ type: 'string', minLength: 1 }, { type: 'number' }] },
  ],
  [
    'a branch for null',
    'gemini-parameters',
    { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] },
    { type: 'string', enum: ['a'], nullable: true },
  ],
  [
    'numbers to choose from',
    'gemini-parameters',
    { type: 'integer', enum: [1, 2] },
    { type: 'string', enum: ['1', '2'] },
  ],
  ['comments', 'gemini-parameters', { type: 'string', title: 't', default: 'd', examples: ['e'] }, { type: 'string' }],
  [
    'an object of any members',
    'gemini-parameters',
    { type: 'object', additionalProperties: true },
    { type: 'string', description: 'A JSON object, as text.' },
  ],
  ['true', 'gemini-parameters', true, { type: 'string', description: 'Any JSON value, as text.' }],
]

describe('what a target does not take of a property', () => {
  test.each(REWRITES)('%s, for %s', (_what, id, said, written) => {
    expect(property(id, said)).toEqual(written)
  })
})

describe('references', () => {
  const root = { $defs: { Node: TREE, City: { type: 'string', enum: ['a'] } } }

  test('stay where they are known', () => {
    for (const id of ['openai', 'anthropic', 'bedrock-claude', 'mistral', 'gemini-json'] as const) {
      const schema = { type: 'object', properties: { x: NODE }, ...root }
      expect(fitted(id, schema)).toBe(schema)
    }
  })

  test('are written out elsewhere, with what stands beside them', () => {
    const city = { $ref: '#/$defs/City', description: 'c' }
    const written = { type: 'object', properties: { x: { type: 'string', enum: ['a'], description: 'c' } } }
    expect(fitted('bedrock', { type: 'object', properties: { x: city }, ...root })).toEqual(written)
  })

  test('are cut where they repeat themselves, which is said', () => {
    const { schema, changes } = fitSchema({ type: 'object', properties: { x: NODE }, ...root }, SCHEMA_SUBSETS.bedrock)
    const cut = { type: 'object', description: 'Of the same shape as Node above.' }
    const inner = { type: 'object', properties: { next: cut } }
    expect(schema).toEqual({ type: 'object', properties: { x: { type: 'object', properties: { next: inner } } } })
    expect(changes.filter(({ isExact }) => !isExact)).toEqual([
      {
        path: '.properties.x.properties.next.properties.next',
        reason: 'it repeats itself; it was cut there and said in words',
        isExact: false,
      },
    ])
  })

  test('stand alone where nothing may stand beside them', () => {
    expect(property('moonshot', { $ref: '#/$defs/City', description: 'c' }, root)).toEqual({
      type: 'string',
      enum: ['a'],
      description: 'c',
    })
  })

  test('of definitions that use each other twice end somewhere', () => {
    const names = Array.from({ length: 40 }, (_, index) => index)
    const $defs = Object.fromEntries(
      names.map((n) => {
        const $ref = `#/$defs/d${n + 1}`
        return [`d${n}`, { type: 'object', properties: { a: { $ref }, b: { $ref } } }]
      }),
    )
    const { schema, changes } = fitSchema({ $ref: '#/$defs/d0', $defs }, SCHEMA_SUBSETS.bedrock)
    expect(JSON.stringify(schema).length).toBeLessThan(1_000_000)
    expect(changes.some(({ isExact }) => !isExact)).toBe(true)
  })

  test('in a circle of nothing but references lead nowhere', () => {
    const circle = { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }
    for (const id of TOOL_IDS) expect(() => fitted(id, circle), id).not.toThrow()
  })
})

describe('the root', () => {
  test('has no branches where those are not taken', () => {
    const email = { properties: { kind: { const: 'email' }, to: { type: 'string' } }, required: ['kind', 'to'] }
    const phone = { properties: { kind: { const: 'phone' }, number: { type: 'string' } }, required: ['kind', 'number'] }
    const { schema, changes } = fitSchema({ type: 'object', oneOf: [email, phone] }, SCHEMA_SUBSETS.anthropic)
    expect(schema).toMatchObject({
      type: 'object',
      properties: { kind: { enum: ['email', 'phone'] }, to: { type: 'string' }, number: { type: 'string' } },
      required: ['kind'],
    })
    expect(schema['description']).toContain('oneOf')
    expect(changes.map(({ isExact }) => isExact)).toContain(false)
  })

  test('that is a reference is what it leads to', () => {
    const definitions = { A: { type: 'object', properties: { a: { $ref: '#/definitions/B' } } }, B: { type: 'string' } }
    expect(fitted('openai', { $ref: '#/definitions/A', definitions })).toEqual({
      type: 'object',
      properties: { a: { $ref: '#/definitions/B' } },
      definitions,
    })
  })

  test('says that it is an object', () => {
    expect(fitted('openai', {})).toEqual({ type: 'object', properties: {} })
    expect(fitted('anthropic', { properties: {} })).toEqual({ type: 'object', properties: {} })
    expect(fitted('openai-compatible', { type: ['object', 'null'] })).toEqual({ type: 'object' })
    const { schema, changes } = fitSchema({ type: 'array', items: {} }, SCHEMA_SUBSETS.mistral)
    expect([schema['type'], changes[0]?.isExact]).toEqual(['object', false])
  })

  test('holds what Nova knows and nothing else', () => {
    const said = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
      $schema: 's',
    }
    const { schema, changes } = fitSchema(said, SCHEMA_SUBSETS['bedrock-nova'])
    expect(schema).toEqual({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] })
    expect(changes.map(({ reason }) => reason)).toEqual(['not taken at the root: additionalProperties'])
  })
})

test('properties are renamed without meeting, and their object still requires them', () => {
  const said = {
    type: 'object',
    properties: { 'a b': { type: 'string' }, 'a.b': { type: 'object', properties: { 'c d': {} } }, 'a-b': {} },
    required: ['a b', 'a.b'],
  }
  const { schema, restored } = fitSchema(said, SCHEMA_SUBSETS['gemini-parameters'])
  const names = Object.keys(schema['properties'] as JsonObject)
  expect(new Set(names).size).toBe(3)
  for (const name of names) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/)
  expect(schema['required']).toEqual(names.slice(0, 2))
  expect(restored.flatMap((one) => ('said' in one ? [one.said] : []))).toEqual(['a b', 'a.b', 'a-b', 'c d'])
})

test('losses of what is in a renamed property are said by the name that the client knows', () => {
  const said = { type: 'object', properties: { 'a b': { type: 'frob' } } }
  const { changes } = fitSchema(said, SCHEMA_SUBSETS.anthropic)
  expect(changes.map(({ path }) => path)).toContain('.properties["a b"]')
})

test('a name like those of prototypes is a name', () => {
  const said = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"dict"},"constructor":{"$ref":"#/__proto__"}}}',
  ) as JsonObject
  for (const id of TOOL_IDS) {
    const { properties } = fitted(id, said)
    expect(Object.keys(properties as JsonObject), id).toEqual(['__proto__', 'constructor'])
  }
  expect(({} as Record<string, unknown>)['type']).toBeUndefined()
})

test('what is too deep or too large is cut, and said', () => {
  let deep: JsonObject = { type: 'string' }
  for (let level = 0; level < 90; level += 1) deep = { type: 'object', properties: { a: deep } }
  const wide = {
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: 100_100 }, (_, n) => [`p${n}`, {}])),
  }
  for (const said of [deep, wide]) {
    const { schema, changes } = fitSchema(said, SCHEMA_SUBSETS.anthropic)
    expect(schema).not.toBe(said)
    expect(changes.map(({ reason }) => reason)).toContain(
      'it is nested too deep, or too large; anything is taken there',
    )
  }
})

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean'), description: fc.string() }),
  fc.record({
    type: fc.constant('string'),
    enum: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
  }),
)
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/)
/** What every row takes. */
const plain = fc.letrec<{ node: JsonObject; object: JsonObject }>((tie) => ({
  object: fc
    .dictionary(name, tie('node'), { minKeys: 1, maxKeys: 3 })
    .map((properties) => ({ type: 'object', properties, required: Object.keys(properties).slice(0, 1) })),
  node: fc.oneof({ maxDepth: 3 }, leaf, fc.record({ type: fc.constant('array'), items: tie('node') }), tie('object')),
})).object

test('what every target takes is passed on as it is', () => {
  fc.assert(
    fc.property(plain, fc.constantFrom(...TOOL_IDS), (schema, id) => {
      const one = fitSchema(schema, SCHEMA_SUBSETS[id])
      expect([one.schema === schema, one.changes, one.restored]).toEqual([true, [], []])
    }),
  )
})

const KEYWORDS =
  'type properties required items prefixItems anyOf oneOf allOf not enum const format minimum exclusiveMinimum pattern title default description additionalProperties $ref $defs definitions nullable $schema'.split(
    ' ',
  )
const word = fc.oneof(
  fc.constantFrom(
    'object',
    'array',
    'string',
    'number',
    'null',
    'dict',
    'any',
    'List<String>',
    '#',
    '#/$defs/a',
    '#/definitions/b',
    'http://a/b',
    'date-time',
  ),
  fc.string({ maxLength: 3 }),
)
const nasty = fc.letrec<{ schema: JsonObject; value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
    fc.array(word, { maxLength: 3 }),
    fc.array(tie('schema'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c d', '__proto__'), tie('schema'), { maxKeys: 3 }),
    tie('schema'),
  ),
  schema: fc.dictionary(fc.constantFrom(...KEYWORDS), tie('value'), { maxKeys: 5 }),
})).schema

test('whatever is sent is fitted without a throw, and once is enough', () => {
  fc.assert(
    fc.property(nasty, fc.constantFrom(...TOOL_IDS), (said, id) => {
      const before = JSON.stringify(said)
      const { schema } = fitSchema(said, SCHEMA_SUBSETS[id])
      expect(JSON.stringify(said)).toBe(before)
      const again = fitSchema(schema, SCHEMA_SUBSETS[id])
      expect(again.schema).toEqual(schema)
    }),
    { numRuns: 2_000 },
  )
})
