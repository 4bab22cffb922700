import { expect, test } from 'vitest'
import { exceptFor, namePattern, patternOfNames, valuePattern } from './safe-pattern.ts'

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
    '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
    '^(red|green|blue|black|white)-(small|medium|large)$',
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
    '(a|a)'.repeat(38),
    '\\w?'.repeat(60),
    `^a*a*${'(?:a|b)?'.repeat(5)}$`,
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

test('patterns that could take for ever hold for given names', () => {
  const of = (pattern: string, ...names: string[]): RegExp => new RegExp(patternOfNames(pattern, names) ?? '', 'u')
  const names = ['aaaa', 'b', '', 'x-"]', 'a'.repeat(200)]
  expect(names.map((name) => of('^(a+)+$', ...names).test(name))).toEqual([true, false, false, false, false])
  expect(names.map((name) => of('([^b]+)+$', ...names).test(name))).toEqual([true, false, false, true, false])
  expect(patternOfNames('^(a+)+$', ['a'])).not.toBe(patternOfNames('(a+)+$', ['a']))
  expect(patternOfNames('(?=(a+)+)', ['a'])).toBeUndefined()
  expect(patternOfNames('a'.repeat(201), ['a'])).toBeUndefined()
  expect(of('((((){400}){400}){400}){400}', ...names).test('b')).toBe(true)
})

test('some names may be excepted', () => {
  const others = new RegExp(exceptFor(['a', 'b.c'], '^[a-z.]+$'), 'u')
  expect(['a', 'b.c', 'bxc', 'ab'].map((name) => others.test(name))).toEqual([false, false, true, true])
  expect(exceptFor([], '^a')).toBe('^a')
})
