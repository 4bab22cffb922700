import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { checkRequest } from './check-request.ts'

const check = (body: JsonObject) => checkRequest({ model: 'ok', prompt: 'Once', ...body })

test('what OpenAI accepts is accepted', () => {
  const bodies: readonly JsonObject[] = [
    {},
    { prompt: undefined },
    { prompt: null },
    { prompt: '' },
    { prompt: ['a', 'b'], n: 2, best_of: 3 },
    { prompt: [1, 2] },
    { prompt: [[1], [2, 3]] },
    { stream: true, stream_options: { include_usage: true }, n: 2, best_of: 2 },
    { max_tokens: 0, echo: true, logprobs: 5 },
    { temperature: 2, top_p: 0, presence_penalty: -2, frequency_penalty: 2, seed: 1, user: 'u', stop: ['a', 'b'] },
    { model: 'gpt-3.5-turbo-instruct', suffix: 'end', logit_bias: { '50256': -100 }, logprobs: 0 },
    { model: 'gpt-3.5-turbo-instruct', prompt: 'abcd'.repeat(4_000), max_tokens: 97 },
    { max_tokens: null, stop: null, echo: null, logprobs: null, n: null, suffix: null },
  ]
  for (const body of bodies) expect(check(body), JSON.stringify(body).slice(0, 100)).toBeUndefined()
})

test.each<[string, JsonObject, string | RegExp, string | null, string | null]>([
  ['a prompt of another kind', { prompt: { text: 'a' } }, /^Invalid type for 'prompt'/, 'prompt', 'invalid_type'],
  ['an empty list', { prompt: [] }, /^Invalid type for 'prompt'/, 'prompt', 'invalid_type'],
  ['messages', { messages: [] }, 'Unrecognized request argument supplied: messages', null, null],
  ['six alternatives', { logprobs: 6 }, /Expected a value <= 5, but got 6/, 'logprobs', 'integer_above_max_value'],
  ['too many choices', { n: 129 }, /Expected a value <= 128/, 'n', 'integer_above_max_value'],
  ['a negative limit', { max_tokens: -1 }, /Expected a value >= 0/, 'max_tokens', 'integer_below_min_value'],
  ['heat', { temperature: 2.5 }, /Expected a value <= 2/, 'temperature', 'decimal_above_max_value'],
  ['echo as a word', { echo: 'yes' }, /expected a boolean/, 'echo', 'invalid_type'],
  ['five stops', { stop: ['a', 'b', 'c', 'd', 'e'] }, /maximum length 4/, 'stop', 'array_above_max_length'],
  ['options without a stream', { stream_options: {} }, /only allowed when 'stream' is enabled/, 'stream_options', null],
  ['a bias that is a list', { logit_bias: [] }, /expected an object/, 'logit_bias', 'invalid_type'],
  ['a suffix that is a list', { suffix: [] }, /expected a string/, 'suffix', 'invalid_type'],
  [
    'more choices than candidates',
    { n: 3, best_of: 2 },
    /^You requested that the server return more choices than it will generate \(HINT: you must set 'n' \(currently 3\) to be at most 'best_of' \(currently 2\)/,
    null,
    null,
  ],
  ['candidates in a stream', { stream: true, best_of: 2 }, /cannot be streamed/, 'best_of', null],
  [
    'nothing at all',
    { max_tokens: 0 },
    /^You requested a length 0 completion, but you did not set the 'echo' parameter/,
    null,
    null,
  ],
  [
    'probabilities of an echo from the instruct model',
    { model: 'gpt-3.5-turbo-instruct', echo: true, logprobs: 1 },
    "Setting 'echo' and 'logprobs' at the same time is not supported for this model.",
    null,
    null,
  ],
  [
    'a suffix for another model',
    { model: 'davinci-002', suffix: 'x' },
    /'suffix' parameter is not supported/,
    'suffix',
    null,
  ],
  [
    'more than the context',
    { model: 'gpt-3.5-turbo-instruct', prompt: 'abcd'.repeat(4_000), max_tokens: 98 },
    "This model's maximum context length is 4097 tokens, however you requested 4098 tokens (4000 in your prompt; 98 for the completion). Please reduce your prompt; or completion length.",
    null,
    null,
  ],
])('%s is refused', (_name, body, message, param, code) => {
  const words = typeof message === 'string' ? message : expect.stringMatching(message)
  expect(check(body)).toEqual({ status: 400, type: 'invalid_request_error', message: words, param, code })
})

test.each(['gpt-4o', 'openai/gpt-5-mini', 'o3', 'gpt-3.5-turbo', 'gpt-5/cut@5'])('%s is a chat model', (model) => {
  expect(check({ model })).toMatchObject({
    status: 404,
    param: 'model',
    message: expect.stringContaining('chat model'),
  })
})

test.each(['gpt-3.5-turbo-instruct', 'davinci-002', 'babbage-002', 'ok', 'any/cut@5'])('%s is none', (model) => {
  expect(check({ model })).toBeUndefined()
})
