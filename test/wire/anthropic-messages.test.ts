import { expect, test } from 'vitest'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { casesOf, describeCases } from './cases.ts'
import { decode } from './decode.ts'

const cases = casesOf('anthropic-messages')

const JSON_TOOL = 'The reference asked for JSON through a tool of its own named json; here that is a call.'
const THROWN = 'The reference throws this error; the row has no word for that.'
const DECIDED_BY_CONTENT =
  'An answer with calls for the client ends with them, whatever its label (tool-calling.md §2.1).'
const NO_FINISH = "The reference's test keeps the calls alone: no usage to compare."

/** Differences in the finish or the usage alone. */
const SAME_CONTENT: Readonly<Record<string, string>> = {
  'vercel_responses:156': DECIDED_BY_CONTENT,
  'vercel_responses:209': DECIDED_BY_CONTENT,
  'vercel_responses:217': DECIDED_BY_CONTENT,
  'vercel_responses:218': DECIDED_BY_CONTENT,
  'vercel_responses:219': DECIDED_BY_CONTENT,
  'vercel_responses:220': DECIDED_BY_CONTENT,
  'vercel_responses:206': NO_FINISH,
  'vercel_responses:207': NO_FINISH,
  'vercel_responses:208': NO_FINISH,
}

describeCases(anthropicMessages, cases, {
  ...SAME_CONTENT,
  'vercel_responses:144': JSON_TOOL,
  'vercel_responses:188': JSON_TOOL,
  'vercel_responses:221': THROWN,
  'vercel_responses:222': THROWN,
})

test.each(cases.filter((one) => SAME_CONTENT[one.id] !== undefined).map((one) => [one.id, one] as const))(
  '%s has the calls and the words of the reference all the same',
  (_id, one) => {
    const { calls, text } = decode(anthropicMessages, one.bytes, one.mode === 'stream')
    const expected = one.expected.tool_calls.filter((call) => call.provider_executed !== true)
    expect(calls.map((call) => [call.id, call.name, JSON.parse(call.argumentsText)])).toEqual(
      expected.map((call) => [call.id, call.name, JSON.parse(String(call.arguments))]),
    )
    expect(text).toBe(one.expected.content ?? '')
  },
)
