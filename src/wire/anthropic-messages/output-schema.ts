import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { described, wordsOf } from '../schema/fitting.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { isObjectRoot } from '../shared/object-root.ts'
import { isList } from '../shared/read-json.ts'

// What is not taken is said in the description instead, as Anthropic's own SDKs do.
const { keywords: KEPT, formats: FORMATS, silent: SILENT } = SCHEMA_SUBSETS['anthropic-strict']

/** The loss where a schema is written that is not exact. */
export const SAID_IN_WORDS = 'what the provider cannot enforce of it was said in descriptions'

/**
 * A schema as structured outputs take it; `undefined` when it cannot be said: objects with members of any name, and a root
 * that is no object (`jsonSchemaOutputFormat` of Anthropic's SDK: "JSON schema must be an object, but got array").
 * `isExact`: nothing had to be said in words.
 */
export function outputSchema(
  schema: JsonObject,
): { readonly schema: JsonObject; readonly isExact: boolean } | undefined {
  if (!isObjectRoot(schema)) return undefined
  const state = { isExact: true, isSayable: true }
  const written = writeNode(schema, state)
  return state.isSayable ? { schema: written, isExact: state.isExact } : undefined
}

type State = { isExact: boolean; isSayable: boolean }

function writeNode(node: JsonObject, state: State): JsonObject {
  const written: { [key: string]: JsonValue | undefined } = {}
  const spoken: [string, JsonValue][] = []
  for (const [key, value] of Object.entries(node)) {
    if (value === undefined || SILENT.has(key)) continue
    if (key === 'oneOf') written['anyOf'] = writeList(value, state)
    else if (isKept(key, value)) written[key] = writeMember(key, value, state)
    else spoken.push([key, value])
  }
  if (node['type'] === 'object' || isJsonObject(node['properties'])) closeObject(node, written, state)
  if (spoken.length > 0) {
    state.isExact = false
    return described(written, wordsOf(spoken))
  }
  return written
}

function isKept(key: string, value: JsonValue): boolean {
  if (key === 'format') return typeof value === 'string' && FORMATS.has(value)
  if (key === 'minItems') return value === 0 || value === 1
  return KEPT.has(key)
}

function writeMember(key: string, value: JsonValue, state: State): JsonValue {
  switch (key) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isJsonObject(value) ? writeNamed(value, state) : value
    case 'anyOf':
    case 'allOf':
      return writeList(value, state)
    case 'items':
      return isJsonObject(value) ? writeNode(value, state) : value
    default:
      return value
  }
}

function writeNamed(schemas: JsonObject, state: State): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, isJsonObject(schema) ? writeNode(schema, state) : schema]),
  )
}

function writeList(value: JsonValue, state: State): JsonValue {
  return isList(value) ? value.map((schema) => (isJsonObject(schema) ? writeNode(schema, state) : schema)) : value
}

/** Objects must be closed. A map, whose members have any names, cannot be. */
function closeObject(node: JsonObject, written: { [key: string]: JsonValue | undefined }, state: State): void {
  const others = node['additionalProperties']
  const isMap = isJsonObject(others) || (others !== false && !isJsonObject(node['properties']))
  if (isMap) state.isSayable = false
  if (others !== false) state.isExact = false
  written['additionalProperties'] = false
  // "Schema type is missing": https://github.com/langgenius/dify-official-plugins/issues/3886
  written['type'] ??= 'object'
}
