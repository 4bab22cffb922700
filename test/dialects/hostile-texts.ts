import type { JsonObject } from '../../src/core/json.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { thinkingOf } from '../../src/dialects/thinking.ts'
import { writeCalls } from '../../src/dialects/write/index.ts'

/** A text of any length that makes a reader look again and again: `head`, then `part` over and over, then `tail`. */
export type HostileText = { readonly head: string; readonly part: string; readonly tail: string }

export const HOSTILE_TOOLS: ReadonlyMap<string, JsonObject> = new Map([
  [
    'get_weather',
    {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' }, tags: { type: 'array' } },
      required: ['city'],
    },
  ],
  ['send', { type: 'object', properties: { message: { type: 'string' } } }],
])

const CALLS = [
  { id: 'call00001', name: 'get_weather', argumentsText: '{"city": "Paris", "days": 2, "tags": ["a", {"b": 1}]}' },
  { id: 'call00002', name: 'send', argumentsText: '{"message": "x"}' },
]

/** What looks like the beginning of something, in one dialect or another. */
const BEGINNINGS = [
  '{',
  '[',
  '[{',
  '{"',
  '{"a":',
  '{"a":"',
  '{"a":[',
  '{"name":"get_weather","arguments":{',
  '{"name":"get_weather","arguments":"',
  '[{"name":"get_weather","arguments":{"city":"x"}},',
  '[get_weather(city="',
  '[get_weather(',
  '\n[get_weather(a=[',
  '"x"y" ',
  "{'a': 'x' 'y' ",
  '{"a": "b" "c": }',
  '{a:1 /* ',
  '// "\n',
  '\\"',
  '\\',
  ' ',
  '\n',
  '<',
  '</',
  '<![CDATA[',
  '<!--',
  '<get_weather>',
  '<get_weather><city>',
  '<city></city>',
  '<get_weather>\ncity: [',
  '- - ',
  '? a: ',
  '<a b=',
  '(((',
  'x',
]

const MAX_PART_TOKENS = 3

/** What a dialect's honest calls consist of, repeated in every place: and its marks with all kinds of beginnings behind. */
export function hostileTexts(dialect: Dialect): HostileText[] {
  const honest = writeCalls(dialect.id, CALLS, { tools: HOSTILE_TOOLS })
  const tokens = honest.match(/[\w.-]+|\s+|[^\w\s]/g) ?? []
  const found: HostileText[] = []
  const add = (head: string, part: string, tail = ''): void => {
    if (part !== '') found.push({ head, part, tail })
  }
  for (let at = 0; at < tokens.length; at += 1) {
    const head = tokens.slice(0, at).join('')
    add('', head)
    add('', `${head}\n`)
    for (let count = 1; count <= MAX_PART_TOKENS; count += 1) {
      const part = tokens.slice(at, at + count).join('')
      add(head, part)
      add(head, part, tokens.slice(at + count).join(''))
    }
  }
  const { open, close } = thinkingOf(dialect)
  for (const mark of new Set([...marksOf(dialect), open, close])) {
    for (const beginning of ['', ...BEGINNINGS]) {
      add('', mark + beginning)
      add('', `${mark + beginning}\n`)
      add(mark, beginning)
      add(mark, beginning, honest.slice(-40))
      add(`${mark}{"name": "get_weather", "arguments": {"city": "`, beginning, honest.slice(-40))
    }
  }
  const keys = found.map(({ head, part, tail }): [string, HostileText] => [
    `${head}\0${part}\0${tail}`,
    { head, part, tail },
  ])
  return [...new Map(keys).values()]
}

/** The first of each kind is enough of marks that differ in their writing only. */
function marksOf({ opens, drops = [] }: Dialect): string[] {
  return [...opens.slice(0, 8), ...drops.slice(0, 3)]
}

/** One of at least `length` units. */
export function hostile({ head, part, tail }: HostileText, length: number): string {
  return head + part.repeat(Math.ceil((length - head.length - tail.length) / part.length)) + tail
}
