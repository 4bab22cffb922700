import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Traits } from '../../core/wire-format.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { isList, objectsOf } from './read-json.ts'

const MAX_DEPTH = 32
const { refused: REFUSED } = SCHEMA_SUBSETS['openai-strict']

const NOT_STRICT = 'strict takes closed objects alone, with every property required; the schema was sent as a guide'

/**
 * `strict` as it may be sent where schemas must be closed: a schema that is not would be refused with it. Clients of
 * other formats were promised to be held to any.
 */
export function fitStrict(
  strict: boolean | undefined,
  schema: JsonObject | undefined,
  { closedSchemas }: Traits,
  lose: (reason: string) => void,
): boolean | undefined {
  if (strict !== true || closedSchemas !== true || (schema !== undefined && isStrictSchema(schema))) return strict
  lose(NOT_STRICT)
  return undefined
}

/**
 * Whether a schema may be enforced as it is: every object closed, and every property of it required.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function isStrictSchema(schema: JsonObject): boolean {
  return schema['type'] === 'object' && isStrict(schema, 0)
}

function isStrict(value: JsonValue | undefined, depth: number): boolean {
  if (!isJsonObject(value) || depth > MAX_DEPTH || REFUSED.some((word) => value[word] !== undefined)) return false
  const { type, properties, required, additionalProperties, items } = value
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  const isObject = type === 'object' || (isList(type) && type.includes('object')) || properties !== undefined
  if (
    isObject &&
    (additionalProperties !== false || !names.every((name) => isList(required) && required.includes(name)))
  )
    return false
  const inner = [
    ...(isJsonObject(properties) ? Object.values(properties) : []),
    ...(items === undefined ? [] : [items]),
    ...objectsOf(value['anyOf']),
    ...['$defs', 'definitions'].flatMap((name) => (isJsonObject(value[name]) ? Object.values(value[name]) : [])),
  ]
  return inner.every((one) => isStrict(one, depth + 1))
}
