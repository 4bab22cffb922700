import { describe, expect, test } from 'vitest'
import { cohereChat } from '../../src/wire/cohere-chat/index.ts'

describe('errors', () => {
  const body = (message: string) => JSON.stringify({ id: '1', message })
  test.each([
    // The messages of https://docs.cohere.com/reference/errors
    [400, 'invalid request: list of documents must not be empty', 'upstream_rejected'],
    [
      400,
      'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a shorter prompt, or enabling prompt truncating.',
      'context_length_exceeded',
    ],
    [400, 'too many tokens: size limit exceeded by 11326 tokens.', 'context_length_exceeded'],
    [
      400,
      'too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - received 8192.',
      'upstream_rejected',
    ],
    [401, 'invalid api token', 'upstream_auth_failed'],
    [
      402,
      'Please add or update your payment method at https://dashboard.cohere.com/billing',
      'upstream_quota_exhausted',
    ],
    [404, "model 'c' not found, make sure the correct model ID was used", 'upstream_model_missing'],
    [429, 'You are using a Trial key, which is limited to 20 API calls / minute.', 'upstream_rate_limited'],
    [499, 'request cancelled', 'upstream_rejected'],
    [500, 'internal server error', 'upstream_error'],
    [503, 'overloaded', 'upstream_overloaded'],
  ])('%i %s is %s', (status, message, code) => {
    expect(cohereChat.readError(status, {}, body(message)).code).toBe(code)
  })
  test('the client reads the words about his own request', () => {
    expect(cohereChat.readError(400, {}, body('bad temperature')).message).toBe('bad temperature')
    expect(cohereChat.readError(502, {}, '<html>').message).toBe('The model failed without saying why.')
  })
})
