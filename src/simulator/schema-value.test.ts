import { expect, test } from 'vitest'
import { z } from 'zod'
import { schemaValue } from './schema-value.ts'

const SCHEMAS = {
  'strings with limits': z.object({
    short: z.string().max(3),
    long: z.string().min(40),
    mail: z.email(),
    id: z.uuid(),
  }),
  'numbers with limits': z.object({
    age: z.int().min(18).max(99),
    share: z.number().gt(0).lt(1),
    negative: z.number().max(-5),
    even: z.int().multipleOf(4).min(5),
  }),
  'choices and constants': z.object({
    unit: z.enum(['c', 'f']),
    kind: z.literal('x'),
    either: z.union([z.int(), z.string()]),
  }),
  'nullable and optional': z.object({ note: z.string().nullable(), extra: z.boolean().optional() }),
  'lists and nesting': z.object({ rows: z.array(z.object({ tags: z.array(z.string()).min(2) })).min(3) }),
  intersections: z.intersection(z.object({ a: z.string() }), z.object({ b: z.int() })),
  'times and addresses': z.object({ at: z.iso.datetime(), day: z.iso.date(), site: z.url(), host: z.ipv4() }),
} as const

test.each(Object.entries(SCHEMAS))('a value fits its schema: %s', (_name, schema) => {
  const made = schemaValue(JSON.parse(JSON.stringify(z.toJSONSchema(schema))))
  expect(schema.safeParse(made).error?.issues).toBeUndefined()
})

test('a schema that contains itself has a value', () => {
  const node = {
    type: 'object',
    properties: { name: { type: 'string' }, next: { $ref: '#/$defs/node' } },
    required: ['name'],
  }
  expect(schemaValue({ $ref: '#/$defs/node', $defs: { node } })).toMatchObject({ next: { name: 'simulated name' } })
  expect(schemaValue({ $ref: '#' })).toBeNull()
})

test('a small schema cannot ask for a large value', () => {
  const wide = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`m${index}`, { $ref: '#' }]))
  const made = schemaValue({ type: 'object', properties: wide, required: Object.keys(wide) })
  expect(JSON.stringify(made).length).toBeLessThan(1_000_000)
  const long = schemaValue({ type: 'array', minItems: 1e9, items: { type: 'string', minLength: 1e9 } })
  expect(JSON.stringify(long).length).toBeLessThan(1_000_000)
})

test('the same schema gives the same value', () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } }
  expect(schemaValue(schema)).toEqual(schemaValue(schema))
})
