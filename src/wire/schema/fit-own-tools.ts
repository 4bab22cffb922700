import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import { fitSchema } from './fit-schema.ts'
import type { SchemaSubset } from './subsets.ts'

/** Where a tool of a client's body has its schema: `['function', 'parameters']`. */
export type SchemaAt = readonly string[]

/**
 * A client's own body with the schemas of its tools as a target takes them that he did not choose. Properties keep their
 * names: answers are not read. The same object where all may stay.
 */
export function fitOwnTools(
  body: JsonObject,
  at: SchemaAt,
  subset: SchemaSubset,
  lose: (path: string, reason: string) => void,
): JsonObject {
  const { tools } = body
  if (!isList(tools)) return body
  const fitted = tools.map((tool, index) => fitAt(tool, at, `tools[${index}]`, subset, lose))
  return fitted.every((tool, index) => tool === tools[index]) ? body : { ...body, tools: fitted }
}

function fitAt(
  value: JsonValue,
  [name, ...rest]: SchemaAt,
  path: string,
  subset: SchemaSubset,
  lose: (path: string, reason: string) => void,
): JsonValue {
  if (!isJsonObject(value)) return value
  if (name === undefined) {
    const { schema, changes } = fitSchema(value, subset, { mayRename: false })
    for (const one of changes) if (!one.isExact) lose(`${path}${one.path}`, one.reason)
    return schema
  }
  const inner = value[name]
  if (inner === undefined) return value
  const fitted = fitAt(inner, rest, `${path}.${name}`, subset, lose)
  return fitted === inner ? value : { ...value, [name]: fitted }
}
