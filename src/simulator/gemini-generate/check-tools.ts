import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { listOf, memberOf, objectsOf, textOf } from '../read-json.ts'
import { findProblem } from '../shape.ts'
import type { Generation } from './check-contents.ts'
import { invalid, invalidField } from './rejection.ts'
import { NAME } from './request-shape.ts'

/** What Gemini refuses in tools, their schemas and their choice, beyond their shape. */
export function checkTools(body: JsonObject, generation: Generation): Rejection | undefined {
  const names = new Set<string>()
  const kinds = objectsOf(body['tools']).flatMap((tool) => Object.keys(tool))
  // https://github.com/googleapis/go-genai/issues/323
  if (generation === 'old' && new Set(kinds).size > 1 && kinds.includes('functionDeclarations')) {
    return invalid('Tool use with function calling is unsupported')
  }
  for (const [at, tool] of objectsOf(body['tools']).entries()) {
    for (const [index, declaration] of objectsOf(tool['functionDeclarations']).entries()) {
      const path = `tools[${at}].function_declarations[${index}]`
      const problem = checkDeclaration(declaration, path)
      if (problem !== undefined) return problem
      const name = textOf(declaration['name'])
      // Names are what calls are told apart by.
      if (names.has(name)) return invalid(`Duplicate function declaration found: ${name}`)
      names.add(name)
    }
  }
  return checkChoice(memberOf(body['toolConfig'], 'functionCallingConfig'), names)
}

function checkDeclaration(declaration: JsonObject, path: string): Rejection | undefined {
  // https://ai.google.dev/api/caching#FunctionDeclaration
  if (findProblem(declaration['name'], NAME, { isNullAbsent: false }) !== undefined) {
    return invalidField(
      `${path}.name`,
      'Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.',
    )
  }
  const { parameters } = declaration
  if (isJsonObject(parameters) && declaration['parametersJsonSchema'] !== undefined) {
    return invalidField(path, 'only one of parameters and parameters_json_schema may be set.')
  }
  if (!isJsonObject(parameters)) return undefined
  if (typeOf(parameters) !== 'OBJECT') {
    // https://github.com/diegosouzapw/OmniRoute/pull/3360
    return invalidField(`${path}.parameters`, 'functionDeclaration parameters schema should be of type OBJECT.')
  }
  return checkSchema(parameters, `${path}.parameters`)
}

/**
 * The rules between the members of a schema. https://github.com/danny-avila/LibreChat/issues/6971,
 * https://github.com/anomalyco/opencode/pull/49392, https://github.com/decolua/9router/pull/380
 */
export function checkSchema(schema: JsonObject, path: string): Rejection | undefined {
  const type = typeOf(schema)
  const branches = objectsOf(schema['anyOf'])
  if (type === '' && branches.length === 0) {
    return invalidField(`${path}.type`, 'must be specified when not using one_of, any_of or all_of fields')
  }
  const { properties, items } = schema
  const required = listOf(schema['required'])
  const known = isJsonObject(properties) ? Object.keys(properties) : []
  if (properties !== undefined && type !== 'OBJECT') {
    return invalidField(`${path}.properties`, 'only allowed for OBJECT type')
  }
  if (type === 'OBJECT' && known.length === 0) {
    // tool-calling.md §1.2: an empty object must be left out.
    return invalidField(`${path}.properties`, 'should be non-empty for OBJECT type')
  }
  if (items !== undefined && type !== 'ARRAY') {
    return invalidField(`${path}.items`, 'field predicate failed: $type == Type.ARRAY')
  }
  if (type === 'ARRAY' && items === undefined) return invalidField(`${path}.items`, 'missing field.')
  if (schema['enum'] !== undefined && type !== 'STRING') {
    return invalidField(`${path}.enum`, 'only allowed for STRING type')
  }
  if (listOf(schema['enum']).includes('')) return invalidField(`${path}.enum[0]`, 'cannot be empty')
  if (type === 'STRING' && !['', 'enum', 'date-time'].includes(textOf(schema['format'] ?? ''))) {
    return invalidField(`${path}.format`, "only 'enum' and 'date-time' are supported for STRING type")
  }
  const stray = required.findIndex((name) => !known.includes(textOf(name)))
  if (stray >= 0) return invalidField(`${path}.required[${stray}]`, 'property is not defined')
  return checkInner(schema, path)
}

function checkInner(schema: JsonObject, path: string): Rejection | undefined {
  const inner: (readonly [JsonValue | undefined, string])[] = [
    ...Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {}).map(
      ([name, member]) => [member, `${path}.properties[${name}]`] as const,
    ),
    [schema['items'], `${path}.items`],
    ...listOf(schema['anyOf']).map((branch, index) => [branch, `${path}.any_of[${index}]`] as const),
  ]
  for (const [member, at] of inner) {
    const problem = isJsonObject(member) ? checkSchema(member, at) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

/** https://ai.google.dev/api/caching#FunctionCallingConfig */
function checkChoice(config: JsonValue | undefined, names: ReadonlySet<string>): Rejection | undefined {
  const allowed = listOf(memberOf(config, 'allowedFunctionNames')).map(textOf)
  const mode = textOf(memberOf(config, 'mode')).toUpperCase()
  if (allowed.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') {
    return invalidField(
      'tool_config.function_calling_config.allowed_function_names',
      'should only be set when the Mode is ANY or VALIDATED',
    )
  }
  const unknown = allowed.find((name) => !names.has(name))
  if (unknown !== undefined) {
    return invalidField(
      'tool_config.function_calling_config.allowed_function_names',
      `${unknown} is not one of the function declarations.`,
    )
  }
  if (mode === 'ANY' && names.size === 0) {
    return invalid('Function calling config is set without function_declarations.')
  }
  return undefined
}

function typeOf(schema: JsonObject): string {
  return textOf(schema['type']).toUpperCase()
}
