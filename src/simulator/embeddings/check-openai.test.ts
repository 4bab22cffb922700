import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { checkEmbeddings } from './check-openai.ts'

const check = (body: JsonObject) => checkEmbeddings({ model: 'text-embedding-3-small', input: 'hello', ...body })

test('what OpenAI accepts is accepted', () => {
  const bodies: readonly JsonObject[] = [
    {},
    { input: ['a', ' '], dimensions: 1_536, encoding_format: 'base64', user: 'u' },
    { input: [1, 2, 3] },
    { input: [[1], [2, 3]], encoding_format: 'float' },
    { input: Array.from({ length: 2_048 }, () => 'a') },
    { input: 'abcd'.repeat(8_192) },
    { input: [Array.from({ length: 8_192 }, () => 1)] },
    { model: 'text-embedding-3-large', dimensions: 3_072 },
    { dimensions: null, encoding_format: null, user: null },
  ]
  for (const body of bodies) expect(check(body), JSON.stringify(body).slice(0, 100)).toBeUndefined()
})

test.each<[string, JsonObject, string | RegExp, string | null, string | null]>([
  ['no input', { input: undefined }, "Missing required parameter: 'input'.", 'input', 'missing_required_parameter'],
  ['an empty list', { input: [] }, /^'\$\.input' is invalid\. Please check the API reference/, null, null],
  ['input of another kind', { input: { text: 'a' } }, /^'\$\.input' is invalid/, null, null],
  ['null', { input: null }, /^'\$\.input' is invalid/, null, null],
  ['a mixed list', { input: ['a', 1] }, /^'\$\.input' is invalid/, null, null],
  ['a list with an empty list', { input: [[1], []] }, /^'\$\.input' is invalid/, null, null],
  ['tokens that are no whole numbers', { input: [1.5] }, /^'\$\.input' is invalid/, null, null],
  ['an empty text', { input: '' }, "Invalid 'input': input cannot be an empty string.", null, null],
  ['an empty text in a list', { input: ['a', ''] }, "Invalid 'input[1]': input cannot be an empty string.", null, null],
  [
    '2,049 inputs',
    { input: Array.from({ length: 2_049 }, () => 'a') },
    "Invalid 'input': array length must be 2048 or less.",
    null,
    null,
  ],
  [
    '8,193 tokens',
    { input: ['a', 'abcd'.repeat(8_193)] },
    "Invalid 'input[1]': maximum input length is 8192 tokens.",
    null,
    null,
  ],
  [
    '300,001 tokens in all',
    { input: Array.from({ length: 37 }, () => 'abcd'.repeat(8_192)) },
    "Invalid 'input': maximum request size is 300000 tokens per request.",
    null,
    null,
  ],
  [
    'more dimensions than the model has',
    { dimensions: 1_537 },
    "Invalid value for 'dimensions' = 1537. Must be less than or equal to 1536.",
    null,
    null,
  ],
  [
    'no dimensions',
    { dimensions: 0 },
    /below minimum value. Expected a value >= 1, but got 0 instead/,
    'dimensions',
    'integer_below_min_value',
  ],
  ['dimensions as text', { dimensions: '256' }, /expected an integer, but got a string/, 'dimensions', 'invalid_type'],
  [
    'dimensions of the old model',
    { model: 'text-embedding-ada-002', dimensions: 1_536 },
    'This model does not support specifying dimensions.',
    null,
    null,
  ],
  [
    'an unknown encoding',
    { encoding_format: 'hex' },
    "Invalid value: 'hex'. Supported values are: 'float', and 'base64'.",
    'encoding_format',
    'invalid_value',
  ],
  ['a user that is no text', { user: 1 }, /expected a string/, 'user', 'invalid_type'],
  ['an unknown member', { input_type: 'query' }, 'Unrecognized request argument supplied: input_type', null, null],
])('%s is refused', (_name, body, message, param, code) => {
  const words = typeof message === 'string' ? message : expect.stringMatching(message)
  expect(check(body)).toEqual({ status: 400, type: 'invalid_request_error', message: words, param, code })
})
