import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exp, log, log2, tanh } from './portable-maths.ts'

const near = (given: number, wanted: number) => Math.abs(given - wanted) <= 4e-16 * Math.abs(wanted) + Number.MIN_VALUE

test('exp is the engine’s own to the last bits, over all that a number holds', () => {
  fc.assert(fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) => near(exp(x), Math.exp(x))))
})

test('log is the engine’s own to the last bits', () => {
  fc.assert(fc.property(fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }), (x) => near(log(x), Math.log(x))))
  fc.assert(fc.property(fc.integer({ min: 1, max: 3_000 }), (x) => near(log(x), Math.log(x))))
})

test('log2 is the engine’s own to the last bits, and whole for powers of two', () => {
  const close = (x: number) => Math.abs(log2(x) - Math.log2(x)) <= 4e-16 * Math.max(1, Math.abs(Math.log2(x)))
  fc.assert(fc.property(fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }), close))
  for (let power = -1_074; power < 1_024; power += 1) expect(log2(2 ** power)).toBe(power)
  expect([log2(0), log2(-1), log2(Number.POSITIVE_INFINITY)]).toEqual([-Infinity, Number.NaN, Infinity])
})

test('tanh is right to sixteen decimals', () => {
  fc.assert(
    fc.property(fc.double({ min: -800, max: 800, noNaN: true }), (x) => Math.abs(tanh(x) - Math.tanh(x)) < 3e-16),
  )
})

test('the ends behave', () => {
  expect([exp(0), exp(1_000), exp(-1_000), exp(Number.NaN)]).toEqual([1, Number.POSITIVE_INFINITY, 0, Number.NaN])
  expect([log(1), log(0), log(-1), log(Number.NaN)]).toEqual([0, Number.NEGATIVE_INFINITY, Number.NaN, Number.NaN])
  expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  expect([tanh(0), tanh(1_000), tanh(-1_000)]).toEqual([0, 1, -1])
})
