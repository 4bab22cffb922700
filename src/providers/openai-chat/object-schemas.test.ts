import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import azure from '../azure-openai.ts'
import groq from '../groq.ts'
import openai from '../openai.ts'
import { adjusted, HELLO } from './test-adjusted.ts'

const LIST = { type: 'array', items: { type: 'string' } }
const OBJECT = { type: 'object', properties: { items: LIST } }
const WORDS = `When you give your final answer, give a single JSON value and nothing else: no explanation, no code fence. It must be valid against this JSON Schema: ${JSON.stringify(LIST)}`

test.each([openai, azure, groq])('$id: a list is asked for in words, an object by its schema', (provider) => {
  const asked = (schema: JsonObject) => ({
    messages: [HELLO],
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
  })
  expect(adjusted(provider, asked(LIST))).toEqual({
    body: { messages: [{ role: 'system', content: WORDS }, HELLO] },
    lost: ['response_format'],
  })
  for (const schema of [OBJECT, { $ref: '#/$defs/a', $defs: { a: OBJECT } }]) {
    const body = asked(schema)
    expect(adjusted(provider, body).body).toBe(body)
  }
  expect(adjusted(provider, asked({ properties: {} }))).toEqual({
    body: asked({ type: 'object', properties: {} }),
    lost: [],
  })
})

test.each([openai, azure])('$id: in the Responses API too', (provider) => {
  const asked = (schema: JsonObject) => ({
    input: 'Hello',
    instructions: 'Be brief.',
    text: { verbosity: 'low', format: { type: 'json_schema', name: 'answer', schema } },
  })
  const format = 'openai-responses'
  expect(adjusted(provider, asked(LIST), { format })).toEqual({
    body: { input: 'Hello', instructions: `Be brief.\n\n${WORDS}`, text: { verbosity: 'low' } },
    lost: ['text.format'],
  })
  const { instructions: _, ...bare } = { ...asked(LIST), text: { format: asked(LIST).text.format } }
  expect(adjusted(provider, bare, { format }).body).toEqual({ input: 'Hello', instructions: WORDS })
  const body = asked(OBJECT)
  expect(adjusted(provider, body, { format }).body).toBe(body)
  expect(adjusted(provider, asked({ properties: {} }), { format })).toEqual({
    body: asked({ properties: {}, type: 'object' }),
    lost: [],
  })
})
