import { expect, test } from 'vitest'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { casesOf, describeCases } from './cases.ts'
import { decode } from './decode.ts'
import { ANTHROPIC_SAME_CONTENT, DIFFERENCES } from './differences.ts'

const cases = casesOf('anthropic-messages')

describeCases(anthropicMessages, cases, DIFFERENCES['anthropic-messages'])

test.each(cases.filter((one) => ANTHROPIC_SAME_CONTENT[one.id] !== undefined).map((one) => [one.id, one] as const))(
  '%s has the calls and the words of the reference all the same',
  (_id, one) => {
    const { calls, text } = decode(anthropicMessages, one.bytes, one.mode === 'stream')
    const expected = (one.expected.tool_calls ?? []).filter((call) => call.provider_executed !== true)
    expect(calls.map((call) => [call.id, call.name, JSON.parse(call.argumentsText)])).toEqual(
      expected.map((call) => [call.id, call.name, JSON.parse(String(call.arguments))]),
    )
    expect(text).toBe(one.expected.content ?? '')
  },
)
