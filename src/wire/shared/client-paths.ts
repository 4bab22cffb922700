import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from './read-json.ts'

// Writers know a request by the names of ChatRequest and say their losses in these: `messages[1].content[0].signature`,
// `top_k`. A client knows its own body. What stood where is told here once, for whatever format was written.

/** Where a message, a block or a tool of a ChatRequest stands in the client's body. */
export type Place = {
  readonly path: string
  /** What is said of it elsewhere than under its own path, by the canonical name. */
  readonly members?: Readonly<Record<string, string>>
  /** Of a tool: where its schema stands, which is `parameters` of a ChatRequest's. */
  readonly schema?: string
  /** Of a message: its blocks; of a result: what it holds. */
  readonly content?: readonly Place[]
}

export type Places = {
  readonly messages: readonly Place[]
  /** Absent where tools are listed under the same path, member by member. */
  readonly tools?: readonly Place[]
  /** Canonical name of a parameter ▶ where it may stand; the first that the body has is it. */
  readonly parameters: Readonly<Record<string, readonly string[]>>
}

/** A function from canonical paths to paths in the body whose places these are. */
export function clientPaths(body: JsonObject, { messages, tools, parameters }: Places): (path: string) => string {
  return (path) => {
    const [, list, index, rest = ''] = /^(messages|tools)\[(\d+)\](.*)$/.exec(path) ?? []
    if (list === undefined) return parameters[path]?.find((one) => isThere(body, one)) ?? path
    const place = (list === 'messages' ? messages : tools)?.[Number(index)]
    return place === undefined ? path : within(place, rest)
  }
}

function within(place: Place, rest: string): string {
  const [, index, inner] = /^\.content\[(\d+)\](.*)$/.exec(rest) ?? []
  if (inner !== undefined) {
    const found = place.content?.[Number(index)]
    return found === undefined ? place.path : within(found, inner)
  }
  const [, inSchema] = /^\.parameters(?=[.[]|$)(.*)$/s.exec(rest) ?? []
  if (inSchema !== undefined && place.schema !== undefined) return `${place.schema}${inSchema}`
  return place.members?.[rest.slice(1)] ?? `${place.path}${rest}`
}

/** Members may be written in snake case too, as Google's servers take them. */
function isThere(body: JsonObject, path: string): boolean {
  let value: JsonValue | undefined = body
  for (const name of path.split('.')) {
    if (!isJsonObject(value)) return false
    value = value[name] ?? value[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
  }
  return value !== undefined && value !== null
}

/** The places of a content: one for a string, one for each block of a list, none where nothing stands. */
export function contentPlaces(
  value: JsonValue | undefined,
  path: string,
  placeOf: (block: JsonObject, path: string) => Place,
): Place[] {
  if (typeof value === 'string') return [{ path }]
  if (!isList(value)) return []
  return value.map((block, index) => placeOf(isJsonObject(block) ? block : {}, `${path}[${index}]`))
}
