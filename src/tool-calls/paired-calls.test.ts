import { expect, test } from 'vitest'
import { pairedCalls } from './paired-calls.ts'

const call = (name: string, argumentsText: string): { name: string; argumentsText: string } => ({ name, argumentsText })
const isDeclared = (name: string): boolean => name === 'book' || name === 'cancel'
const placesOf = (broken: readonly ReturnType<typeof call>[], again: readonly ReturnType<typeof call>[]): number[] =>
  pairedCalls(broken, again, isDeclared).map((one) => (one === undefined ? -1 : again.indexOf(one)))

test('as many as were asked for come in their order', () => {
  const broken = [call('book', '{"seats": 1}'), call('book', '{"seats": 2}')]
  expect(placesOf(broken, [call('book', '{"seats": 2}'), call('book', '{"seats": 1}')])).toEqual([0, 1])
})

test('fewer or more stand for those that they are like', () => {
  const broken = [call('book', '{"seats": 1'), call('book', '{"seats": 2')]
  expect(placesOf(broken, [call('book', '{"seats": 2, "day": "mon"}')])).toEqual([-1, 0])
  const three = ['3', '2', '1'].map((seats) => call('book', `{"seats": ${seats}}`))
  expect(placesOf(broken, three)).toEqual([2, 1])
})

test('a call of an unknown name stands back behind one of the same name', () => {
  const broken = [call('reserve', '{"seats": 1}'), call('book', '{"seats": 2}')]
  expect(placesOf(broken, [call('cancel', '{}'), call('cancel', '{"seats": 2}')])).toEqual([1, -1])
  expect(placesOf(broken, [call('book', '{"seats": 9}')])).toEqual([-1, 0])
})
