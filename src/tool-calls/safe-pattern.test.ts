import { expect, test } from 'vitest'
import { namePattern, valuePattern } from './safe-pattern.ts'

test('patterns of few repetitions are kept', () => {
  for (const pattern of [
    '^[^@]+@[^@]+\\.[a-z]+$',
    '^\\d{4}-\\d{2}$',
    'a|b',
    '^(?:ab){3}$',
    '^[*+(]$',
    '^(a|b)$',
    '^a?$',
    '^a(\\.b+)?$',
  ]) {
    expect(valuePattern(pattern), pattern).toContain(pattern)
  }
})

test('patterns that may backtrack for ever, or are none, are left out', () => {
  const evil = [
    '(a+)+$',
    '^(a|a)*$',
    '^((a)*)*$',
    '^(?:a{1,9}b?)+$',
    'a*a*a*a*b',
    '(',
    '[',
    'a'.repeat(201),
    '^(a|aa){2,}$',
  ]
  for (const pattern of evil) expect(valuePattern(pattern), pattern).toBeUndefined()
})

test('long strings are not held to a pattern, long names match none', () => {
  const value = new RegExp(valuePattern('^a|b$') ?? '', 'u')
  expect([value.test('a'), value.test('c'), value.test('c'.repeat(200))]).toEqual([true, false, true])
  const name = new RegExp(namePattern('^x|y$') ?? '', 'u')
  expect([name.test('xa'), name.test('ay'), name.test('b'), name.test(`x${'a'.repeat(200)}`)]).toEqual([
    ...[true, true, false, false],
  ])
})
