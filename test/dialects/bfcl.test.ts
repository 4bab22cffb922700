import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { writeCalls } from '../../src/dialects/write/index.ts'
import type { BfclCase } from './bfcl-cases.ts'
import { bfclCases, hasBfcl } from './bfcl-cases.ts'
import type { JudgedCall } from './bfcl-checker.ts'
import { judge } from './bfcl-checker.ts'
import { LIMITS, limitsOf } from './limits.ts'
import { comparable, readAll } from './read.ts'

// Every accepted answer, written in every dialect and read back: design/tool-calling.md §7.4.

const { items, cases: answered } = bfclCases()
const cases = answered.map((one) => ({ ...one, expected: comparable(one.calls) }))

/** Items that no call answers: a required parameter is not among what is accepted. Written and read they are all the same. */
const UNANSWERABLE = ['live_simple_106-63-0', 'live_simple_112-68-0', 'live_multiple_964-207-0']

/** Items left out, of a dialect with limits: those beyond them (limits.ts). Most for a value of a type its schema lacks. */
const LEFT_OUT: Readonly<Record<string, number>> = {
  minicpm5_xml: 130,
  morph_xml: 252,
  hermes: 0,
  yaml_xml: 130,
  minimax_m3: 129,
  deepseek_dsml_v32: 96,
  deepseek_dsml_v4: 96,
}
const RAW_LEFT_OUT = 126

describe.skipIf(!hasBfcl)(`BFCL${hasBfcl ? '' : ' (no shared data here)'}`, () => {
  test('all items are there, and calls of those that have accepted answers', () => {
    expect(items).toBe(3641)
    expect(cases.length).toBe(2501)
    expect(cases.reduce((sum, one) => sum + one.calls.length, 0)).toBe(3302)
  })

  test('the calls are accepted before they are written', () => {
    expect(cases.filter((one) => judged(one, one.calls) !== undefined).map(({ id }) => id)).toEqual(UNANSWERABLE)
  })

  test.each([...DIALECTS.entries()])('%s says every accepted answer', (id, dialect) => {
    const within = cases.filter((one) => limitsOf(id, one.calls, one.tools).length === 0)
    expect(cases.length - within.length).toBe(LIMITS[id] === undefined ? 0 : (LEFT_OUT[id] ?? RAW_LEFT_OUT))
    const wrong = within.flatMap((one) => {
      const text = writeCalls(id, one.calls, one)
      const read = readAll(dialect, one.tools, [text])
      const isSame = isDeepStrictEqual(comparable(read.calls), one.expected)
      const problem = UNANSWERABLE.includes(one.id) ? undefined : judged(one, read.calls)
      return isSame && problem === undefined && read.text === '' && !read.isCut
        ? []
        : [{ id: one.id, text, read, problem }]
    })
    expect(wrong).toEqual([])
  })
})

function judged(one: BfclCase, calls: BfclCase['calls']): string | undefined {
  const judgedCalls = calls.map(
    ({ name, argumentsText }): JudgedCall => ({
      name: one.originalName(name),
      arguments: JSON.parse(argumentsText) as JsonObject,
    }),
  )
  const parameters = new Map([...one.tools].map(([name, schema]) => [one.originalName(name), schema]))
  return judge(judgedCalls, one.accepted, (name) => parameters.get(name) ?? {})
}
