import { expect, test } from 'vitest'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { casesOf, describeCases, hasCases } from './cases.ts'
import { decode } from './decode.ts'
import { DIFFERENCES, ONE_BLOCK, OWN_TOOLS } from './differences.ts'

const cases = casesOf('openai-responses', 'xai-responses', 'open-responses')
const differences = DIFFERENCES['openai-responses']
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
    const names = (expected.tool_calls ?? []).map((call) => call.name)
    for (const { name, id } of calls)
      expect([names, id]).toEqual([expect.arrayContaining([name]), expect.stringMatching(/^call_/)])
  },
)

const withParts = cases.filter((one) => differences[one.id] === ONE_BLOCK)

test.skipIf(!hasCases).each(withParts.map((one) => [one.id, one] as const))(
  '%s: a summary in parts differs from the peer’s in blank lines alone',
  (_id, { bytes, mode, expected }) => {
    const { text, reasoning } = decode(openaiResponses, bytes, mode === 'stream')
    const joined = (said: string | null): string => (said ?? '').replaceAll('\n\n', '')
    expect([text, joined(reasoning)]).toEqual([expected.content ?? '', joined(expected.reasoning)])
  },
)
