import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { DATA } from '../data-folder.ts'
import type { AcceptedCall } from './bfcl-checker.ts'

const FILE = join(DATA, 'tools/bfcl/bfcl_single_turn_openai.jsonl.gz')

/** Absent in a checkout without the shared data. */
export const hasBfcl = existsSync(FILE)

type Item = {
  readonly id: string
  readonly category: string
  readonly tools: readonly { readonly function: { readonly name: string; readonly parameters?: JsonObject } }[]
  readonly tool_name_map: Readonly<Record<string, string>>
  readonly ground_truth: readonly AcceptedCall[] | null
}

/** An item with accepted answers, and calls that are such. */
export type BfclCase = {
  readonly id: string
  readonly tools: ReadonlyMap<string, JsonObject>
  readonly accepted: readonly AcceptedCall[]
  readonly calls: readonly { readonly name: string; readonly argumentsText: string }[]
  /** The name before it was made one that all providers take. */
  originalName(name: string): string
}

/** All items, those without accepted answers left out (data/tools/README.md). */
export function bfclCases(): { readonly items: number; readonly cases: readonly BfclCase[] } {
  if (!hasBfcl) return { items: 0, cases: [] }
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  return { items: lines.length, cases: lines.flatMap((line) => casesOf(JSON.parse(line) as Item)) }
}

function casesOf({ id, tools, tool_name_map: originals, ground_truth: accepted }: Item): BfclCase[] {
  if (accepted === null || accepted.length === 0) return []
  const sent = new Map(Object.entries(originals).map(([name, original]) => [original, name]))
  const parameters = new Map(tools.map(({ function: one }) => [one.name, one.parameters ?? {}]))
  const calls = accepted.flatMap((answer) =>
    Object.entries(answer).map(([original, values]) => {
      const name = sent.get(original) ?? original
      return { name, argumentsText: JSON.stringify(answerOf(values, parameters.get(name))) }
    }),
  )
  return [{ id, tools: parameters, accepted, calls, originalName: (name) => originals[name] ?? name }]
}

/** The first accepted value of each parameter; none where only its absence is accepted. */
function answerOf(values: Readonly<Record<string, readonly JsonValue[]>>, schema: JsonObject | undefined): JsonObject {
  const required = Array.isArray(schema?.['required']) ? schema['required'] : []
  const chosen = Object.entries(values).flatMap(([name, accepted]) => {
    const value = accepted.find((one) => one !== '')
    if (value !== undefined) return [[name, chosenOf(value)] as const]
    return required.includes(name) ? [[name, ''] as const] : []
  })
  return Object.fromEntries(chosen)
}

/** Within objects every member has its accepted values. */
function chosenOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(chosenOf)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, accepted = null]) => {
      const one = Array.isArray(accepted) ? accepted.find((each) => each !== '') : accepted
      return one === undefined ? [] : [[name, chosenOf(one)] as const]
    }),
  )
}
