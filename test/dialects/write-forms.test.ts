import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/index.ts'
import { hasLayout, writeCalls } from '../../src/dialects/write/index.ts'
import { dialectCases, hasDialectCases } from './cases.ts'
import { toolsOf } from './read.ts'

// What the own matrix has for each dialect's chat template, where an answer is nothing but calls.

const WHOLE = ['single', 'no_args', 'complex_types', 'code_value', 'marker_in_value', 'numeric_string', 'int64']
const SEVERAL = ['parallel_same', 'parallel_diff', 'duplicate', 'unknown_tool']
const cases = dialectCases('own_matrix').filter(({ meta: { scenario = '' } }) =>
  [...WHOLE, ...SEVERAL].includes(scenario),
)

test('every dialect has a layout', () => {
  expect([...DIALECTS.keys()].filter((id) => !hasLayout(id))).toEqual([])
})

describe.skipIf(!hasDialectCases)('calls are written as', () => {
  const ids = [...new Set(cases.map(({ dialect }) => dialect))]

  test.each(ids)('%s writes them', (id) => {
    for (const one of cases.filter(({ dialect }) => dialect === id)) {
      const calls = one.expected_tool_calls.map(({ name, arguments: argumentsText = '{}', id: callId }) => ({
        name,
        argumentsText,
        ...(callId === undefined ? {} : { id: callId }),
      }))
      expect(writeCalls(id, calls, { tools: toolsOf(one) })).toBe(one.model_output)
    }
  })
})
