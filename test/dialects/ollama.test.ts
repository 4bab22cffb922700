import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { typedJson } from '../../src/dialects/values/typed.ts'
import { hasDialectCases, helperCases, lexerCases } from './cases.ts'
import { comparable, cutsOf, readAll } from './read.ts'

// What Ollama tests below whole answers: the tokens of its parsers, its repairs and its types of values.

type Event = { readonly type: string; readonly content?: string; readonly raw?: string }
type Lexed = { readonly id: string; readonly dialect: string; readonly steps: readonly Step[] }
type Step = { readonly input: string; readonly events: readonly Event[] }
type Helper = { readonly id: string; readonly kind: string; readonly dialect: string }
type Repaired = Helper & { readonly input: string; readonly expected: string }
type Coerced = Helper & { readonly raw: string; readonly param_type: unknown; readonly expected: unknown }

const lexed = (lexerCases() as unknown as Lexed[]).filter(({ dialect }) =>
  ['glm45', 'qwen3_coder_xml'].includes(dialect),
)
const helpers = helperCases() as readonly Helper[]
const coerced = helpers.filter(({ kind }) => kind === 'coerce') as Coerced[]
const repaired = helpers.filter(({ kind }) => kind.endsWith('GLM46XML')) as Repaired[]
const transformed = helpers.filter(({ kind }) => kind.endsWith('QwenXMLTransform')) as Repaired[]

/** Other results, with the reason. */
const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ['ollama:512', 'rule 11: a string stays one, and `null` is a string of four letters'],
  ['ollama:520', 'the recorded value of an empty object is a list'],
  ['ollama:523', 'rule 11: what is no boolean stays a string, to be judged by the schema'],
  ['ollama:253', 'a name and a key without a tag between them are prose'],
  ['ollama:255', 'a name and a key without a tag between them are prose'],
  ['ollama:555', 'quotes around a name are not part of it'],
])

function dialectOf(id: string) {
  const dialect = DIALECTS.get(id)
  if (dialect === undefined) throw new Error(`no dialect ${id}`)
  return dialect
}

/** Equal, or listed as different and so. */
function expectSame(id: string, found: unknown, expected: unknown): void {
  if (DIFFERENCES.has(id)) expect(found, 'it is listed as a difference and is none').not.toEqual(expected)
  else expect(found).toEqual(expected)
}

/** Where white space goes is told by the cases of whole answers. */
const letters = (text: string): string => text.replace(/\s/g, '')

describe.skipIf(!hasDialectCases)(`Ollama's lexers${hasDialectCases ? '' : ' (no shared data here)'}`, () => {
  test.each(lexed.map((one) => [one.id, one] as const))('%s', (_id, { dialect, steps }) => {
    const events = steps.flatMap((step) => step.events)
    const said = (type: string): string => events.map((one) => (one.type === type ? (one.content ?? '') : '')).join(' ')
    const chunks = steps.map(({ input }) => input)
    const tools = new Map([['test', {}]])
    const read = readAll(dialectOf(dialect), tools, chunks)
    for (const cut of cutsOf(chunks.join(''))) expect(readAll(dialectOf(dialect), tools, cut)).toEqual(read)
    const thought = said('ThinkingContent')
    expect(letters(read.reasoning)).toBe(letters(thought))
    // Calls that are no calls but letters are text here, and a block the text ends in is cut.
    const raws = events.flatMap(({ type, raw = '' }) => (type === 'RawToolCall' ? [raw] : []))
    const text = raws.reduce((rest, raw) => rest.replace(`<tool_call>${raw}</tool_call>`, ''), read.text)
    const content = letters(said('Content'))
    expect(letters(text).slice(0, content.length)).toBe(content)
    expect(letters(text).slice(content.length)).toMatch(/^(?:<[a-z]*)?$/)
  })
})

describe.skipIf(!hasDialectCases)("Ollama's repairs", () => {
  test.each(repaired.map((one) => [one.id, one] as const))('%s', (id, { dialect, input, expected }) => {
    const read = (text: string) => readAll(dialectOf(dialect), new Map(), [`<tool_call>${text}</tool_call>`]).calls
    const trimmed = (text: string): unknown =>
      read(text).map((call) => ({ ...call, argumentsText: call.argumentsText.replaceAll('\\n', '') }))
    expectSame(id, trimmed(input), trimmed(expected))
  })

  test.each(transformed.map((one) => [one.id, one] as const))('%s', (id, { dialect, input, expected }) => {
    const read = (text: string) => readAll(dialectOf(dialect), new Map(), [`<tool_call>${text}</tool_call>`]).calls
    const name = /<function name="([^"]*)"/.exec(expected)?.[1]?.replaceAll('&#34;', '"')
    expectSame(id, read(input)[0]?.name, name)
  })
})

describe.skipIf(!hasDialectCases)("Ollama's types of values", () => {
  test.each(coerced.map((one) => [one.id, one] as const))('%s', (id, { raw, param_type: type, expected }) => {
    const schema = (Array.isArray(type) ? { type } : {}) as JsonValue
    const text = raw.replace(/^\n/, '').replace(/\n$/, '')
    const json = typedJson(text, schema)
    const [found] = comparable([{ name: '', argumentsText: json }]) as [{ arguments: unknown }]
    expectSame(id, found.arguments, expected)
  })
})
