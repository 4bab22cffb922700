import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { seal } from '../signature.ts'
import { readCall } from './read-call.ts'
import { REQUEST_SHAPE } from './request-shape.ts'

const hello = { role: 'user', parts: [{ text: 'hello' }] }
const called = { functionCall: { name: 'get_weather', args: {} } }
const asked = { role: 'model', parts: [called] }
const response = { functionResponse: { name: 'get_weather', response: { result: 'sunny' } } }
const answered = { role: 'user', parts: [response] }
const loop = { contents: [hello, asked, answered] }
const schema = { type: 'OBJECT', properties: { city: { type: 'STRING' } } }
const OLD = '/v1beta/models/gemini-2.5-flash:generateContent'
const NEW = '/v1beta/models/gemini-3-pro:generateContent'
const GEMMA = '/v1beta/models/gemma-3-27b-it:generateContent'
const VERTEX = '/v1/projects/p/locations/eu/publishers/google/models/gemini-2.5-flash:generateContent'

function refusal(change: JsonObject, path = OLD): string | undefined {
  const read = readCall({ contents: [hello], ...change }, path, REQUEST_SHAPE)
  if (!('status' in read)) return undefined
  expect(read.status).toBe(400)
  return read.message
}

const declare = (declaration: JsonObject): JsonObject => ({ tools: [{ functionDeclarations: [declaration] }] })
const withSchema = (parameters: JsonObject): JsonObject => declare({ name: 'f', parameters })
const property = (value: JsonObject): JsonObject => withSchema({ type: 'OBJECT', properties: { x: value } })
const model = (...parts: JsonObject[]): JsonObject => ({ contents: [hello, { role: 'model', parts }, answered] })

test('what Gemini accepts is accepted', () => {
  const accepted: readonly (readonly [JsonObject, string?])[] = [
    [{}],
    [{ contents: [{ parts: [{ text: 'x' }] }] }],
    [{ contents: [hello, hello] }],
    [{ system_instruction: { parts: [{ text: 'x' }] }, generation_config: { max_output_tokens: 3 } }],
    [loop],
    [{ contents: [hello, { role: 'model', parts: [called, called] }, { role: 'user', parts: [response, response] }] }],
    [
      declare({
        name: 'a.b:c-d',
        description: '',
        parametersJsonSchema: { $ref: '#/$defs/x', const: 1, additionalProperties: false },
      }),
    ],
    [
      withSchema({
        ...schema,
        properties: { x: { type: 'ARRAY', items: { type: 'STRING', enum: ['a'] }, nullable: true } },
        required: ['x'],
      }),
    ],
    [
      {
        generationConfig: {
          responseMimeType: 'application/json',
          responseSchema: schema,
          thinkingConfig: { thinkingBudget: 0 },
        },
      },
    ],
    [model({ ...called, thoughtSignature: seal('gemini', 'x') }), NEW],
    [model({ ...called, thoughtSignature: 'skip_thought_signature_validator' }), NEW],
    // An earlier turn needs no signatures.
    [{ contents: [hello, asked, answered, { role: 'model', parts: [{ text: 'sunny' }] }, hello] }, NEW],
    [
      {
        contents: [
          hello,
          { role: 'model', parts: [{ ...called, thoughtSignature: seal('gemini', 'x') }] },
          {
            role: 'user',
            parts: [
              {
                functionResponse: {
                  ...response.functionResponse,
                  parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
                },
              },
            ],
          },
        ],
      },
      NEW,
    ],
    [{}, VERTEX],
  ]
  for (const [change, path] of accepted) expect(refusal(change, path), JSON.stringify(change)).toBeUndefined()
})

