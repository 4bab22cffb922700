import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import type { DialectCase } from './cases.ts'
import { dialectCases, hasDialectCases, lexerCases } from './cases.ts'
import { dialectOf } from './peer-options.ts'
import { cutsOf, readAll, toolsOf } from './read.ts'

// Every text of every source is read the same however it is cut: in two everywhere, by single units, and at random.

const SOURCES = ['own_matrix', 'vllm', 'ollama', 'ai_sdk_tool_parser']
const MAX_BYTES = 2048
const RANDOM_CHUNKINGS = 20
const MAX_CHUNK = 24

type Text = { readonly text: string; readonly dialect: Dialect; readonly tools: ReadonlyMap<string, JsonObject> }

const texts = Map.groupBy(distinct([...SOURCES.flatMap(dialectCases), ...lexed()]), ({ dialect }) => dialect.id)
const all = [...texts.values()].flat()

function lexed(): DialectCase[] {
  return lexerCases().map((one) => ({
    ...one,
    tools: one.tools ?? [],
    source: 'lexers',
    kind: 'stream',
    model_output: one.steps.map(({ input }) => input).join(''),
    expected_tool_calls: [],
    expected_content: null,
    compare: { arguments: 'json' },
    meta: {},
  }))
}

function distinct(cases: readonly DialectCase[]): Text[] {
  const found = cases.flatMap((one): [string, Text][] => {
    const dialect = dialectOf(one)
    const text = one.model_output
    if (dialect === undefined || text === '' || Buffer.byteLength(text) > MAX_BYTES) return []
    const key = JSON.stringify([one.dialect, one.meta.delimiters, one.tools, text])
    return [[key, { text, dialect, tools: toolsOf(one) }]]
  })
  return [...new Map(found).values()]
}

/** Numbers from 0 to 1, the same ones every time. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function* chunkingsOf(text: string): Generator<string[]> {
  yield* cutsOf(text)
  const next = random(text.length)
  for (let count = 0; count < RANDOM_CHUNKINGS; count += 1) {
    const longest = 1 + Math.floor(next() * MAX_CHUNK)
    const chunks: string[] = []
    for (let at = 0; at < text.length; at += chunks.at(-1)?.length ?? 1) {
      chunks.push(text.slice(at, at + 1 + Math.floor(next() * longest)))
    }
    yield chunks
  }
}

describe.skipIf(!hasDialectCases)(`chunks${hasDialectCases ? '' : ' (no shared data here)'}`, () => {
  test('the texts of all sources are there', () => {
    expect({ dialects: texts.size, texts: all.length }).toEqual({ dialects: 61, texts: 2552 })
  })

  test.each([...texts.keys()])('%s', (id) => {
    const wrong = (texts.get(id) ?? []).flatMap(({ text, dialect, tools }) => {
      const whole = readAll(dialect, tools, [text])
      for (const chunks of chunkingsOf(text)) {
        const read = readAll(dialect, tools, chunks)
        if (!isDeepStrictEqual(read, whole)) return [{ chunks, read, whole }]
      }
      return []
    })
    expect(wrong).toEqual([])
  })
})
