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
