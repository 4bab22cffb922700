import { expect, test } from 'vitest'
import { nextHop } from './hops.ts'

test('each gateway adds itself', () => {
  expect(nextHop(undefined, 'a')).toBe('a')
  expect(nextHop('a', 'b')).toBe('a, b')
  expect(nextHop('a,b', 'c')).toBe('a, b, c')
})

test('T-72 a request that comes back is refused, however it has come', () => {
  for (const came of ['a', 'b, a', 'a,b,c', 'x,  a ,y'])
    expect(() => nextHop(came, 'a')).toThrowError(expect.objectContaining({ code: 'loop_detected', status: 508 }))
})

test('T-72 a request that has come through eight gateways is refused', () => {
  const gateways = Array.from({ length: 8 }, (_, index) => `g${index}`)
  expect(nextHop(gateways.slice(1).join(', '), 'me')).toContain('g7, me')
  expect(() => nextHop(gateways.join(','), 'me')).toThrow('8 gateways')
  expect(() => nextHop(','.repeat(10_000), 'me')).toThrow('8 gateways')
})

test('what is no name of a gateway is not passed on', () => {
  expect(nextHop(`ok, b d, "x", ${'l'.repeat(65)}`, 'me')).toBe('ok, me')
})
