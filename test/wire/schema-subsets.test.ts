import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { outputSchema } from '../../src/wire/anthropic-messages/output-schema.ts'
import { fitSchema } from '../../src/wire/schema/fit-schema.ts'
import { SCHEMA_SUBSETS } from '../../src/wire/schema/subsets.ts'
import { DATA } from '../data-folder.ts'

// What another gateway's authors made of schemas for the same providers (data/tools/README.md).

const FILE = join(DATA, 'tools/providers/vercel_schema_sanitize.jsonl.gz')
const hasCases = existsSync(FILE)

type Row = {
  readonly id: string
  readonly fn: string
  readonly meta: { readonly test: string }
  readonly input: readonly [JsonObject]
  readonly expected: JsonValue
}

const EMPTY = 'models before Gemini 2 refuse objects without members; they get a text that holds JSON'
const LEFT_OUT = 'parameters without members are left out, whatever they are called'
const MERGED = 'allOf is no member of Google’s Schema, and oneOf a newer one: they are merged, and said as anyOf'
const FORMAT = 'formats of texts other than enum and date-time are refused; they are said in words'
const TEXTS = 'enums are refused but on texts; the number that is meant is read back'
const SHORT = 'one type and nullable say the same without a branch'
const NULL = 'null alone was no type before Gemini 2'
const ROOT = 'Moonshot wants the type of the root said, and no type beside anyOf: branches of a root are merged'
const WORDS = 'constraints are said in our words'
const NO_OBJECT = 'a root that is no object is asked for in words elsewhere'

/** Case ▶ why ours differs on purpose. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:468': LEFT_OUT,
  'vaifn:470': LEFT_OUT,
  'vaifn:472': LEFT_OUT,
  'vaifn:538': EMPTY,
  'vaifn:541': MERGED,
  'vaifn:546': `${SHORT}; ${NULL}`,
  'vaifn:547': FORMAT,
  'vaifn:550': EMPTY,
  'vaifn:551': EMPTY,
  'vaifn:555': TEXTS,
  'vaifn:706': ROOT,
  'vaifn:712': ROOT,
  'vaifn:713': ROOT,
  'vaifn:733': WORDS,
  'vaifn:734': WORDS,
  'vaifn:735': WORDS,
  'vaifn:736': NO_OBJECT,
  'vaifn:737': WORDS,
}

/** The parameters of a tool; null where none are sent. */
function written({ fn, input: [schema] }: Row): JsonValue {
  if (fn === 'sanitizeJsonSchema') return outputSchema(schema)?.schema ?? null
  if (fn === 'normalizeJsonSchemaForMFJS') return fitSchema(schema, SCHEMA_SUBSETS.moonshot).schema
  const isTool = schema['enum'] === undefined
  const fitted = fitSchema(schema, SCHEMA_SUBSETS['gemini-parameters'], { isTool }).schema
  return isTool && Object.keys(fitted['properties'] ?? {}).length === 0 ? null : fitted
}

const rows = hasCases
  ? gunzipSync(readFileSync(FILE))
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  : []

describe.skipIf(!hasCases)(`schemas of tools${hasCases ? '' : ' (no shared data here)'}`, () => {
  test('there are cases', () => expect(rows.length).toBeGreaterThan(45))

  test.each(rows.map((row) => [row.id, row.fn, row.meta.test, row] as const))('%s %s %s', (id, _fn, _test, row) => {
    const differs = DIFFERENCES[id]
    const before = JSON.stringify(row.input)
    if (differs === undefined) expect(written(row)).toEqual(row.expected)
    else expect(written(row), differs).not.toEqual(row.expected)
    expect(JSON.stringify(row.input)).toBe(before)
  })
})
