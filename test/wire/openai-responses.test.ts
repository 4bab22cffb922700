import { expect, test } from 'vitest'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import type { Differences } from './cases.ts'
import { casesOf, describeCases, hasCases } from './cases.ts'
import { decode } from './decode.ts'

const OWN_TOOLS =
  'The peer shows items of the provider’s own tools as calls. They are none that the client has to answer, and occur only where its own body of this format declared the tool: there they are passed through.'
const WITHOUT_DELTAS = 'The texts come whole, without deltas. The peer reads deltas alone; here the whole text counts.'
const NOT_ENDED = 'The stream has no event that ends it: an interruption here.'
const FAILED = 'A failed response is an error here, whatever else its last event says.'

const differences: Differences = {
  ...because(OWN_TOOLS, '38', '40', '68', '69', '74', '91', '92'),
  ...because(WITHOUT_DELTAS, '60', '93-97'),
  ...because(NOT_ENDED, '62', '441'),
  ...because(FAILED, '81', '83', '429'),
  ...because('A filtered answer may be empty: it says why itself.', '23', '434'),
  ...because('The peer requires item ids, which deltas need not have here.', '424', '425'),
}

const cases = casesOf('openai-responses', 'xai-responses', 'open-responses')
describeCases(openaiResponses, cases, differences)

const withOwnTools = cases.filter((one) => differences[one.id] === OWN_TOOLS)

test.skipIf(!hasCases).each(withOwnTools.map((one) => [one.id, one] as const))(
  '%s: an answer of own tools differs from the peer’s in their calls alone',
  (_id, { bytes, mode, expected }) => {
    const { text, reasoning, finish, usage, calls } = decode(openaiResponses, bytes, mode === 'stream')
    expect([text, reasoning, finish]).toEqual([
      expected.content ?? '',
      expected.reasoning ?? '',
      expected.finish_reason?.unified,
    ])
    expect(usage?.outputTokens ?? 0).toBe(expected.usage?.outputTokens.total ?? 0)
    const names = expected.tool_calls.map((call) => call.name)
    for (const { name, id } of calls)
      expect([names, id]).toEqual([expect.arrayContaining([name]), expect.stringMatching(/^call_/)])
  },
)

/** Cases by their lines. */
function because(reason: string, ...lines: readonly string[]): Differences {
  const ids = lines.flatMap((line) => {
    const [first = 0, last = first] = line.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => `vercel_responses:${first + offset}`)
  })
  return Object.fromEntries(ids.map((id) => [id, reason]))
}
