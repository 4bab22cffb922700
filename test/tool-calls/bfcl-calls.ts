import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { Tool } from '../../src/core/tool.ts'
import { DATA } from '../data-folder.ts'

const FILE = join(DATA, 'tools/bfcl/bfcl_single_turn_openai.jsonl.gz')

/** Absent in a checkout without the shared data. */
export const hasBfcl = existsSync(FILE)

/** A call that BFCL accepts as an answer, and the tools of its item. */
export type BfclCall = {
  readonly id: string
  readonly tools: readonly Tool[]
  readonly name: string
  readonly arguments: JsonObject
}

type Item = {
  readonly id: string
  readonly tools: readonly {
    readonly function: { readonly name: string; readonly parameters?: JsonObject }
  }[]
  readonly tool_name_map: Readonly<Record<string, string>>
  readonly ground_truth: readonly Readonly<Record<string, Readonly<Record<string, readonly JsonValue[]>>>>[] | null
}

/** Every accepted call, each of its arguments by the first value that is accepted (data/tools/README.md). */
export function bfclCalls(): BfclCall[] {
  if (!hasBfcl) return []
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  return lines.flatMap((line) => callsOf(JSON.parse(line) as Item))
}

function callsOf({ id, tools: declared, tool_name_map: names, ground_truth: accepted }: Item): BfclCall[] {
  const tools = declared.map(({ function: { name, parameters } }) => ({ name, description: undefined, parameters }))
  return (accepted ?? []).flatMap((call) =>
    Object.entries(call).map(([said, values]) => {
      const tool = tools.find(({ name }) => name === said || names[name] === said)
      const schema = { type: 'object', properties: tool?.parameters?.['properties'] }
      return { id, tools, name: tool?.name ?? said, arguments: firstOf(values, schema) as JsonObject }
    }),
  )
}

/** The members of accepted objects are lists of what is accepted too; `""` in one says that it may be left out. */
function firstOf(value: JsonValue, schema: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) {
    const items = isJsonObject(schema) ? schema['items'] : undefined
    return value.map((one: JsonValue) => firstOf(one, items))
  }
  if (!isJsonObject(value)) return value
  const properties = isJsonObject(schema) ? schema['properties'] : undefined
  const members = Object.entries(value).flatMap(([name, accepted]) => {
    if (!Array.isArray(accepted)) return [[name, accepted] as const]
    const first: JsonValue | undefined = accepted.find((one: JsonValue) => one !== '')
    const inner = isJsonObject(properties) ? properties[name] : undefined
    return first === undefined ? [] : [[name, firstOf(first, inner)] as const]
  })
  return Object.fromEntries(members)
}
