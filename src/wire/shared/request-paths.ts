import type { ContentPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import { isList, objectOf, textOf } from './read-json.ts'

// Rules of providers say losses in paths of the body that was written. What of it was written from where in the ChatRequest
// is told here once: the way back, which client-paths.ts goes on to the client's own body.

/** Something written for one part of a turn, and where in its message or item: `.content[0]`, `.tool_calls[1]`, or all of it. */
export type WrittenPart = {
  readonly path: string
  readonly type: ContentPart['type']
  /** Of a result: what it holds. */
  readonly content?: readonly WrittenPart[]
}

type Names = Readonly<Record<string, string>>

export type WrittenBody = {
  /** The member that lists the turns, the parts of each of its entries, and the request's message that each is of. */
  readonly list: string
  readonly parts: readonly (readonly WrittenPart[])[]
  readonly origins: readonly number[]
  /** Of each tool written, which of the request's it is. */
  readonly tools: readonly number[]
  /** What stands on a message, a part or a tool, as written ▶ as a ChatRequest has it. What is not there has no place there. */
  readonly members: Names
  /** Parameters by other names than a ChatRequest has. */
  readonly parameters: Names
}

/** A function from paths in a written body to paths in the request it was written from. */
export function requestPaths({ messages }: ChatRequest, written: WrittenBody): (path: string) => string {
  const { list, parts, origins, tools, members, parameters } = written
  return (path) => {
    const [, name, at, rest = ''] = /^([a-z]+)\[(\d+)\](.*)$/.exec(path) ?? []
    const index = Number(at)
    if (name === 'tools') return `tools[${tools[index] ?? index}]${members[rest] ?? ''}`
    const origin = name === list ? origins[index] : undefined
    if (origin === undefined) return parameters[path.replace(/\[\d+\]$/, '')] ?? path
    // A turn may be written as several entries: parts are counted in all of them.
    const before = parts.filter((_, one) => one < index && origins[one] === origin).flat()
    return `messages[${origin}]${within(messages[origin]?.content ?? [], before, parts[index] ?? [], rest, members)}`
  }
}

/** Parts of a kind are written in their order, so that the nth of those written is the nth of those said. */
function within(
  content: readonly ContentPart[],
  before: readonly WrittenPart[],
  parts: readonly WrittenPart[],
  rest: string,
  members: Names,
): string {
  const part = partAt(parts, rest)
  if (part === undefined) return members[rest] ?? ''
  const isAlike = ({ type }: { readonly type: string }): boolean => type === part.type
  const nth = before.filter(isAlike).length + parts.slice(0, parts.indexOf(part)).filter(isAlike).length
  const alike = content.flatMap((one, index) => (isAlike(one) ? [{ one, index }] : []))
  const said = alike[nth]
  if (said === undefined) return ''
  const inner = rest.slice(part.path.length)
  const held = said.one.type === 'tool-result' ? said.one.content : []
  return `.content[${said.index}]${within(held, [], part.content ?? [], inner, members)}`
}

/** The part that a path stands in or, for a path to several, the first of them. */
function partAt(parts: readonly WrittenPart[], rest: string): WrittenPart | undefined {
  const holds = ({ path }: WrittenPart): boolean => rest === path || /^[.[]/.test(rest.slice(path.length))
  return (
    parts.find((part) => rest.startsWith(part.path) && holds(part)) ??
    (rest === '' ? undefined : parts.find(({ path }) => path.startsWith(`${rest}[`)))
  )
}

const TYPES = table<ContentPart['type']>({
  text: 'text',
  input_text: 'text',
  output_text: 'text',
  refusal: 'refusal',
  image_url: 'image',
  input_image: 'image',
  input_audio: 'audio',
  file: 'file',
  input_file: 'file',
})

/** The parts of a content in either of OpenAI's formats. */
export function writtenContent(value: JsonValue | undefined, path: string): WrittenPart[] {
  if (typeof value === 'string') return value === '' ? [] : [{ path, type: 'text' }]
  if (!isList(value)) return []
  return value.map((part, index) => ({ path: `${path}[${index}]`, type: typeOf(objectOf(part)) }))
}

function typeOf({ type }: JsonObject): ContentPart['type'] {
  return TYPES[textOf(type) ?? ''] ?? 'native'
}
