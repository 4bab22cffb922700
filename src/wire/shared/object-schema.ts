import type { JsonObject } from '../../core/json.ts'

/** Parameters whose root says that it is an object, for formats that insist; none are an object without members. */
export function objectSchema(parameters: JsonObject | undefined): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} }
  return parameters['type'] === 'object' ? parameters : { ...parameters, type: 'object' }
}
