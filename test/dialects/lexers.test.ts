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
  const text = inputs.join('')
  // Some begin within what the template has opened.
  const beginsThinking = steps[0]?.events[0]?.type === 'Thinking' && !text.startsWith('[THINK]')
  const read = (chunks: readonly string[]) =>
    readAll(dialectOf(dialect), toolsOf({ tools: tools ?? [] }), chunks, { beginsThinking })
  const whole = read([text])
  expect(read(inputs)).toEqual(whole)
  return whole
}

/** Where white space goes is told by the cases of whole answers. */
const letters = (text: string): string => text.replace(/\s/g, '')

describe.skipIf(!hasDialectCases)(`lexers${hasDialectCases ? '' : ' (no shared data here)'}`, () => {
  const mistral = cases.filter(({ dialect }) => dialect === 'mistral_v11')

  test.each(mistral.map((one) => [one.id, one] as const))('mistral_v11 %s', (_id, one) => {
    const events = eventsOf(one)
    const { text, reasoning, calls } = all(one)
    expect(letters(text)).toBe(letters(events.map(({ content = '' }) => content).join('')))
    expect(reasoning).toBe(events.map(({ thinking = '' }) => thinking).join(''))
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
