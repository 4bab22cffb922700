import { expect, test } from 'vitest'
import { GatewayError } from './errors.ts'
import { createMask, maskError } from './mask.ts'

const SECRET = 'key/of+the=provider'
const mask = createMask([SECRET, 'EMPTY', 'AKIDEXAMPLE12345:wJalrXUtnFEMI/K7MDENG', 'Bearer abcdefghijklmnopqrst'])

test.each([
  [`wrong key ${SECRET}!`, 'wrong key [redacted]!'],
  [`?key=${encodeURIComponent(SECRET)}&x`, '?key=[redacted]&x'],
  ['signature of wJalrXUtnFEMI/K7MDENG', 'signature of [redacted]'],
  ['got abcdefghijklmnopqrst', 'got [redacted]'],
  ['an EMPTY answer', 'an EMPTY answer'],
  ['sk-proj-0123456789abcdefXYZ_-1 is', '[redacted] is'],
  ['authorization: Bearer 0123456789abcdef.x', 'authorization: [redacted]'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xyz.c2lnbmF0dXJl', '[redacted]'],
  ['token-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xyz.c2lnbmF0dXJl!', '[redacted]!'],
  ['a.eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xyz.', 'a.[redacted]'],
  ['the task-force asked for ask-me-anything and sk-8', 'the task-force asked for ask-me-anything and sk-8'],
])('%s becomes %s', (text, masked) => expect(mask(text)).toBe(masked))

test.each(['', 'x', 'xy', 'user:'])('in base64 behind "%s" it is masked too', (before) => {
  for (const encoding of ['base64', 'base64url'] as const) {
    const written = Buffer.from(`${before}${SECRET} and more`).toString(encoding)
    const masked = mask(`Basic ${written}`)
    expect(masked).toContain('[redacted]')
    // All of it that can be read.
    const left = masked.slice('Basic '.length).split('[redacted]')
    for (const one of left) expect(Buffer.from(one, encoding).toString()).not.toMatch(/key\/|provider/)
  }
})

test.each(['-eyJ', 'eyJ-', '-eyJaaaaaaaa.', 'sk-', 'Bearer '])('a megabyte of %s is soon looked through', (word) => {
  expect(mask(word.repeat(1_048_576 / word.length)).length).toBeGreaterThan(0)
})

test('an error is masked wherever it says something, and keeps what it is', () => {
  const error = new GatewayError('upstream_rejected', `no ${SECRET}`, {
    param: SECRET,
    data: { upstream: { status: 400, code: SECRET, list: [SECRET] } },
    detail: { [SECRET]: SECRET },
    refusesSignatures: true,
  })
  const masked = maskError(error, mask)
  expect(JSON.stringify({ ...masked, message: masked.message })).not.toContain('key/of')
  expect(masked).toMatchObject({ code: 'upstream_rejected', message: 'no [redacted]', refusesSignatures: true })
  expect(masked.data).toEqual({ upstream: { status: 400, code: '[redacted]', list: ['[redacted]'] } })
})

test('an error without secrets is itself', () => {
  const error = new GatewayError('upstream_rejected', 'no', { detail: { status: 400 } })
  expect(maskError(error, mask)).toBe(error)
})
