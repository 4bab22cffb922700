import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { ERRORS, GatewayError } from '../../core/errors.ts'
import { readError, readErrorBody, writeError } from './errors.ts'

// Bodies as Anthropic sends them: https://platform.claude.com/docs/en/api/errors
const body = (type: string, message: string): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' })

test.each([
  [400, body('invalid_request_error', 'max_tokens: Field required'), 'upstream_rejected'],
  [400, body('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'), 'context_length_exceeded'],
  [
    400,
    body('invalid_request_error', 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000'),
    'context_length_exceeded',
  ],
  [
    400,
    body('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    'upstream_quota_exhausted',
  ],
  [401, body('authentication_error', 'invalid x-api-key'), 'upstream_auth_failed'],
  [403, body('permission_error', 'Your API key does not have permission.'), 'upstream_auth_failed'],
  [404, body('not_found_error', 'model: claude-9'), 'upstream_model_missing'],
  [413, body('request_too_large', 'Request exceeds the maximum size'), 'upstream_rejected'],
  [429, body('rate_limit_error', 'Number of request tokens has exceeded your limit'), 'upstream_rate_limited'],
  [500, body('api_error', 'Internal server error'), 'upstream_error'],
  [504, body('timeout_error', 'Request timed out'), 'upstream_timeout'],
  [529, body('overloaded_error', 'Overloaded'), 'upstream_overloaded'],
  [502, '<html>Bad gateway</html>', 'upstream_error'],
] as const)('%i %s is %s', (status, text, code) => {
  expect(readError(status, {}, text).code).toBe(code)
})

const event = (type: string, message: string) => ({ type: 'error', error: { type, message } })

test('an error within a stream is classified by its type', () => {
  expect(readErrorBody(undefined, {}, event('overloaded_error', 'Overloaded')).code).toBe('upstream_overloaded')
  expect(readErrorBody(undefined, {}, event('rate_limit_error', 'Slow')).code).toBe('upstream_rate_limited')
  expect(readErrorBody(undefined, {}, event('api_error', 'Oops')).code).toBe('upstream_error')
})

const CLASSES = {
  400: Anthropic.BadRequestError,
  401: Anthropic.AuthenticationError,
  403: Anthropic.PermissionDeniedError,
  404: Anthropic.NotFoundError,
  429: Anthropic.RateLimitError,
  500: Anthropic.InternalServerError,
} as const

test.each(Object.keys(ERRORS))('%s is an error the SDK knows by status and type', async (code) => {
  const error = new GatewayError(code as keyof typeof ERRORS, 'Said to the client.', { param: 'model' })
  const fetch = () => Promise.resolve(Response.json(writeError(error), { status: error.status }))
  const client = new Anthropic({ apiKey: 'unused', maxRetries: 0, fetch })
  const asked = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'x' }] }
  const thrown = await client.messages.create(asked).catch((caught: unknown) => caught)
  expect(thrown).toMatchObject({ status: error.status, apiMessage: 'Said to the client.', error: { error: { code } } })
  expect((thrown as { type: string }).type).toMatch(/_error$|^request_too_large$/)
  const known = CLASSES[error.status as keyof typeof CLASSES]
  if (known !== undefined) expect(thrown).toBeInstanceOf(known)
})
