import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { listOf, textOf } from './read-json.ts'

// What providers check of the schemas of tools, strict or not.

/** Where in a schema, and what of it is no JSON Schema. */
export type SchemaProblem = { readonly at: readonly string[]; readonly value: JsonValue; readonly expected: string }

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
const NAMED = ['properties', 'patternProperties', '$defs', 'definitions']
const LISTED = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const SINGLE = ['items', 'additionalProperties', 'not', 'contains', 'propertyNames']

/** The first part of a schema that draft 2020-12 refuses. */
export function draftProblem(schema: JsonValue | undefined, at: readonly string[] = []): SchemaProblem | undefined {
  if (schema === undefined || typeof schema === 'boolean') return undefined
  if (!isJsonObject(schema)) return { at, value: schema, expected: "'object', 'boolean'" }
  return ownProblem(schema, at) ?? findInner(schema, at, draftProblem)
}

function ownProblem(schema: JsonObject, at: readonly string[]): SchemaProblem | undefined {
  const { type, required, enum: values } = schema
  const types = Array.isArray(type) ? type : [type ?? 'object']
  if (types.length === 0 || !types.every((one) => typeof one === 'string' && TYPES.includes(one)))
    return { at, value: type ?? null, expected: 'any of the given schemas' }
  const isNames = Array.isArray(required) && required.every((one) => typeof one === 'string')
  if (required !== undefined && !isNames) return { at, value: required, expected: "'array'" }
  if (values !== undefined && !Array.isArray(values)) return { at, value: values, expected: "'array'" }
  for (const name of NAMED) {
    const group = schema[name]
    if (group !== undefined && !isJsonObject(group)) return { at, value: group, expected: "'object'" }
  }
  for (const name of LISTED) {
    const list = schema[name]
    if (list !== undefined && !(Array.isArray(list) && list.length > 0)) return { at, value: list, expected: "'array'" }
  }
  for (const name of ['exclusiveMinimum', 'exclusiveMaximum']) {
    const bound = schema[name]
    if (typeof bound === 'boolean') return { at, value: bound, expected: "'number'" }
  }
  return undefined
}

/** The first array that does not say what it holds. */
export function itemsProblem(schema: JsonValue | undefined, at: readonly string[] = []): readonly string[] | undefined {
  if (!isJsonObject(schema)) return undefined
  const isArray = schema['type'] === 'array' || listOf(schema['type']).includes('array')
  if (isArray && schema['items'] === undefined) return at
  return findInner(schema, at, itemsProblem)
}

/** What stands in a schema, with where, until something is found. */
export function findInner<Found>(
  schema: JsonObject,
  at: readonly string[],
  find: (schema: JsonValue | undefined, at: readonly string[]) => Found | undefined,
): Found | undefined {
  const inner: (readonly [JsonValue | undefined, readonly string[]])[] = [
    ...NAMED.flatMap((name) =>
      Object.entries(isJsonObject(schema[name]) ? schema[name] : {}).map(
        ([key, one]) => [one, [...at, name, key]] as const,
      ),
    ),
    ...SINGLE.map((name) => [schema[name], [...at, name]] as const),
    ...LISTED.flatMap((name) => listOf(schema[name]).map((one, index) => [one, [...at, name, String(index)]] as const)),
  ]
  for (const [one, place] of inner) {
    const found = one === undefined ? undefined : find(one, place)
    if (found !== undefined) return found
  }
  return undefined
}

const SPLIT = ['oneOf', 'anyOf', 'allOf', 'enum', 'not']

/**
 * OpenAI's words for a function's parameters that it refuses. https://github.com/langchain-ai/langchainjs/issues/9804,
 * https://github.com/sigoden/aichat/pull/1049, https://github.com/PrefectHQ/fastmcp/issues/2464
 */
export function openaiProblem(schema: JsonObject): string | undefined {
  const { type } = schema
  if (type !== undefined && type !== 'object')
    return `schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(type)}'.`
  if (SPLIT.some((name) => schema[name] !== undefined))
    return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
  const bare = itemsProblem(schema)
  return draftWords(schema) ?? (bare && `In context=${contextOf(bare)}, array schema missing items.`)
}

/** What is no JSON Schema, in the words of Python's validator; parameters are an object. */
export function draftWords(schema: JsonObject): string | undefined {
  const { type } = schema
  if (type !== undefined && type !== 'object') return `schema must be of type object, got ${JSON.stringify(type)}.`
  const odd = draftProblem(schema)
  if (odd === undefined) return undefined
  const value = pythonOf(odd.value)
  return odd.expected.startsWith('any')
    ? `${value} is not valid under any of the given schemas.`
    : `${value} is not of type ${odd.expected}.`
}

function pythonOf(value: JsonValue): string {
  if (typeof value === 'string') return `'${value}'`
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value)
}

function contextOf(at: readonly string[]): string {
  return `(${at.map((step) => `'${step}'`).join(', ')}${at.length === 1 ? ',' : ''})`
}

const KEY = '^[a-zA-Z0-9_.-]{1,64}$'

/**
 * Anthropic's words, after `tools.0.custom.input_schema`. Of names it checks those at the root.
 * https://github.com/n8n-io/n8n/issues/30590, https://github.com/anthropics/claude-code/issues/63673,
 * https://github.com/anthropics/claude-code/issues/5973
 */
export function claudeSchemaProblem(schema: JsonObject): string | undefined {
  if (['oneOf', 'allOf', 'anyOf'].some((name) => schema[name] !== undefined))
    return ': input_schema does not support oneOf, allOf, or anyOf at the top level'
  const { properties } = schema
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  if (names.some((name) => !new RegExp(KEY).test(name)))
    return `.properties: Property keys should match pattern '${KEY}'`
  if (draftProblem(schema) === undefined) return undefined
  return ': JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.'
}

/**
 * Moonshot's words, after where. https://github.com/MoonshotAI/kimi-cli/issues/1595,
 * https://github.com/MoonshotAI/kimi-cli/issues/2061
 */
export function moonshotProblem(schema: JsonValue | undefined, at: readonly string[] = []): string | undefined {
  // What names must be like says no type: they are texts.
  if (!isJsonObject(schema) || at.at(-1) === 'propertyNames') return undefined
  const path = at.length === 0 ? 'root' : at.join('.')
  const { $ref, $defs: _, definitions: __, ...rest } = schema
  if ($ref !== undefined) {
    const [beside] = Object.keys(rest)
    return beside === undefined
      ? undefined
      : `At path '${path}': conflicting keywords found after $ref expansion: ${beside}`
  }
  if (schema['anyOf'] !== undefined && schema['type'] !== undefined)
    return `At path '${path}': when using anyOf, type should be defined in anyOf items instead of the parent schema`
  if (['type', 'anyOf', 'oneOf', 'allOf'].every((name) => schema[name] === undefined))
    return `At path '${path}': type is not defined`
  return findInner(schema, at, moonshotProblem)
}

/** Keys at the root that Amazon's own models do not take. https://github.com/zed-industries/zed/issues/28521 */
export function novaProblem(schema: JsonObject): string | undefined {
  const odd = Object.keys(schema).find((name) => !['type', 'properties', 'required'].includes(name))
  return odd === undefined ? undefined : `extraneous key [${textOf(odd)}] is not permitted`
}
