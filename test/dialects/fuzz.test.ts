import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { Dialect, TextCall } from '../../src/dialects/dialect.ts'
import { MAX_CALLS } from '../../src/dialects/dialect.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { createSniffer, SNIFF } from '../../src/dialects/sniff.ts'
import { thinkingOf } from '../../src/dialects/thinking.ts'
import { writeCalls } from '../../src/dialects/write/index.ts'
import { createCallSettler } from '../../src/tool-calls/settle-call.ts'
import type { DialectCase } from './cases.ts'
import { dialectCases } from './cases.ts'
import { readAll, toolsOf } from './read.ts'

// Texts that no model should write: those of all sources mangled, and random ones, through the readers and the ladder.

const SOURCES = ['own_matrix', 'vllm', 'ollama', 'ai_sdk_tool_parser']
const RUNS_PER_DIALECT = 100
const DEPTH = 10_000
const DEEP_TEXTS = 6
/** Of a tag, the longest that a grammar reads. */
const MAX_NAME = 512
const MAX_TEXT = 3_000

const PARAMETERS: JsonObject = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'integer' },
    tags: { type: 'array' },
    where: { type: 'object' },
  },
}
const OWN_TOOLS: ReadonlyMap<string, JsonObject> = new Map([['get_weather', PARAMETERS]])
const OWN_CALLS = [
  { name: 'get_weather', argumentsText: '{"city": "Paris", "days": 2, "tags": ["a", {"b": 1}], "where": {"x": null}}' },
  {
    name: 'get_weather',
    argumentsText: '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
  },
]

type Seed = { readonly text: string; readonly tools: ReadonlyMap<string, JsonObject> }

const dialects: readonly (readonly [string, () => Dialect])[] = [
  ...[...DIALECTS].map(([id, dialect]) => [id, () => dialect] as const),
  [SNIFF, () => createSniffer(DIALECTS)],
]
const cases = Map.groupBy(SOURCES.flatMap(dialectCases), ({ dialect }: DialectCase) => dialect)
const marks = [...DIALECTS.values()].flatMap((dialect) => {
  const { open, close } = thinkingOf(dialect)
  return [...dialect.opens.slice(0, 4), ...(dialect.drops ?? []).slice(0, 2), open, close]
})
const HOSTILE = [
  '"__proto__": {"polluted": 1},',
  '"constructor": {"prototype": {"polluted": 1}}',
  '<__proto__><polluted>1</polluted></__proto__>',
  '<parameter=__proto__>{"polluted": 1}</parameter>',
  '\ud800',
  '\udc00',
  '\0',
  '\u2028',
  '<![CDATA[',
  '&#x0;',
  '```',
  '\\',
  '"',
  "'",
]
const piece = fc.oneof(
  fc.constantFrom(...new Set(marks)),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
)
const place = fc.double({ min: 0, max: 1, noNaN: true })
const change = fc.record({
  kind: fc.constantFrom('cut', 'double', 'swap', 'delete', 'insert'),
  from: place,
  to: place,
  piece,
})

type Change = { readonly kind: string; readonly from: number; readonly to: number; readonly piece: string }

function changed(text: string, { kind, from, to, piece: inserted }: Change): string {
  const [first = 0, last = 0] = [from, to].map((part) => Math.floor(part * text.length)).sort((a, b) => a - b)
  const [before, middle, after] = [text.slice(0, first), text.slice(first, last), text.slice(last)]
  if (kind === 'cut') return before
  if (kind === 'double') return before + middle + middle + after
  if (kind === 'swap') return before + after + middle
  if (kind === 'delete') return before + after
  return before + inserted + middle + after
}

let runs = 0

function settlerOf(tools: ReadonlyMap<string, JsonObject>) {
  return createCallSettler([...tools].map(([name, parameters]) => ({ name, description: undefined, parameters })))
}

