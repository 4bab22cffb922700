import { expect, test } from 'vitest'
import type { StreamPart } from '../core/stream-part.ts'
import { createSettledCalls } from './settled-calls.ts'

// Calls that a server found in the text and left there as well.

const TOOLS = [{ name: 'find', description: undefined, parameters: { type: 'object' } }]
// Where calls of the text begin.
const IN_TEXT = 2 ** 33

function argumentsOf(inText: readonly string[], beside: readonly string[]): string[] {
  const calls = createSettledCalls({ tools: TOOLS, holdsBroken: false, onOutcome: () => undefined })
  const partsOf = (texts: readonly string[], first: number): StreamPart[] =>
    texts.flatMap((argumentsText, place): StreamPart[] => [
      { type: 'tool-call-start', index: first + place, id: '', name: 'find' },
      { type: 'tool-call-delta', index: first + place, argumentsText },
      { type: 'tool-call-end', index: first + place },
    ])
  const parts = [...partsOf(inText, IN_TEXT), ...partsOf(beside, 0)]
  return [...parts.flatMap(calls.push), ...calls.end()].flatMap((part) =>
    part.type === 'tool-call-delta' ? [part.argumentsText] : [],
  )
}

test('a call in both places is one, however often it is made', () => {
  expect(argumentsOf(['{"q": 1}'], ['{"q":1}'])).toEqual(['{"q": 1}'])
  expect(argumentsOf(['{"q": 1}', '{"q": 1}'], ['{"q":1}', '{"q":1}'])).toEqual(['{"q": 1}', '{"q": 1}'])
  expect(argumentsOf(['{"q": 1}'], ['{"q":1}', '{"q":1}'])).toEqual(['{"q": 1}', '{"q":1}'])
  expect(argumentsOf(['{}'], [''])).toEqual(['{}'])
})

test('space within a text tells calls apart', () => {
  expect(argumentsOf(['{"q":"a b"}'], ['{"q":"ab"}'])).toEqual(['{"q":"a b"}', '{"q":"ab"}'])
})
