import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { MAX_CALLS } from './dialect.ts'
import { unquoted } from './markup.ts'
import { argumentsOf } from './values/arguments.ts'
import { hasHostileName } from './values/hostile-names.ts'
import { parameterSchema, typedJson, typesOf } from './values/typed.ts'

const MARK = ']<]minimax[>['
const OPEN = `${MARK}<tool_call>`
const CLOSE = `${MARK}</tool_call>`
const INVOKE = `${MARK}<invoke name=`
const MAX_DEPTH = 128
const MAX_NAME_LENGTH = 256

/**
 * MiniMax M3: every parameter is an element of its name, in it the members of an object or the elements of a list. A token
 * of the model's own stands before every tag; without it a tag is text.
 */
export const minimaxM3: Dialect = {
  id: 'minimax_m3',
  opens: [OPEN],
  *read(cursor, declared): Reading<Outcome> {
    if (!(yield* cursor.literal(OPEN))) return undefined
    const calls: TextCall[] = []
    let isRefused = false
    const made = (): TextCall[] | undefined => (isRefused && calls.length === 0 ? undefined : calls)
    for (;;) {
      const start = cursor.position()
      yield* cursor.spaces()
      if ((yield* cursor.closing([CLOSE])) || calls.length >= MAX_CALLS) return made()
      if (!(yield* cursor.some())) return calls.length > 0 || isRefused ? made() : 'cut'
      const call = (yield* cursor.literal(INVOKE)) ? yield* readCall(cursor, declared) : undefined
      if (call === 'cut') return calls.length > 0 ? { calls, cutAt: start } : call
      if (call === undefined) {
        cursor.rewind(start)
        return calls.length > 0 ? calls : undefined
      }
      if (hasHostileName(call.argumentsText, declared.tools.get(call.name))) isRefused = true
      else calls.push(call)
    }
  },
}

function* readCall(cursor: Cursor, { tools }: Declared): Reading<TextCall | 'cut' | undefined> {
  const name = unquoted(yield* readName(cursor))
  if (!(yield* cursor.some())) return 'cut'
  if (name === '' || !(yield* cursor.literal('>'))) return undefined
  const content = yield* readContent(cursor)
  if (content === 'cut' || content === undefined) return content
  const parameters = tools.get(name)
  const members = content.elements.map(({ tag, content: inner }): [string, string] => [
    tag,
    tools.size === 0 ? untyped(inner) : jsonOf(inner, parameterSchema(parameters, tag)),
  ])
  return { name, argumentsText: argumentsOf(members) }
}

type Content = { text: string; readonly elements: Element[] }
type Element = { readonly tag: string; readonly content: Content }

/** What an element contains, and over its end. Whatever its name, an end is that of what was opened last. */
function* readContent(cursor: Cursor): Reading<Content | 'cut' | undefined> {
  const open: Content[] = [{ text: '', elements: [] }]
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    const start = cursor.position()
    const { found, at } = yield* cursor.until([MARK])
    if (found < 0) return 'cut'
    inner.text += cursor.slice(start, at)
    if (!(yield* cursor.literal('<'))) continue
    const isEnd = yield* cursor.literal('/')
    const tag = unquoted((yield* readName(cursor)).replace(/\/$/, ''))
    if (!(yield* cursor.some())) return 'cut'
    if (!(yield* cursor.literal('>')) || open.length > MAX_DEPTH) return undefined
    if (isEnd) {
      open.pop()
      if (open.length === 0) return inner
    } else {
      const content: Content = { text: '', elements: [] }
      inner.elements.push({ tag, content })
      open.push(content)
    }
  }
  return undefined
}

function* readName(cursor: Cursor): Reading<string> {
  return yield* cursor.while((unit) => unit !== 60 && unit !== 62 && unit !== 10, MAX_NAME_LENGTH)
}

function jsonOf({ text, elements }: Content, schema: JsonValue | undefined): string {
  if (elements.length === 0) return typedJson(text, schema)
  if (isList(elements, schema)) {
    const inner = isJsonObject(schema) ? schema['items'] : undefined
    return `[${elements.map(({ content }) => jsonOf(content, inner)).join(', ')}]`
  }
  return objectOf(elements, (content, tag) => jsonOf(content, memberSchema(schema, tag)))
}

/** A member that comes several times is a list. */
function objectOf(elements: readonly Element[], json: (content: Content, tag: string) => string): string {
  const members = new Map<string, string[]>()
  for (const { tag, content } of elements) {
    const all = members.get(tag) ?? []
    all.push(json(content, tag))
    members.set(tag, all)
  }
  return argumentsOf([...members].map(([tag, all]) => [tag, all.length > 1 ? `[${all.join(', ')}]` : all.join()]))
}

/** The same where nothing is known of types. */
function untyped({ text, elements }: Content): string {
  if (elements.length === 0) return JSON.stringify(text)
  if (isList(elements, undefined)) return `[${elements.map(({ content }) => untyped(content)).join(', ')}]`
  return objectOf(elements, untyped)
}

/** Elements of a list are called `item` where the schema says nothing. */
function isList(elements: readonly Element[], schema: JsonValue | undefined): boolean {
  const types = typesOf(schema)
  return types.includes('array') || (types.length === 0 && elements.every(({ tag }) => tag === 'item'))
}

function memberSchema(schema: JsonValue | undefined, name: string): JsonValue | undefined {
  if (!isJsonObject(schema)) return undefined
  const { additionalProperties } = schema
  return (
    parameterSchema(schema as JsonObject, name) ??
    (isJsonObject(additionalProperties) ? additionalProperties : undefined)
  )
}
