import { isDeepStrictEqual } from 'node:util'
import type { DialectCase } from './cases.ts'
import { dialectOf, hidesBroken, withoutBroken, withWholeCharacters } from './peer-options.ts'
import type { Read } from './read.ts'
import { comparable, readAll, toolsOf } from './read.ts'

/** What is different from a peer's expectation; empty for a case that passes. */
export function differenceOf(recorded: DialectCase): string[] {
  const one = withWholeCharacters(recorded)
  const dialect = dialectOf(one)
  if (dialect === undefined) return [`no dialect ${one.dialect}`]
  const tools = toolsOf(one)
  const whole = readAll(dialect, tools, [one.model_output])
  const chunked = (one.streams ?? []).map(({ chunks }) => readAll(dialect, tools, chunks))
  return [
    ...compare(one, whole),
    ...chunked.flatMap((read) => (isDeepStrictEqual(read, whole) ? [] : ['another result in its chunks'])),
  ]
}

function compare(one: DialectCase, read: Read): string[] {
  const expected = one.expected_tool_calls.map(({ name, arguments: text = '{}' }) => ({ name, argumentsText: text }))
  const found =
    one.compare.arguments === 'none' ? read.calls.map(({ name }) => ({ name, argumentsText: '{}' })) : read.calls
  const said: string[] = []
  if (!isDeepStrictEqual(comparable(found), comparable(expected))) {
    said.push(`calls ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
  }
  if (one.compare.content !== undefined && !isSame(one, read)) {
    said.push(`text ${JSON.stringify(read.text)} instead of ${JSON.stringify(one.expected_content)}`)
  }
  if (typeof one.expected_reasoning === 'string' && read.reasoning.trim() !== one.expected_reasoning.trim()) {
    said.push(`reasoning ${JSON.stringify(read.reasoning)} instead of ${JSON.stringify(one.expected_reasoning)}`)
  }
  return said
}

function isSame(one: DialectCase, read: Read): boolean {
  const expected = (one.expected_content ?? '').trim()
  const { text, raw } = read
  if (text.trim() === expected) return true
  if (one.meta.emit_raw_on_error === true) return raw.trim() === expected
  return hidesBroken(one) && withoutBroken(text, toolsOf(one).keys()).trim() === expected
}
