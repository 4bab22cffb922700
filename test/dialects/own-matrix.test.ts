import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/index.ts'
import { dialectCases, hasDialectCases } from './cases.ts'
import { comparable, cutsOf, readAll, toolsOf } from './read.ts'

// 52 dialects in up to 17 situations each: design/tool-calling.md §7.1 wants all of them.

const cases = dialectCases('own_matrix')

describe.skipIf(!hasDialectCases)(`own matrix${hasDialectCases ? '' : ' (no shared data here)'}`, () => {
  test('there are cases of every dialect', () => {
    expect(cases.length).toBe(800)
    expect([...new Set(cases.map((one) => one.dialect))].filter((id) => !DIALECTS.has(id))).toEqual([])
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s', (_id, one) => {
    const dialect = DIALECTS.get(one.dialect)
    if (dialect === undefined) throw new Error(`no dialect ${one.dialect}`)
    const tools = toolsOf(one)
    const whole = readAll(dialect, tools, [one.model_output])
    const expected = one.expected_tool_calls.map(({ name, arguments: text = '{}' }) => ({ name, argumentsText: text }))
    expect(comparable(whole.calls)).toEqual(comparable(expected))
    expect(whole.text.trim()).toBe((one.expected_content ?? '').trim())
    expect(whole.isCut).toBe(one.meta.partial_ok === true)
    for (const chunks of cutsOf(one.model_output)) expect(readAll(dialect, tools, chunks)).toEqual(whole)
  })
})
