import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { claudeSchemaProblem, draftWords, moonshotProblem, novaProblem, openaiProblem } from './tool-schema.ts'

const object = (properties: JsonObject): JsonObject => ({ type: 'object', properties })

test.each<[JsonObject, string]>([
  [{ type: 'object', anyOf: [{}] }, "not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level"],
  [object({ a: { type: 'array' } }), "In context=('properties', 'a'), array schema missing items."],
  [object({ a: { type: 'array', prefixItems: [{}] } }), 'array schema missing items'],
  [object({ a: { type: 'dict' } }), "'dict' is not valid under any of the given schemas."],
  [object({ a: { type: 'string', required: true } }), "True is not of type 'array'."],
  [{ type: 'object', properties: [] }, "[] is not of type 'object'."],
  [{ type: 'array' }, `got 'type: "array"'`],
])('OpenAI refuses %j', (schema, words) => {
  expect(openaiProblem(schema)).toContain(words)
})

test.each<[JsonObject, string]>([
  [{ type: 'object', oneOf: [{}] }, 'does not support oneOf, allOf, or anyOf at the top level'],
  [object({ 'filter[id]': {} }), ".properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'"],
  [object({ a: 'number' }), 'JSON schema is invalid. It must match JSON Schema draft 2020-12'],
  [object({ a: { items: [{}] } }), 'JSON schema is invalid'],
  [object({ a: { exclusiveMinimum: true } }), 'JSON schema is invalid'],
])('Anthropic refuses %j', (schema, words) => {
  expect(claudeSchemaProblem(schema)).toContain(words)
})

test.each<[JsonObject, string]>([
  [object({ a: { type: 'object', anyOf: [{ type: 'string' }] } }), "At path 'properties.a': when using anyOf"],
  [object({ a: {} }), "At path 'properties.a': type is not defined"],
  [
    object({ a: { $ref: '#/$defs/b', description: 'd' } }),
    'conflicting keywords found after $ref expansion: description',
  ],
])('Moonshot refuses %j', (schema, words) => {
  expect(moonshotProblem(schema)).toContain(words)
})

test('Nova refuses what it does not know at the root', () => {
  expect(novaProblem({ type: 'object', properties: {}, definitions: {} })).toBe(
    'extraneous key [definitions] is not permitted',
  )
})

test('names of properties below the root are their owner’s business, and so is all that is JSON Schema', () => {
  const schema = object({
    a: object({ 'b c': { type: ['string', 'null'], const: 'x' } }),
    b: { type: 'array', items: {} },
  })
  expect([claudeSchemaProblem(schema), openaiProblem(schema), draftWords(schema)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
