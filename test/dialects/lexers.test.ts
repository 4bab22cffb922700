import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { LexerCase } from './cases.ts'
import { hasDialectCases, lexerCases } from './cases.ts'
import { comparable, readAll, toolsOf } from './read.ts'

// What other parsers say step by step, as a whole: the steps' texts joined, against all that was said of them.

const cases = lexerCases()

function eventsOf({ steps }: LexerCase): LexerCase['steps'][number]['events'] {
  return steps.flatMap(({ events }) => events)
}

function dialectOf(id: string) {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  return dialect
}

function all({ dialect, steps, tools }: LexerCase) {
  const inputs = steps.map(({ input }) => input)
  const whole = readAll(dialectOf(dialect), toolsOf({ tools: tools ?? [] }), [inputs.join('')])
  expect(readAll(dialectOf(dialect), toolsOf({ tools: tools ?? [] }), inputs)).toEqual(whole)
  return whole
}

describe.skipIf(!hasDialectCases)(`lexers${hasDialectCases ? '' : ' (no shared data here)'}`, () => {
  // Thinking has its own tests.
  const mistral = cases.filter(
    (one) => one.dialect === 'mistral_v11' && !eventsOf(one).some(({ type }) => type === 'Thinking'),
  )

  test.each(mistral.map((one) => [one.id, one] as const))('mistral_v11 %s', (_id, one) => {
    const events = eventsOf(one)
    const { text, calls } = all(one)
    expect(text).toBe(events.map(({ content = '' }) => content).join(''))
    const expected = events.filter(({ type }) => type === 'ToolCall')
    expect(comparable(calls)).toEqual(
      comparable(expected.map(({ name = '', args = '' }) => ({ name, argumentsText: args }))),
    )
  })

  // A message to a tool that is no JSON object calls nothing here.
  const harmony = cases.filter(({ dialect, id }) => dialect === 'harmony' && id !== 'ollama:3')

  test.each(harmony.map((one) => [one.id, one] as const))('harmony %s', (_id, one) => {
    const events = eventsOf(one)
    const { text, reasoning, calls } = all(one)
    const recipients = events.flatMap(({ Header }) => (Header === undefined ? [] : [Header.Recipient])).filter(Boolean)
    expect(calls.map(({ name }) => `functions.${name}`)).toEqual(recipients)
    const said = calls.map(({ argumentsText }) => argumentsText).join('') + reasoning + text
    expect(said).toBe(events.map(({ Content = '' }) => Content).join(''))
  })
})
