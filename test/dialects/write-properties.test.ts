import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { writeCalls } from '../../src/dialects/write/index.ts'
import { limitsOf } from './limits.ts'
import { comparable, readAll } from './read.ts'

// Whatever is written is read back, however it is cut: all but what a dialect has no words for (limits.ts).

/** What dialects are made of, within values. */
const MARKS = [
  ...'"\'\\\n\r\t\0<>{}[]()=,:;&|*',
  ...['</parameter>', '</param>', '</arg_value>', '</steptml:parameter>', '</｜DSML｜parameter>', '</function>'],
  ...['<tool_call>', '</tool_call>', '</tool_calls>', '<|tool_call|>', '[TOOL_CALLS]', '[ARGS]', '<|call|>', '```'],
  ...['<|"|>', '<escape>', '<tool_call|>', '<end_function_call>', '<｜tool▁call▁end｜>', '<|tool_call_end|>', '>>>'],
  ...['\\u003c', '&lt;', '<![CDATA[', ']]>', ']<]minimax[>[', '<|python_end|>', '</function_calls>', '<|END_ACTION|>'],
  ...[
    '03106',
    ' ',
    'null',
    'True',
    '1e3',
    '- a',
    'a: b',
    '#',
    '|',
    '\u2028',
    '\u00a0',
    '🎉',
    'Пловдив',
    'functions.f:0',
  ],
]

const text = fc
  .array(fc.oneof(fc.constantFrom(...MARKS), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 5 })
  .map((pieces) => pieces.join(''))

const word = fc.constantFrom(
  'true',
  'false',
  'null',
  '0',
  '-0',
  '1.50',
  '12345678901234567890',
  '-1e-7',
  '2E+3',
  '1e400',
)
const key = fc.oneof(
  fc.stringMatching(/^[A-Za-z_]\w{0,8}$/),
  fc.constantFrom('__proto__', 'constructor', 'x-count', 'año', '名前', '3d', 'a b', 'from', 'item', 'name'),
  { arbitrary: text, weight: 1 },
)

/** The text of a JSON value, its numbers as no double has them. */
const { value: json } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text.map((one) => JSON.stringify(one)),
    word,
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }).map((elements) => `[${elements.join(', ')}]`),
  object: fc
    .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 3, selector: ([name]) => name })
    .map((members) => `{${members.map(([name, one]) => `${JSON.stringify(name)}: ${one}`).join(', ')}}`),
}))

const member = fc.record({ name: key, json, isDeclared: fc.boolean() })
const call = fc.record({
  name: fc.oneof(
    fc.stringMatching(/^[A-Za-z_][\w-]{0,20}$/),
    fc.constantFrom('functions', 'functions_f', 'f1', '3d', 'True', 'call', 'json'),
  ),
  members: fc.uniqueArray(member, { maxLength: 4, selector: ({ name }) => name }),
})

type Made = { readonly name: string; readonly members: readonly { name: string; json: string; isDeclared: boolean }[] }

/** Its parameters as declared: some by the type of the value, the others not at all. */
function parametersOf({ members }: Made): JsonObject {
  const declared = members.filter(({ isDeclared }) => isDeclared)
  return {
    type: 'object',
    properties: Object.fromEntries(declared.map((one) => [one.name, { type: typeOf(one.json) }])),
  }
}

function typeOf(one: string): string {
  const types: Readonly<Record<string, string>> = {
    '"': 'string',
    '{': 'object',
    '[': 'array',
    t: 'boolean',
    f: 'boolean',
  }
  return one === 'null' ? 'null' : (types[one.charAt(0)] ?? 'number')
}

function argumentsOf(members: Made['members']): string {
  return `{${members.map((one) => `${JSON.stringify(one.name)}: ${one.json}`).join(', ')}}`
}

/** The calls without those of their members that are beyond the dialect's limits. */
function within(id: string, calls: readonly Made[], tools: ReadonlyMap<string, JsonObject>) {
  return calls.map(({ name, members }) => {
    const said = members.filter(
      (one) => limitsOf(id, [{ name, argumentsText: argumentsOf([one]) }], tools).length === 0,
    )
    return { name, argumentsText: argumentsOf(said) }
  })
}

function cut(whole: string, sizes: readonly number[]): string[] {
  const chunks: string[] = []
  let at = 0
  for (let index = 0; at < whole.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1
    chunks.push(whole.slice(at, at + size))
    at += size
  }
  return chunks
}

test.each([...DIALECTS.entries()])('%s reads what it writes', (id, dialect) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 })
  const made = fc.uniqueArray(call, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
  fc.assert(
    fc.property(made, sizes, (calls, chunks) => {
      const tools = new Map(calls.map((one) => [one.name, parametersOf(one)]))
      const sent = within(id, calls, tools)
      const written = writeCalls(id, sent, { tools })
      const read = readAll(dialect, tools, [written])
      const isSame = isDeepStrictEqual(comparable(read.calls), comparable(sent))
      expect({ written, isSame, text: read.text, isCut: read.isCut, read: isSame ? [] : read.calls }).toEqual({
        written,
        isSame: true,
        text: '',
        isCut: false,
        read: [],
      })
      expect(isDeepStrictEqual(readAll(dialect, tools, cut(written, chunks)), read)).toBe(true)
    }),
    { numRuns: 100 },
  )
})
