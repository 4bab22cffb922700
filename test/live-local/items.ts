import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { DATA } from '../data-folder.ts'

type Declared = {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly description?: string; readonly parameters: JsonObject }
}

/** A request that wants one call or none, and what is accepted as this call's arguments: each by a list, in which `""` says that it may be left out. */
export type Item = {
  readonly id: string
  readonly question: string
  readonly tools: readonly Declared[]
  /** `undefined`: none of the tools helps. */
  readonly wanted: Wanted | undefined
}

type Wanted = { readonly name: string; readonly arguments: Readonly<Record<string, readonly JsonValue[]>> }

type Line = {
  readonly id: string
  readonly category: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly tools: readonly Declared[]
  readonly tool_name_map: Readonly<Record<string, string>>
  readonly ground_truth: readonly Readonly<Record<string, Wanted['arguments']>>[] | null
}

const FILE = join(DATA, 'tools/bfcl/bfcl_single_turn_openai.jsonl.gz')

// Two thirds have one tool, a third has two or three. Of a prompt, every token takes 10 ms and more.
const CATEGORIES = ['simple_python', 'live_simple', 'multiple']
const MAX_TOOLS = 3
const MAX_CHARACTERS = 1_500

/** So many requests of BFCL with one turn of the user and few, short tools: a third of each category, as far apart as they can be. */
export function bfclItems(count: number): Item[] {
  if (!existsSync(FILE)) return OWN
  const lines = shortLines().filter(({ ground_truth: accepted }) => accepted?.length === 1)
  return CATEGORIES.flatMap((category) => {
    const some = lines.filter((line) => line.category === category)
    return spread(some, Math.round(count / CATEGORIES.length)).flatMap(itemOf)
  })
}

/** So many requests that none of their tools helps with. */
export function irrelevantItems(count: number): Item[] {
  if (!existsSync(FILE)) return []
  const lines = shortLines().filter(({ category }) => category === 'irrelevance')
  return spread(lines, count).map(({ id, tools, messages }) => {
    return { id, question: messages[0]?.content ?? '', tools, wanted: undefined }
  })
}

function shortLines(): Line[] {
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  return lines.map((line): Line => JSON.parse(line)).filter(isShort)
}

function spread(lines: readonly Line[], count: number): Line[] {
  return Array.from({ length: count }, (_, place) => lines[Math.floor((place * lines.length) / count)]).filter(
    (line) => line !== undefined,
  )
}

function isShort({ messages, tools }: Line): boolean {
  const { length } = JSON.stringify(tools) + JSON.stringify(messages)
  return messages.length === 1 && tools.length <= MAX_TOOLS && length <= MAX_CHARACTERS
}

function itemOf(line: Line): Item[] {
  const [[said, accepted] = []] = Object.entries(line.ground_truth?.[0] ?? {})
  if (said === undefined || accepted === undefined) return []
  const { id, tools, messages, tool_name_map: names } = line
  const name = tools.find((tool) => tool.function.name === said || names[tool.function.name] === said)?.function.name
  return [{ id, question: messages[0]?.content ?? '', tools, wanted: { name: name ?? said, arguments: accepted } }]
}

function own(id: string, question: string, tool: Declared['function'], accepted: Wanted['arguments']): Item {
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
