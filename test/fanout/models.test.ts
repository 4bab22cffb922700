import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { FORMATS } from '../../src/simulator/formats.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { ownHistory } from '../../src/wire/anthropic-messages/own-history.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'

// One body of Messages for every Claude: made to fit where the gateway chose it, and written for Bedrock; one of Gemini's
// for every Gemini. The simulator refuses by the model's name (src/simulator/claude-rules.ts).

const MODELS = [
  'claude-3-5-haiku-20241022',
  'claude-sonnet-4-20250514',
  'claude-opus-4-1-20250805',
  'claude-sonnet-4-5-20250929',
  'claude-sonnet-4-6',
  'claude-opus-4-8',
  'claude-opus-5',
  'claude-opus-5-5',
  'claude-fable-5-1',
]

const USER = { role: 'user', content: 'Hi' }
const TOOL = { name: 'get', input_schema: { type: 'object', properties: {} } }
const OPEN = {
  type: 'object',
  properties: { a: { type: 'array', items: { type: 'object', properties: {} }, maxItems: 3 } },
}
const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }

const THINKING: readonly JsonObject[] = [
  {},
  { thinking: { type: 'adaptive' } },
  { thinking: { type: 'enabled', budget_tokens: 2_048 } },
  { thinking: { type: 'disabled' } },
  { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } },
]
const REST: readonly JsonObject[] = [
  {},
  { temperature: 0.3, top_p: 0.9, top_k: 5 },
  { tools: [TOOL], tool_choice: { type: 'any' } },
  { messages: [USER, { role: 'assistant', content: 'One,' }] },
]
const BODIES = THINKING.flatMap((thinking) =>
  REST.map((rest): JsonObject => ({ model: 'auto', max_tokens: 4_000, messages: [USER], ...thinking, ...rest })),
)

function refusal(id: string, body: JsonObject, path: string): string | undefined {
  const format = FORMATS.find((one) => one.id === id)
  const sent: unknown = JSON.parse(JSON.stringify(body))
  if (format === undefined || !isJsonObject(sent)) throw new Error(`The simulator does not speak ${id}.`)
  const call = format.readCall(sent, path)
  return 'status' in call ? call.message : undefined
}

/** What a Gemini client may have written for any of them. */
const GENERATE: readonly JsonObject[] = [
  {},
  { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
  { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } },
  { generationConfig: { responseMimeType: 'application/json', _responseJsonSchema: CLOSED } },
  { tools: [{ googleSearch: {} }] },
]
const FUNCTIONS = { functionDeclarations: [{ name: 'get', parametersJsonSchema: { type: 'object' } }] }
const SHOWN = { name: 'get', response: {}, parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }
const LOOP = [
  { role: 'user', parts: [{ text: 'Hi' }] },
  {
    role: 'model',
    parts: [{ functionCall: { name: 'get', args: {} }, thoughtSignature: 'skip_thought_signature_validator' }],
  },
  { role: 'user', parts: [{ functionResponse: SHOWN }] },
]

test.each(['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-3-pro-preview', 'gemma-3-27b-it'])(
  '%s takes what was made to fit it',
  (model) => {
    const plain = GENERATE.flatMap((one) => GENERATE.map((other) => ({ contents: LOOP.slice(0, 1), ...one, ...other })))
    const mixed = plain.map((body) => ({ ...body, contents: LOOP, tools: [FUNCTIONS, { urlContext: {} }] }))
    for (const body of model.startsWith('gemma') ? plain.filter((one) => !('tools' in one)) : [...plain, ...mixed]) {
      const fitted = geminiGenerate.fitModel?.(body, { model, facts: {} }, () => undefined) ?? body
      const path = `/v1beta/models/${model}:generateContent`
      expect(refusal('gemini-generate', fitted, path), JSON.stringify(body)).toBeUndefined()
    }
  },
)

describe.each(MODELS)('%s', (model) => {
  test('takes what was made to fit it', () => {
    const schema = { output_config: { format: { type: 'json_schema', schema: CLOSED } } }
    for (const body of [...BODIES, ...BODIES.map((one) => ({ ...one, ...schema }))]) {
      const fitted = anthropicMessages.fitModel?.(body, { model, facts: {} }, () => undefined) ?? body
      // As its provider does with every body.
      const own = ownHistory({ ...fitted, model }, model, () => undefined)
      expect(refusal('anthropic-messages', own, '/v1/messages'), JSON.stringify(body)).toBeUndefined()
    }
  })

  test('takes what was written for it, at Anthropic and on Bedrock', () => {
    const schema = { output_config: { format: { type: 'json_schema', schema: OPEN } } }
    for (const body of [...BODIES, ...BODIES.map((one) => ({ ...one, ...schema }))]) {
      const request = anthropicMessages.readRequest(body)
      const direct = anthropicMessages.writeRequest(request, model).body
      expect(refusal('anthropic-messages', direct, '/v1/messages'), JSON.stringify(body)).toBeUndefined()
      const there = `us.anthropic.${model}-v1:0`
      const converse = bedrockConverse.writeRequest(request, there).body
      expect(refusal('bedrock-converse', converse, `/model/${there}/converse`), JSON.stringify(body)).toBeUndefined()
    }
  })
})
