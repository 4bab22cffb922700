import { expect, test } from 'vitest'
import type { ErrorCode } from '../core/errors.ts'
import { GatewayError } from '../core/errors.ts'
import { retryAfterMs } from './retry-after.ts'
import { retryWait } from './retry-delay.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')

function wait(code: ErrorCode, headers: Record<string, string> = {}, given: { tries?: number; leftMs?: number } = {}) {
  return retryWait(new GatewayError(code, 'x', { headers }), {
    tries: 1,
    settings: { retries: 1, maxRetryAfterMs: 10_000 },
    leftMs: 60_000,
    now: NOW,
    random: () => 0.5,
    ...given,
  })
}

test('only what the error table allows is tried again at the same target', () => {
  expect(wait('upstream_unreachable')).toBe(100)
  expect(wait('upstream_error')).toBeUndefined()
  expect(wait('upstream_unreachable', {}, { tries: 2 })).toBeUndefined()
})

test('retry-after is honoured where it fits', () => {
  expect(wait('upstream_rate_limited', { 'retry-after': '2' })).toBe(2_100)
  expect(wait('upstream_rate_limited', { 'retry-after': '2' }, { leftMs: 2_000 })).toBeUndefined()
  expect(wait('upstream_rate_limited', { 'retry-after': '11' })).toBeUndefined()
  expect(wait('upstream_rate_limited')).toBeUndefined()
  expect(wait('upstream_unreachable', { 'retry-after': '9'.repeat(400) })).toBeUndefined()
})

test('retry-after is read in seconds, milliseconds and as a date', () => {
  expect(retryAfterMs({ 'retry-after': '1.5' }, NOW)).toBe(1_500)
  expect(retryAfterMs({ 'retry-after-ms': '250', 'retry-after': '9' }, NOW)).toBe(250)
  expect(retryAfterMs({ 'retry-after': 'Sat, 28 Nov 2026 12:00:30 GMT' }, NOW)).toBe(30_000)
  expect(retryAfterMs({ 'retry-after': 'Sat, 28 Nov 2026 11:00:00 GMT' }, NOW)).toBe(0)
  // However long: it is not to be asked, and not to be taken for having said nothing.
  expect(retryAfterMs({ 'retry-after': '99999999999' }, NOW)).toBe(99_999_999_999_000)
  expect(retryAfterMs({ 'retry-after': '9'.repeat(400) }, NOW)).toBe(Number.POSITIVE_INFINITY)
  expect(retryAfterMs({ 'retry-after': 'soon' }, NOW)).toBeUndefined()
  expect(retryAfterMs({ 'retry-after': '-3' }, NOW)).toBeUndefined()
  expect(retryAfterMs({}, NOW)).toBeUndefined()
})