/** What is wrong with what is made of a text. */
function problem(dialect: () => Dialect, { text, tools }: Seed, chunks: readonly string[]): string | undefined {
  runs += 1
  const whole = readAll(dialect(), tools, [text])
  if (!isDeepStrictEqual(readAll(dialect(), tools, chunks), whole)) return 'another result in chunks'
  if (whole.text.length + whole.reasoning.length > text.length) return 'more text than there was'
  if (!isPartOf(whole.text, text) || !isPartOf(whole.reasoning, text)) return 'text that nobody said'
  if (whole.calls.length > 2 * MAX_CALLS) return 'too many calls'
  const settler = settlerOf(tools)
  for (const call of whole.calls) {
    const wrong = wrongCall(call, settler.settle(call))
    if (wrong !== undefined) return wrong
  }
  if (Reflect.get({}, 'polluted') !== undefined) return 'polluted'
  return undefined
}

function wrongCall(call: TextCall, settled: ReturnType<ReturnType<typeof settlerOf>['settle']>): string | undefined {
  if (call.name.length > MAX_NAME) return 'an endless name'
  if (settled.outcome === 'broken') return settled.errors.length > 0 ? undefined : 'broken without a reason'
  const value: unknown = JSON.parse(settled.argumentsText)
  return isJsonObject(value) ? undefined : `arguments ${settled.argumentsText}`
}

/** True if its units come in this order there, so that nothing is said twice or made up. */
function isPartOf(part: string, text: string): boolean {
  let at = 0
  for (const unit of part) {
    at = text.indexOf(unit, at) + unit.length
    if (at < unit.length) return false
  }
  return true
}

function chunksOf(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = []
  for (let at = 0; at < text.length; ) {
    const size = sizes[chunks.length % sizes.length] ?? 1
    chunks.push(text.slice(at, at + size))
    at += size
  }
  return chunks
}

function seedsOf(id: string): Seed[] {
  const own = { text: `Hm.\n${writeCalls(id, OWN_CALLS, { tools: OWN_TOOLS })}\nSo.`, tools: OWN_TOOLS }
  const known = id === SNIFF ? [...cases.values()].map(([first]) => first) : (cases.get(id) ?? [])
  const seeds = known.flatMap((one) =>
    one === undefined || one.model_output.length > MAX_TEXT ? [] : [{ text: one.model_output, tools: toolsOf(one) }],
  )
  return [own, ...seeds]
}

describe.each(dialects)('%s', (id, dialect) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 5 })

  test('whatever is done to its texts, nothing is lost, doubled or thrown', () => {
    const mangled = fc.record({
      seed: fc.constantFrom(...seedsOf(id)),
      changes: fc.array(change, { minLength: 1, maxLength: 4 }),
      sizes,
    })
    fc.assert(
      fc.property(mangled, ({ seed, changes, sizes: lengths }) => {
        const text = changes.reduce(changed, seed.text)
        expect(problem(dialect, { ...seed, text }, chunksOf(text, lengths))).toBeUndefined()
      }),
      { numRuns: RUNS_PER_DIALECT, seed: 5 },
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), sizes, (pieces, lengths) => {
        const text = pieces.join('')
        expect(problem(dialect, { text, tools: OWN_TOOLS }, chunksOf(text, lengths))).toBeUndefined()
      }),
      { numRuns: RUNS_PER_DIALECT, seed: 6 },
    )
  })

  test('what is nested 10 000 deep is bounded', () => {
    const value = `{"a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`
    const object = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`
    const call = writeCalls(id, [{ name: 'get_weather', argumentsText: '{"city": "@@@"}' }], { tools: OWN_TOOLS })
    const [open = '<'] = dialect().opens
    const texts = [
      ...[value, object, '<city>'.repeat(DEPTH), open.repeat(DEPTH / 10)].map((nested) => open + nested),
      call.replace('@@@', () => '<city>'.repeat(DEPTH)),
      call.replace(/"?@@@"?/, () => value),
    ]
    for (const text of texts) {
      expect(problem(dialect, { text, tools: OWN_TOOLS }, [text])).toBeUndefined()
    }
  })
})

afterAll(() => {
  expect(runs).toBeGreaterThanOrEqual(dialects.length * (2 * RUNS_PER_DIALECT + DEEP_TEXTS))
})
