import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import { geminiGenerate } from '../gemini-generate/index.ts'
import { openaiChat } from '../openai-chat/index.ts'
import { openaiResponses } from '../openai-responses/index.ts'
import { isStrictSchema } from './strict-schema.ts'

const PROPERTIES = { a: { type: 'string' }, b: { type: 'string' } }
const CLOSED = { type: 'object', properties: PROPERTIES, required: ['a', 'b'], additionalProperties: false }
const OPTIONAL = { ...CLOSED, required: ['a'] }

function asked(schema: JsonObject): ChatRequest {
  return anthropicMessages.readRequest({
    model: 'm',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ name: 'look', input_schema: schema, strict: true }],
    output_config: { format: { type: 'json_schema', schema } },
  })
}

test.each([openaiChat, openaiResponses])('$id: a schema is enforced where it can be', ({ writeRequest }) => {
  const written = (schema: JsonObject, closedSchemas: boolean) => {
    const { body, losses } = writeRequest(asked(schema), 'm', { closedSchemas })
    const strict = JSON.stringify(body).match(/"strict":(?:true|false)/g) ?? []
    return [strict.filter((one) => one.endsWith('true')).length, losses.map(({ path }) => path)]
  }
  expect(written(CLOSED, true)).toEqual([2, []])
  expect(written(OPTIONAL, true)).toEqual([0, ['tools[0].strict', 'response_format.json_schema.strict']])
  // Servers that hold their models to any schema.
  expect(written(OPTIONAL, false)).toEqual([2, []])
})

test('Gemini’s VALIDATED holds a model to schemas that are fit for it', () => {
  const request = geminiGenerate.readRequest(
    {
      contents: [{ parts: [{ text: 'Hi' }] }],
      tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object', properties: {} } }] }],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
    },
    { model: 'm' },
  )
  const { body, losses } = openaiChat.writeRequest(request, 'm', { closedSchemas: true })
  expect(JSON.stringify(body['tools'])).not.toContain('strict')
  expect(losses.map(({ path }) => path)).toEqual(['tools[0].strict'])
})

test('an object within may be one of several types, or stand among the definitions', () => {
  const within = (inner: JsonObject) => isStrictSchema({ ...CLOSED, properties: { ...PROPERTIES, b: inner } })
  expect(within({ type: ['string', 'null'] })).toBe(true)
  expect(within({ ...CLOSED, type: ['object', 'null'] })).toBe(true)
  expect(within({ type: ['object', 'null'] })).toBe(false)
  expect(isStrictSchema({ ...CLOSED, definitions: { c: { type: 'object' } } })).toBe(false)
})
