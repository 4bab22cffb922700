import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { listOf, textOf } from './read-json.ts'

/**
 * What OpenAI asks of the root of an answer's schema, strict or not. A reference may lead to an object.
 * https://github.com/jdrbc/podly_pure_podcasts/pull/89
 */
export function rootProblem(schema: JsonObject): string | undefined {
  const { type, $ref } = schema
  if (type === 'object' || (type === undefined && $ref !== undefined)) return undefined
  const found = type === undefined ? 'None' : textOf(type)
  return `schema must be a JSON Schema of 'type: "object"', got 'type: "${found}"'.`
}

/** What OpenAI's strict mode asks of every object. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
export function strictProblem(schema: JsonValue | undefined, context: readonly string[] = []): string | undefined {
  if (!isJsonObject(schema)) return undefined
  const here = `In context=(${context.map((step) => `'${step}'`).join(', ')}${context.length === 1 ? ',' : ''})`
  const { properties } = schema
  const isObject = schema['type'] === 'object' || listOf(schema['type']).includes('object')
  if (isObject && schema['additionalProperties'] !== false) {
    return `${here}, 'additionalProperties' is required to be supplied and to be false.`
  }
  if (isJsonObject(properties)) {
    const required = listOf(schema['required'])
    const missing = Object.keys(properties).find((name) => !required.includes(name))
    if (missing !== undefined) {
      return `${here}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
    }
  }
  for (const keyword of ['oneOf', 'allOf']) {
    if (schema[keyword] !== undefined) return `${here}, '${keyword}' is not permitted.`
  }
  return innerProblem(schema, context)
}

function innerProblem(schema: JsonObject, context: readonly string[]): string | undefined {
  const groups = [
    ...['properties', '$defs', 'definitions'].flatMap((keyword) =>
      Object.entries(isJsonObject(schema[keyword]) ? schema[keyword] : {}).map(
        ([name, member]) => [member, [...context, keyword, name]] as const,
      ),
    ),
    [schema['items'], [...context, 'items']] as const,
    ...listOf(schema['anyOf']).map((branch, index) => [branch, [...context, 'anyOf', String(index)]] as const),
  ]
  for (const [member, at] of groups) {
    const problem = strictProblem(member, at)
    if (problem !== undefined) return problem
  }
  return undefined
}
