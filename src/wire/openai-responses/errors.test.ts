import { expect, test } from 'vitest'
import { GatewayError } from '../../core/errors.ts'
import { readError, writeStreamError } from './errors.ts'
import { createReader } from './read-stream.ts'

// Bodies as recorded: https://github.com/vercel/ai, packages/openai/src/responses/__fixtures__ (Apache-2.0).
const QUOTA = {
  type: 'insufficient_quota',
  code: 'insufficient_quota',
  message: 'You exceeded your current quota, please check your plan and billing details.',
  param: null,
}
const TEMPERATURE = {
  message: "Unsupported parameter: 'temperature' is not supported with this model.",
  type: 'invalid_request_error',
  param: 'temperature',
  code: null,
}

test.each([
  [429, QUOTA, 'upstream_quota_exhausted'],
  [400, TEMPERATURE, 'upstream_rejected'],
  [401, { message: 'Incorrect API key provided: sk-abc', code: 'invalid_api_key' }, 'upstream_auth_failed'],
  [404, { message: 'no such model', code: 'model_not_found' }, 'upstream_model_missing'],
  [500, { message: 'oops', type: 'server_error' }, 'upstream_error'],
] as const)('%i %j is %s', (status, error, code) => {
  expect(readError(status, {}, JSON.stringify({ error })).code).toBe(code)
})

test('the field at fault is passed on', () => {
  expect(readError(400, {}, JSON.stringify({ error: TEMPERATURE }))).toMatchObject({
    message: TEMPERATURE.message,
    param: 'temperature',
  })
})

function thrownBy(event: object): unknown {
  try {
    createReader().push({ event: undefined, data: JSON.stringify(event) })
  } catch (thrown) {
    return thrown
  }
  return undefined
}

test.each([
  ['nested, as sent', { type: 'error', sequence_number: 2, error: QUOTA }, 'upstream_quota_exhausted'],
  ['flat, as documented', { ...QUOTA, type: 'error', sequence_number: 2 }, 'upstream_quota_exhausted'],
  [
    'of a failed response',
    {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow.' } },
    },
    'upstream_rate_limited',
  ],
  ['without a type', { error: { message: 'oops' } }, 'upstream_error'],
])('an error event, %s', (_, event, code) => {
  expect(thrownBy(event)).toMatchObject({ code })
})

test('a gateway behind a gateway reads its own error event', () => {
  const [, data = ''] = writeStreamError(new GatewayError('upstream_timeout', 'Too slow.')).split('\ndata: ')
  expect(thrownBy(JSON.parse(data))).toMatchObject({ message: 'Too slow.' })
})
