import { expect, test } from 'vitest'
import { linearPattern } from './linear-pattern.ts'

const PATTERNS = [
  '^(a+)+$',
  '^(a|[0-9])+$',
  '^(\\x61+)+$',
  '^([^\\n]+)+$',
  '^a+a+$',
  '(secret+)+',
  '(a+)+$',
  '^([a-\\x7a]+)+$',
  '^x-|-y$',
  'a{2}b{1,2}c{2,}',
  '^(?:ab|c)*?d?$',
  '^\\d{2}\\.\\w\\u{1f600}?$',
  '^.(|b)$',
  '',
  '^()*a$',
]
const TEXTS = [
  '',
  'a',
  'aaaa',
  'ba',
  'b',
  'aaaaaaaaaaaaaaaa!',
  'x-secrettt',
  '123',
  'x-1',
  'no-y',
  'aabbcc',
  'aabccc',
  'abcd',
]
const MORE = ['abab', '12.a', '12.a😀', '12xa', 'ab', 'cb', '\n', 'a\nb', 'm', 'Z', 'd', 'é']

test('says what a regular expression says', () => {
  for (const pattern of PATTERNS) {
    const has = linearPattern(pattern)
    for (const text of [...TEXTS, ...MORE]) {
      expect(has?.(text), `${pattern} in ${text}`).toBe(new RegExp(pattern, 'u').test(text))
    }
  }
})

test('takes no longer for a pattern that repeats what repeats', () => {
  expect(linearPattern('^(a+)+$')?.(`${'a'.repeat(2_000)}!`)).toBe(false)
})

test('what needs more, is too long or is none is not matched', () => {
  for (const pattern of ['(?=a)', '(?<x>a)', '(a)\\1', '\\bword', '\\p{L}', '(', 'a{3000}', '(a{99}){99}', '(?!b)c']) {
    expect(linearPattern(pattern), pattern).toBeUndefined()
  }
})
