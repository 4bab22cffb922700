import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { parseLossless } from '../../src/core/lossless-json.ts'
import type { Dialect, TextCall } from '../../src/dialects/dialect.ts'
import type { ReadOptions } from '../../src/dialects/read-text.ts'
import { createTextReader } from '../../src/dialects/read-text.ts'
import type { DialectCase } from './cases.ts'

/** What a model's text amounts to. */
export type Read = {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly TextCall[]
  readonly isCut: boolean
  /** The text with that of a cut call. */
  readonly raw: string
}

export function readAll(
  dialect: Dialect,
  tools: ReadonlyMap<string, JsonObject>,
  chunks: readonly string[],
  options: ReadOptions = {},
): Read {
  const reader = createTextReader(dialect, { tools }, options)
  const events = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
  const said = (type: string): string =>
    events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('')
  return {
    text: said('text'),
    reasoning: said('reasoning'),
    calls: events.flatMap((event) => (event.type === 'call' ? [event.call] : [])),
    isCut: events.some((event) => event.type === 'cut'),
    raw: events.map((event) => (event.type === 'text' || event.type === 'cut' ? event.text : '')).join(''),
  }
}

type Tool = DialectCase['tools'][number]['function']

export function toolsOf({ tools }: Pick<DialectCase, 'tools'>): Map<string, JsonObject> {
  // Some sources write tools as OpenAI's Responses does.
  const flat = tools.map((tool) => tool.function ?? (tool as unknown as Tool))
  return new Map(flat.map(({ name, parameters }) => [name, schemaIn(parameters)]))
}

/** A schema may be in the AI SDK's wrapping; where it is no object it allows all or nothing. */
function schemaIn(parameters: JsonValue | undefined): JsonObject {
  const schema = isJsonObject(parameters) ? (parameters['jsonSchema'] ?? parameters) : parameters
  if (schema === false) return { not: {} }
  return isJsonObject(schema) ? schema : {}
}

/** Calls to be compared: arguments as values, with every digit; as text where they are no JSON. */
export function comparable(calls: readonly { readonly name: string; readonly argumentsText: string }[]): unknown {
  return calls.map(({ name, argumentsText }) => ({ name, arguments: jsonOr(argumentsText) }))
}

function jsonOr(text: string): unknown {
  try {
    return parseLossless(text)
  } catch {
    return text
  }
}

/** Every way to cut a text in two, and it by single code units. */
export function* cutsOf(text: string): Generator<string[]> {
  for (let at = 1; at < text.length; at += 1) yield [text.slice(0, at), text.slice(at)]
  yield text.split('')
}
