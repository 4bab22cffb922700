import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { linearPattern } from '../../core/linear-pattern.ts'
import { argumentsOf } from './arguments.ts'
import { isHostile } from './hostile-names.ts'
import { membersOf } from './json.ts'

/** Longer names have no pattern. */
const MAX_NAME = 128
const MAX_PATTERN = 200

type NamePattern = (name: string) => boolean

const patternsBySchema = new WeakMap<JsonObject, readonly NamePattern[]>()

/** What the tool does not declare is no argument of a prompted format, unless the tool takes any. */
export function isDeclared(name: string, schema: JsonObject): boolean {
  const { properties, additionalProperties: others, patternProperties } = schema
  if (others === true || isJsonObject(others)) return true
  const hasOwn = isJsonObject(properties)
  if (hasOwn && Object.hasOwn(properties, name)) return true
  if (!isJsonObject(patternProperties)) return !hasOwn
  return name.length <= MAX_NAME && patternsOf(patternProperties).some((has) => has(name))
}

/** The patterns of names that are allowed; one that cannot be matched here allows every name. */
function patternsOf(patterns: JsonObject): readonly NamePattern[] {
  const known = patternsBySchema.get(patterns)
  if (known !== undefined) return known
  const made = Object.entries(patterns)
    .filter(([, schema]) => schema !== false)
    .map(([pattern]) => (pattern.length > MAX_PATTERN ? undefined : linearPattern(pattern)) ?? (() => true))
  patternsBySchema.set(patterns, made)
  return made
}

/** Arguments in JSON without what the tool does not declare; as they were written where it declares all. */
export function declaredArguments(argumentsText: string, parameters: JsonObject): string {
  const members = membersOf(argumentsText)
  const declared = members?.filter(({ name }) => isDeclared(name, parameters) || isHostile(name))
  if (declared === undefined || declared.length === members?.length) return argumentsText
  return argumentsOf(declared.map(({ name, text }) => [name, text]))
}
