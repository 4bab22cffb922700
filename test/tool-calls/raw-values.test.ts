import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { argumentsOf } from '../../src/dialects/values/arguments.ts'
import { typedJson } from '../../src/dialects/values/typed.ts'
import { createCallSettler } from '../../src/tool-calls/settle-call.ts'
import { DATA } from '../data-folder.ts'

const FILE = join(DATA, 'tools/dialects/ollama_helpers.jsonl.gz')

type RawCase = {
  readonly id: string
  readonly kind: string
  readonly meta: { readonly name: string }
  readonly raw: string
  /** The types of the parameter; an object where none is declared. */
  readonly param_type: readonly string[] | Readonly<Record<string, never>>
  readonly expected: unknown
}

/** Where we differ, by the names of the cases. */
const OURS: Readonly<Record<string, { readonly why: string; readonly value: unknown }>> = {
  'trim a single leading and trailing newline': { why: 'the grammar of a dialect trims', value: '\nsome-string\n' },
  'trim at most one leading and trailing newline': { why: 'the same', value: '\n\nsome-string\n\n' },
  'null value lowercase': { why: 'a string fits a string', value: 'null' },
  'null value case insensitive': { why: 'what may be left out and is null is left out', value: undefined },
  'empty object': { why: 'the expectation is what Go made of it', value: {} },
  'invalid boolean falls back to false': { why: 'yes is not false', value: 'yes' },
}

function rawCases(): RawCase[] {
  if (!existsSync(FILE)) return []
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as RawCase).filter(({ kind }) => kind === 'coerce')
}

// The text of a parameter in markup as its dialect types it, and then as the schema wants it.
test.skipIf(!existsSync(FILE)).each(rawCases())('$id: $meta.name', ({ meta, raw, param_type: types, expected }) => {
  const schema = Array.isArray(types) ? { type: types.length === 1 ? types[0] : types } : {}
  const parameters = { type: 'object', properties: { value: schema } }
  const { settle } = createCallSettler([{ name: 'f', description: undefined, parameters }])
  const settled = settle({ name: 'f', argumentsText: argumentsOf([['value', typedJson(raw, schema)]]) })
  const { value } = JSON.parse(settled.argumentsText)
  expect(value).toEqual(meta.name in OURS ? OURS[meta.name]?.value : expected)
})
