import { expect, test } from 'vitest'
import { outputSchema } from './output-schema.ts'

test('a schema whose root is no object cannot be said', () => {
  for (const schema of [{ type: 'array', items: { type: 'string' } }, { type: 'string' }, { anyOf: [] }, {}])
    expect(outputSchema(schema), JSON.stringify(schema)).toBeUndefined()
})

test('an object says that it is one', () => {
  const closed = { properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  expect(outputSchema(closed)).toEqual({ schema: { ...closed, type: 'object' }, isExact: true })
})
