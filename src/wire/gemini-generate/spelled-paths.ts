import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import { snakeCase } from './fields.ts'

/** A path in Google's names as the body spells it: in snake case where that stands, a single object without its index. */
export function spelledPath(body: JsonObject, path: string): string {
  let value: JsonValue | undefined = body
  const said: string[] = []
  for (const step of path.split('.')) {
    const [, name = step, index] = /^(\w+)(?:\[(\d+)\])?$/.exec(step) ?? []
    const own: string =
      isJsonObject(value) && value[name] == null && value[snakeCase(name)] != null ? snakeCase(name) : name
    value = isJsonObject(value) ? value[own] : undefined
    const isSingle = isJsonObject(value)
    said.push(index === undefined || isSingle ? own : `${own}[${index}]`)
    if (index !== undefined && isList(value)) value = value[Number(index)]
  }
  return said.join('.')
}