test.each<[string, JsonObject, string | RegExp, string?]>([
  ['no contents', { contents: [] }, /contents: contents is not specified/],
  ['an unknown member', { messages: [] }, 'Invalid JSON payload received. Unknown name "messages": Cannot find field.'],
  [
    'an unknown member of a part',
    { contents: [{ parts: [{ text: 'x', extra: 1 }] }] },
    `Invalid JSON payload received. Unknown name "extra" at 'contents[0].parts[0]': Cannot find field.`,
  ],
  [
    'a system role',
    { contents: [{ role: 'system', parts: [{ text: 'x' }] }] },
    'Please use a valid role: user, model.',
  ],
  [
    'an assistant',
    { contents: [hello, { role: 'assistant', parts: [{ text: 'x' }] }] },
    'Please use a valid role: user, model.',
  ],
  ['no role at Vertex', { contents: [{ parts: [{ text: 'x' }] }] }, 'Please use a valid role: user, model.', VERTEX],
  ['no parts', { contents: [{ role: 'user', parts: [] }] }, /contents\[0\].parts: contents.parts must not be empty/],
  [
    'a part of nothing',
    { contents: [{ parts: [{ thought: true }] }] },
    /parts\[0\].data: required oneof field 'data' must have one initialized field/,
  ],
  ['a part of two things', { contents: [{ parts: [{ text: 'x', ...called }] }] }, /oneof field 'data' is already set/],
  [
    'text that is a number',
    { contents: [{ parts: [{ text: 1 }] }] },
    `Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 1`,
  ],
  [
    'fewer responses than calls',
    { contents: [hello, { role: 'model', parts: [called, called] }, answered] },
    /number of function response parts is equal/,
  ],
  [
    'more responses than calls',
    { contents: [hello, asked, { role: 'user', parts: [response, response] }] },
    /number of function response parts is equal/,
  ],
  [
    'responses in two contents',
    { contents: [hello, { role: 'model', parts: [called, called] }, answered, answered] },
    /number of function response parts is equal/,
  ],
  ['calls without responses', { contents: [hello, asked, hello] }, /number of function response parts is equal/],
  [
    'a response without its call',
    { contents: [hello, answered] },
    /function response turn comes immediately after a function call turn/,
  ],
  [
    'a call after the model’s words',
    { contents: [hello, { role: 'model', parts: [{ text: 'x' }] }, asked, answered] },
    /function call turn comes immediately after a user turn/,
  ],
  [
    'a response without a name',
    { contents: [hello, asked, { role: 'user', parts: [{ functionResponse: { response: {} } }] }] },
    /function_response.name: Name cannot be empty/,
  ],
  [
    'a call without a name',
    { contents: [hello, { role: 'model', parts: [{ functionCall: { args: {} } }] }, answered] },
    /function_call.name: Name cannot be empty/,
  ],
  [
    'a response that is text',
    { contents: [hello, asked, { role: 'user', parts: [{ functionResponse: { name: 'f', response: 'sunny' } }] }] },
    /function_response.response' \(type.googleapis.com\/google.protobuf.Struct\), "sunny"/,
  ],
  [
    'arguments that are text',
    { contents: [hello, { role: 'model', parts: [{ functionCall: { name: 'f', args: '{}' } }] }, answered] },
    /function_call.args' \(type.googleapis.com\/google.protobuf.Struct\)/,
  ],
  [
    'an image beside its response, before Gemini 3',
    {
      contents: [
        hello,
        asked,
        { role: 'user', parts: [response, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
      ],
    },
    /number of function response parts is equal/,
  ],
  [
    'a search beside functions, before Gemini 3',
    { tools: [{ functionDeclarations: [{ name: 'f' }] }, { googleSearch: {} }] },
    'Tool use with function calling is unsupported',
  ],
  [
    'a schema by its first name without a type',
    { generationConfig: { _responseJsonSchema: { type: 'object' } } },
    /response_mime_type must be application\/json/,
  ],
  [
    'an instruction for Gemma',
    { systemInstruction: { parts: [{ text: 'x' }] } },
    'Developer instruction is not enabled for models/gemma-3-27b-it',
    GEMMA,
  ],
  [
    'JSON from Gemma',
    { generationConfig: { responseMimeType: 'application/json' } },
    'JSON mode is not enabled for models/gemma-3-27b-it',
    GEMMA,
  ],
  [
    'a response with parts, before Gemini 3',
    {
      contents: [
        hello,
        asked,
        { role: 'user', parts: [{ functionResponse: { ...response.functionResponse, parts: [] } }] },
      ],
    },
    /Multimodal function response/,
  ],
  [
    'a call without its signature, at Gemini 3',
    loop,
    /^Function call is missing a thought_signature in functionCall parts.*`default_api:get_weather` , position 2/,
    NEW,
  ],
  [
    'a foreign signature, at Gemini 3',
    model({ ...called, thoughtSignature: btoa('foreign') }),
    'Corrupted thought signature.',
    NEW,
  ],
  [
    'a signature of Claude’s',
    model({ ...called, thoughtSignature: seal('claude', 'x') }),
    'Corrupted thought signature.',
  ],
  [
    'a signature that is not base64',
    model({ ...called, thoughtSignature: 'not base64!' }),
    /\(TYPE_BYTES\), Base64 decoding failed for "not base64!"/,
    NEW,
  ],
  [
    'data that is not base64',
    { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: 'data:image/png;base64,AAAA' } }] }] },
    /Base64 decoding failed/,
  ],
  [
    'data without a type',
    { contents: [{ parts: [{ inlineData: { data: 'AAAA' } }] }] },
    /mime_type: must not be empty/,
  ],
  [
    '$ref',
    property({ $ref: '#/$defs/x' }),
    `Invalid JSON payload received. Unknown name "$ref" at 'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field.`,
  ],
  [
    '$schema',
    withSchema({ ...schema, $schema: 'x' }),
    /Unknown name "\$schema" at 'tools\[0\].function_declarations\[0\].parameters'/,
  ],
  ['const', property({ type: 'STRING', const: 'x' }), /Unknown name "const"/],
  [
    'additionalProperties',
    withSchema({ ...schema, additionalProperties: false }),
    /Unknown name "additionalProperties"/,
  ],
  ['oneOf', property({ oneOf: [] }), /Unknown name "oneOf"/],
  ['exclusiveMinimum', property({ type: 'INTEGER', exclusiveMinimum: 1 }), /Unknown name "exclusiveMinimum"/],
  [
    'a list of types',
    property({ type: ['string', 'null'] }),
    /Unknown name "type" at .*: Proto field is not repeating, cannot start list/,
  ],
  ['an unknown type', property({ type: 'dict' }), /\.value\.type'/],
  ['no type', property({ description: 'x' }), /properties\[x\].type: must be specified when not using/],
  [
    'an empty object',
    withSchema({ type: 'OBJECT', properties: {} }),
    /parameters.properties: should be non-empty for OBJECT type/,
  ],
  ['parameters that are no object', withSchema({ type: 'STRING' }), /schema should be of type OBJECT/],
  [
    'properties of a string',
    property({ type: 'STRING', properties: { y: { type: 'STRING' } } }),
    /only allowed for OBJECT type/,
  ],
  ['a list of nothing', property({ type: 'ARRAY' }), /properties\[x\].items: missing field/],
  ['items of a string', property({ type: 'STRING', items: { type: 'STRING' } }), /field predicate failed/],
  ['an enum of numbers', property({ type: 'INTEGER', enum: [1] }), /enum\[0\]' \(TYPE_STRING\), 1/],
  ['an enum of integers as text', property({ type: 'INTEGER', enum: ['1'] }), /enum: only allowed for STRING type/],
  [
    'a format',
    property({ type: 'STRING', format: 'uri' }),
    /only 'enum' and 'date-time' are supported for STRING type/,
  ],
  [
    'a required member that is none',
    withSchema({ ...schema, required: ['town'] }),
    /required\[0\]: property is not defined/,
  ],
  ['a name that begins with a digit', declare({ name: '1a' }), /Invalid function name/],
  ['a name of 65', declare({ name: 'a'.repeat(65) }), /Invalid function name/],
  ['a name with a space', declare({ name: 'a b' }), /Invalid function name/],
  [
    'a name twice',
    { tools: [{ functionDeclarations: [{ name: 'a' }, { name: 'a' }] }] },
    'Duplicate function declaration found: a',
  ],
  [
    'both kinds of schema',
    declare({ name: 'a', parameters: schema, parametersJsonSchema: {} }),
    /only one of parameters and parameters_json_schema/,
  ],
  [
    'allowed names without ANY',
    { ...declare({ name: 'a' }), toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['a'] } } },
    /should only be set when the Mode is ANY/,
  ],
  [
    'an allowed name that is none',
    { ...declare({ name: 'a' }), toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['b'] } } },
    /b is not one of the function declarations/,
  ],
  [
    'ANY without functions',
    { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
    /without function_declarations/,
  ],
  ['an unknown mode', { toolConfig: { functionCallingConfig: { mode: 'REQUIRED' } } }, /function_calling_config.mode'/],
  [
    'JSON and functions, before Gemini 3',
    { ...declare({ name: 'a' }), generationConfig: { responseMimeType: 'application/json' } },
    /Function calling with a response mime type/,
  ],
  [
    'a schema for text',
    { generationConfig: { responseSchema: schema } },
    /response_mime_type must be application\/json/,
  ],
  [
    'six stops',
    { generationConfig: { stopSequences: ['1', '2', '3', '4', '5', '6'] } },
    /stop_sequences: must have at most 5/,
  ],
  [
    'budget and level',
    { generationConfig: { thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } } },
    /only one of thinking budget and thinking level/,
  ],
  [
    'an image as instruction',
    { systemInstruction: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] } },
    /only text parts are supported/,
  ],
  ['an empty word in an enum', property({ type: 'STRING', enum: ['a', ''] }), /enum\[0\]: cannot be empty/],
  [
    'an instruction of nothing',
    { systemInstruction: { parts: [] } },
    /system_instruction.parts: contents.parts must not be empty/,
  ],
  [
    'both kinds of answer schema',
    { generationConfig: { responseMimeType: 'application/json', responseSchema: schema, responseJsonSchema: {} } },
    /only one of response_schema and response_json_schema/,
  ],
])('%s is refused', (_name, change, message, path) => {
  expect(refusal(change, path)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
})
