import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { DATA } from '../data-folder.ts'

type Declared = {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly description?: string; readonly parameters: JsonObject }
}

/** A request that wants one call, and what is accepted as this call's arguments: each by a list, in which `""` says that it may be left out. */
export type Item = {
  readonly id: string
  readonly question: string
  readonly tools: readonly Declared[]
  readonly wanted: { readonly name: string; readonly arguments: Readonly<Record<string, readonly JsonValue[]>> }
}

type Line = {
  readonly id: string
  readonly category: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly tools: readonly Declared[]
  readonly tool_name_map: Readonly<Record<string, string>>
  readonly ground_truth: readonly Readonly<Record<string, Item['wanted']['arguments']>>[] | null
}

const FILE = join(DATA, 'tools/bfcl/bfcl_single_turn_openai.jsonl.gz')

// Two thirds have one tool, a third has two or three. Of a prompt, every token takes 10 ms and more.
const SHARES: readonly (readonly [category: string, of12: number])[] = [
  ['simple_python', 4],
  ['live_simple', 4],
  ['multiple', 4],
]
const MAX_TOOLS = 3
const MAX_CHARACTERS = 1_500

/** So many requests of BFCL with one turn of the user and few, short tools: of each category as many steps apart as there are. */
export function bfclItems(count: number): Item[] {
  if (!existsSync(FILE)) return OWN
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  const all = lines.map((line): Line => JSON.parse(line)).filter(isShort)
  return SHARES.flatMap(([category, of12]) => {
    const some = all.filter((line) => line.category === category)
    const wanted = Math.round((count * of12) / 12)
    return Array.from({ length: wanted }, (_, place) => some[Math.floor((place * some.length) / wanted)]).flatMap(
      itemOf,
    )
  })
}

function isShort({ messages, tools, ground_truth: accepted }: Line): boolean {
  const text = JSON.stringify(tools) + JSON.stringify(messages)
  return messages.length === 1 && accepted?.length === 1 && tools.length <= MAX_TOOLS && text.length <= MAX_CHARACTERS
}

function itemOf(line: Line | undefined): Item[] {
  const [[said, accepted] = []] = Object.entries(line?.ground_truth?.[0] ?? {})
  if (line === undefined || said === undefined || accepted === undefined) return []
  const { id, tools, messages, tool_name_map: names } = line
  const name = tools.find((tool) => tool.function.name === said || names[tool.function.name] === said)?.function.name
  return [{ id, question: messages[0]?.content ?? '', tools, wanted: { name: name ?? said, arguments: accepted } }]
}

function own(id: string, question: string, tool: Declared['function'], accepted: Item['wanted']['arguments']): Item {
  return {
    id,
    question,
    tools: [{ type: 'function', function: tool }],
    wanted: { name: tool.name, arguments: accepted },
  }
}

/** Where the shared data is not there. */
const OWN: Item[] = [
  own(
    'weather',
    'What is the weather in Bern?',
    {
      name: 'get_weather',
      description: 'The weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
    { city: ['Bern'] },
  ),
  own(
    'sum',
    'Add 12 and 30.',
    {
      name: 'add',
      description: 'Adds two numbers',
      parameters: {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        required: ['a', 'b'],
      },
    },
    { a: [12], b: [30] },
  ),
]
