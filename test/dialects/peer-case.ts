import { isDeepStrictEqual } from 'node:util'
import { thinkingOf } from '../../src/dialects/thinking.ts'
import { isJson } from '../../src/dialects/values/json.ts'
import type { DialectCase } from './cases.ts'
import { BEFORE_FRAGMENTS, SAID_BEFORE } from './fragments.ts'
import { peerCalls } from './peer-calls.ts'
import { dialectOf, hidesBroken, withoutBroken, withWholeCharacters } from './peer-options.ts'
import type { Read } from './read.ts'
import { comparable, readAll, toolsOf } from './read.ts'

/** What is different from a peer's expectation; empty for a case that passes. */
export function differenceOf(recorded: DialectCase): string[] {
  const one = withWholeCharacters(recorded)
  const dialect = dialectOf(one)
  if (dialect === undefined) return [`no dialect ${one.dialect}`]
  const tools = toolsOf(one)
  const { open, close } = thinkingOf(dialect)
  const before = BEFORE_FRAGMENTS.get(one.id) ?? ''
  const text = before + one.model_output
  const isSplit = typeof one.expected_reasoning === 'string'
  const options = { beginsThinking: isSplit && !text.trimStart().startsWith(open) }
  const whole = readAll(dialect, tools, [text], options)
  const chunked = (one.streams ?? []).map(({ chunks }) => readAll(dialect, tools, [before, ...chunks], options))
  const content = one.expected_content ?? ''
  // Sources whose parser knows nothing of thinking leave it in the text.
  const hasThinking = !isSplit && (content.includes(open) || content.includes(close))
  const calls = [...(SAID_BEFORE.get(one.id) ?? []), ...one.expected_tool_calls]
  const expected: Expected = { calls, text: hasThinking ? readAll(dialect, tools, [content]).text : content }
  const found = [expected, ...streamResults(one)].map((right) => compare(one, whole, right))
  return [
    ...(found.find((said) => said.length === 0) ?? found[0] ?? []),
    ...chunked.flatMap((read) => (isDeepStrictEqual(read, whole) ? [] : ['another result in its chunks'])),
  ]
}

type Expected = { readonly calls: DialectCase['expected_tool_calls']; readonly text: string }

/** A source that makes another thing of a text in pieces says two things of it, and either is right. */
function streamResults({ streams = [] }: DialectCase): Expected[] {
  return streams.flatMap(({ reference_stream_result: result }) =>
    result === undefined ? [] : [{ calls: result.tool_calls, text: result.content ?? '' }],
  )
}

type ExpectedCall = { readonly name: string; readonly argumentsText: string }

/** A call that a source had begun when its text ended: here it is cut off, or made of what was whole of it. */
function settled(expected: readonly ExpectedCall[], read: Read): ExpectedCall[] {
  return expected.flatMap((call, index) => {
    if (isJson(call.argumentsText)) return [call]
    const found = read.calls[index]
    const isContinued = found?.name === call.name && found.argumentsText.startsWith(call.argumentsText)
    return isContinued ? [found] : read.isCut ? [] : [call]
  })
}

function compare(one: DialectCase, read: Read, right: Expected): string[] {
  const expected = right.calls.map(({ name, arguments: text = '{}' }) => ({ name, argumentsText: text }))
  const { calls, hasRefused } = peerCalls(one, toolsOf(one), read.calls)
  const found = one.compare.arguments === 'none' ? calls.map(({ name }) => ({ name, argumentsText: '{}' })) : calls
  const said: string[] = []
  if (!isDeepStrictEqual(comparable(found), comparable(settled(expected, read)))) {
    said.push(`calls ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
  }
  const text = hasRefused ? withoutBroken(right.text, toolsOf(one).keys()) : right.text
  if (one.compare.content !== undefined && !isSameText(one, read, text.trim())) {
    said.push(`text ${JSON.stringify(read.text)} instead of ${JSON.stringify(right.text)}`)
  }
  if (typeof one.expected_reasoning === 'string' && read.reasoning.trim() !== one.expected_reasoning.trim()) {
    said.push(`reasoning ${JSON.stringify(read.reasoning)} instead of ${JSON.stringify(one.expected_reasoning)}`)
  }
  return said
}

function isSameText(one: DialectCase, { text, raw }: Read, expected: string): boolean {
  if (text.trim() === expected) return true
  if (one.meta.emit_raw_on_error === true) return raw.trim() === expected
  return hidesBroken(one) && withoutBroken(text, toolsOf(one).keys()).trim() === expected
}
