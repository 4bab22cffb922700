import { describe, expect, test } from 'vitest'
import { dialectCases, hasDialectCases } from './cases.ts'
import { DIFFERENCES } from './differences/index.ts'
import { NO_CASES } from './differences/no-cases.ts'
import { differenceOf } from './peer-case.ts'

// Cases of other engines: what their own parsers make of a text, and of calls by their tools (`peer-calls.ts`). Where ours differs on purpose, the reason stands in
// `differences/`, by case id; `no-cases.ts` names what is none.

const KINDS = new Set(['batch', 'stream', 'inner'])

const SOURCES = [
  { file: 'vllm', share: 0.97 },
  { file: 'ollama', share: 0.95 },
  { file: 'ai_sdk_tool_parser', share: 0.9 },
] as const

describe.skipIf(!hasDialectCases).each(SOURCES)(
  `$file${hasDialectCases ? '' : ' (no shared data here)'}`,
  ({ file, share }) => {
    const cases = dialectCases(file).filter(({ id, kind }) => KINDS.has(kind) && !NO_CASES.has(id))

    test.each(cases.map((one) => [`${one.dialect} ${one.kind} ${one.id}`, one] as const))('%s', (_name, one) => {
      const difference = differenceOf(one)
      if (DIFFERENCES.has(one.id)) expect(difference, 'it is listed as a difference and is none').not.toEqual([])
      else expect(difference).toEqual([])
    })

    test('its share of equal results', () => {
      const equal = cases.filter(({ id }) => !DIFFERENCES.has(id)).length
      expect(equal / cases.length).toBeGreaterThanOrEqual(share)
    })
  },
)
