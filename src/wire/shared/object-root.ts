import type { JsonObject } from '../../core/json.ts'

/** True for a schema of objects, as providers want that of an answer to be. A reference may lead to one. */
export function isObjectRoot({ type, properties, $ref }: JsonObject): boolean {
  return type === 'object' || (type === undefined && (properties !== undefined || $ref !== undefined))
}
