import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Shape } from '../shape.ts'

/**
 * The same with `system_instruction` as `systemInstruction`: protocol buffers take both. What a shape does not name
 * stays as it is. https://protobuf.dev/programming-guides/json/
 */
export function camelNames(value: JsonObject, shape: Shape): JsonObject {
  const renamed = rename(value, shape)
  return isJsonObject(renamed) ? renamed : value
}

function rename(value: JsonValue, shape: Shape): JsonValue {
  if (shape.type === 'later') return rename(value, shape.of())
  if (shape.type === 'list' && Array.isArray(value)) return value.map((item) => rename(item, shape.of))
  if (!isJsonObject(value)) return value
  if (shape.type === 'record') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rename(member ?? null, shape.of)]))
  }
  if (shape.type !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const camel = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      const known = shape.members[name] === undefined ? camel : name
      const inner = shape.members[known]
      return inner === undefined ? [name, member] : [known, rename(member ?? null, inner)]
    }),
  )
}
