import { describe, expect, test } from 'vitest'
import { Cursor } from '../../src/dialects/cursor.ts'
import { json, jsonList } from '../../src/dialects/json-dialects.ts'
import { gemmaArguments, repairedGemmaArguments } from '../../src/dialects/values/gemma.ts'
import { readBracketed } from '../../src/dialects/values/json.ts'
import { hasDialectCases, helperCases } from './cases.ts'
import { readAll } from './read.ts'

// Parts of another engine's parsers, by what they make of a text. Left out: names made fit for a template (names are
// mapped per request here), and arguments whose call names no tool.

const MARK = '<|"|>'
const cases = helperCases()
const of = (kind: RegExp) => cases.filter((one) => kind.test(one.kind)).map((one) => [one.id, one] as const)

describe.skipIf(!hasDialectCases)(`helpers${hasDialectCases ? '' : ' (no shared data here)'}`, () => {
  test.each(of(/FindJSONEnd/))('where JSON ends: %s', (_id, { input, expected }) => {
    const cursor = new Cursor()
    cursor.feed(input)
    cursor.end()
    const { value } = readBracketed(cursor).next()
    const end = value === undefined || value === 'cut' ? -1 : Buffer.byteLength(value) - 1
    expect(end).toBe(expected)
  })

  test.each(of(/Gemma4ArgsToJSON/))('arguments of Gemma: %s', (_id, { input, expected }) => {
    expect(JSON.parse(gemmaArguments(input, MARK) ?? 'null')).toEqual(JSON.parse(String(expected)))
  })

  // Texts that say what a mended one would be, brackets at its end left aside.
  const mended = of(/RepairGemma4|Gemma4RepairCandidates/).flatMap(([id, { input, expected }]) => {
    const text = Array.isArray(expected) ? String(expected.at(-1)) : String(expected)
    const json = gemmaArguments(text, MARK) ?? (/<\|"\|>\s*$/.test(text) ? gemmaArguments(`${text}}`, MARK) : undefined)
    return json === undefined ? [] : [[id, input, json] as const]
  })
  const string = { type: 'string' }
  const parameters = { type: 'object', properties: { content: string, mode: string, command: string } }

  test.each(mended)('mended arguments of Gemma: %s', (_id, input, expected) => {
    expect(JSON.parse(repairedGemmaArguments(input, MARK, parameters) ?? 'null')).toEqual(JSON.parse(expected))
  })

  const named = of(/FindArguments/).filter(
    ([, { input, expected }]) => expected !== null && /^[[{].*"name"/.test(input),
  )

  test.each(named)('arguments of a call in plain JSON: %s', (_id, { input, expected }) => {
    const names = [...input.matchAll(/"name": "([^"]*)"/g)].map((found) => [found[1] ?? '', {}] as const)
    const { calls } = readAll(input.startsWith('[') ? jsonList : json, new Map(names), [input])
    expect(JSON.parse(calls[0]?.argumentsText ?? 'null')).toEqual(expected)
  })
})
