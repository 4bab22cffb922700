import { isDeepStrictEqual } from 'node:util'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { thinkingOf } from '../../src/dialects/thinking.ts'
import type { DialectCase } from './cases.ts'
import type { Read } from './read.ts'
import { comparable, readAll, toolsOf } from './read.ts'

/** What is different from a peer's expectation; empty for a case that passes. */
export function differenceOf(one: DialectCase, dialect: Dialect | undefined): string[] {
  if (dialect === undefined) return [`no dialect ${one.dialect}`]
  const tools = toolsOf(one)
  const { open, close } = thinkingOf(dialect)
  const beginning = one.model_output.split(close)[0] ?? ''
  const options = { beginsThinking: typeof one.expected_reasoning === 'string' && !beginning.includes(open) }
  const whole = readAll(dialect, tools, [one.model_output], options)
  const chunked = (one.streams ?? []).map(({ chunks }) => readAll(dialect, tools, chunks, options))
  // Sources whose parser knows nothing of thinking leave it in the text.
  const isSplit = typeof one.expected_reasoning === 'string'
  const content = one.expected_content ?? ''
  const expectedText = isSplit ? content : readAll(dialect, new Map(), [content]).text
  return [
    ...compare(one, whole, expectedText),
    ...chunked.flatMap((read) => (isDeepStrictEqual(read, whole) ? [] : ['another result in its chunks'])),
  ]
}

function compare(one: DialectCase, read: Read, expectedText: string): string[] {
  const expected = one.expected_tool_calls.map(({ name, arguments: text = '{}' }) => ({ name, argumentsText: text }))
  const found =
    one.compare.arguments === 'none' ? read.calls.map(({ name }) => ({ name, argumentsText: '{}' })) : read.calls
  const said: string[] = []
  if (!isDeepStrictEqual(comparable(found), comparable(expected))) {
    said.push(`calls ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
  }
  if (one.compare.content !== undefined && read.text.trim() !== expectedText.trim()) {
    said.push(`text ${JSON.stringify(read.text)} instead of ${JSON.stringify(one.expected_content)}`)
  }
  if (typeof one.expected_reasoning === 'string' && read.reasoning.trim() !== one.expected_reasoning.trim()) {
    said.push(`reasoning ${JSON.stringify(read.reasoning)} instead of ${JSON.stringify(one.expected_reasoning)}`)
  }
  return said
}
