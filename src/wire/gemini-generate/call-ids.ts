import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'

const CALLS = ['functionCall', 'function_call', 'functionResponse', 'function_response'] as const

/**
 * A content whose calls and results have no ids. Vertex AI refuses the field ("Unknown name \"id\" at
 * 'contents[1].parts[0].function_call'"); without it, results answer calls in their order. The same object when there
 * was none.
 */
export function withoutCallIds(content: JsonObject): JsonObject {
  const parts = content['parts']
  if (!Array.isArray(parts) || !parts.some((part: JsonValue) => hasId(part))) return content
  return { ...content, parts: parts.map((part: JsonValue) => (hasId(part) ? withoutId(part) : part)) }
}

function hasId(part: JsonValue): part is JsonObject {
  return isJsonObject(part) && CALLS.some((name) => isJsonObject(part[name]) && part[name]['id'] !== undefined)
}

function withoutId(part: JsonObject): JsonObject {
  const written: { [name: string]: JsonValue | undefined } = { ...part }
  for (const name of CALLS) {
    const call = part[name]
    if (!isJsonObject(call)) continue
    const { id: _, ...rest } = call
    written[name] = rest
  }
  return written
}
