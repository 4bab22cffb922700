import { expect, test } from 'vitest'
import { readError } from './errors.ts'

const body = (message: string, rest: object = {}): string => JSON.stringify({ error: { message, ...rest } })

test.each([
  [400, body('bad temperature', { param: 'temperature' }), 'upstream_rejected'],
  [400, body('too long', { code: 'context_length_exceeded' }), 'context_length_exceeded'],
  [401, body('Incorrect API key provided: sk-abc'), 'upstream_auth_failed'],
  [404, body('no such model', { code: 'model_not_found' }), 'upstream_model_missing'],
  [429, body('slow down'), 'upstream_rate_limited'],
  [429, body('pay first', { code: 'insufficient_quota' }), 'upstream_quota_exhausted'],
  [500, body('oops'), 'upstream_error'],
  [503, 'overloaded', 'upstream_overloaded'],
  [302, '', 'upstream_error'],
] as const)('%i %s is %s', (status, text, code) => {
  expect(readError(status, {}, text).code).toBe(code)
})

test('the client reads the model’s words about its own request, and only those', () => {
  expect(readError(400, {}, body('bad temperature', { param: 'temperature' }))).toMatchObject({
    message: 'bad temperature',
    param: 'temperature',
  })
  expect(readError(401, {}, body('Incorrect API key provided: sk-abc')).message).not.toContain('sk-abc')
  expect(readError(502, {}, '<html>bad gateway</html>').message).toBe('The model failed without saying why.')
})

test('what an upstream says is not logged: it quotes prompts and keys', () => {
  for (const status of [400, 401, 429, 500]) {
    expect(JSON.stringify(readError(status, {}, body('you said SECRET')).detail)).not.toContain('SECRET')
  }
})

// Bodies as the providers' own error pages and issues show them.
test.each([
  [
    'Mistral',
    400,
    '{"object":"error","message":"Unexpected role \'user\' after role \'tool\'","type":"invalid_request_message_order","param":null,"code":"3230"}',
    'upstream_rejected',
    "Unexpected role 'user' after role 'tool'",
  ],
  [
    'Mistral, of a member',
    422,
    '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","user"],"msg":"Extra inputs are not permitted"}]},"type":"invalid_request_error","param":null,"code":null}',
    'upstream_rejected',
    'user: Extra inputs are not permitted',
  ],
  [
    'vLLM',
    400,
    '{"object":"error","message":"This model\'s maximum context length is 8192 tokens.","type":"BadRequestError","param":null,"code":400}',
    'context_length_exceeded',
    "This model's maximum context length is 8192 tokens.",
  ],
  ['LM Studio', 400, '{"error":"Invalid tool_choice type"}', 'upstream_rejected', 'Invalid tool_choice type'],
  [
    'TGI',
    422,
    '{"error":"Input validation error: `inputs` must have less than 1 tokens","error_type":"validation"}',
    'context_length_exceeded',
    'Input validation error: `inputs` must have less than 1 tokens',
  ],
  [
    'xAI',
    400,
    '{"code":"Client specified an invalid argument","error":"Model grok-4 does not support parameter stop."}',
    'upstream_rejected',
    'Model grok-4 does not support parameter stop.',
  ],
  [
    'Groq',
    400,
    '{"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=f>{}"}}',
    'upstream_error',
    'Failed to call a function.',
  ],
  [
    'Perplexity',
    400,
    '{"error":{"message":"Last message must have role `user`.","type":"invalid_message","code":400}}',
    'upstream_rejected',
    'Last message must have role `user`.',
  ],
  ['OpenRouter', 402, '{"error":{"message":"Insufficient credits","code":402}}', 'upstream_quota_exhausted', undefined],
  [
    'DeepSeek',
    402,
    '{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}',
    'upstream_quota_exhausted',
    undefined,
  ],
  [
    'Azure',
    400,
    '{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400}}',
    'content_filtered',
    'The response was filtered',
  ],
] as const)('%s', (_who, status, text, code, message) => {
  const error = readError(status, {}, text)
  expect(error.code).toBe(code)
  if (message !== undefined) expect(error.message).toBe(message)
})

// As their servers' sources and users' reports have them.
test.each([
  ['xAI', 400, "This model's maximum prompt length is 131072 but the request contains 140000 tokens."],
  ['llama.cpp', 400, 'the request exceeds the available context size, try increasing it'],
  ['SGLang', 400, "The input (5000 tokens) is longer than the model's context length (4096 tokens)."],
  ['LM Studio', 400, 'The number of tokens to keep from the initial prompt is greater than the context length.'],
  [
    'Together',
    422,
    '`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 1 `max_new_tokens`',
  ],
  ['Moonshot', 400, 'Invalid request: Your request exceeded model token limit: 8192'],
  ['Alibaba', 400, 'Range of input length should be [1, 129024]'],
  ['a proxy of Anthropic', 400, 'prompt is too long: 210000 tokens > 200000 maximum'],
])('a prompt that is too long in the words of %s is one for a larger model', (_who, status, message) => {
  expect(readError(status, {}, body(message)).code).toBe('context_length_exceeded')
})

test('what an account may not send is another’s to answer, as is a tier without room', () => {
  const tooMany = body('Request too large for model `m` on tokens per minute (TPM)', { code: 'rate_limit_exceeded' })
  expect(readError(413, {}, tooMany).code).toBe('upstream_rate_limited')
  expect(readError(413, {}, body('too large')).code).toBe('upstream_rejected')
  expect(readError(498, {}, body('flex capacity exceeded')).code).toBe('upstream_overloaded')
})
