import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { objectOf, textOf } from '../shared/read-json.ts'
import { field, repeated } from './fields.ts'
import { attachment } from './write-results.ts'

/**
 * A content of a client's, with the media of its functions' results in a content of its own after it: among the results
 * they would be counted as more of them. The same object alone where there are none.
 */
export function mediaAfter(content: JsonObject): readonly JsonObject[] {
  const parts = repeated(content['parts']) ?? []
  const media = parts.flatMap((part) => {
    const response = responseOf(part)
    const held = repeated(response['parts']) ?? []
    return held.length === 0 ? [] : [attachment(textOf(response['name']) ?? ''), ...held]
  })
  if (!parts.some((part) => responseOf(part)['parts'] !== undefined)) return [content]
  const results = { ...content, parts: parts.map(withoutMedia) }
  return media.length === 0 ? [results] : [results, { role: 'user', parts: media }]
}

function responseOf(part: JsonValue): JsonObject {
  return objectOf(field(objectOf(part), 'functionResponse'))
}

function withoutMedia(part: JsonValue): JsonValue {
  const { parts, ...response } = responseOf(part)
  if (parts === undefined || !isJsonObject(part)) return part
  return { ...part, [part['functionResponse'] === undefined ? 'function_response' : 'functionResponse']: response }
}
