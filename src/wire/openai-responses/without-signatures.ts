import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { UNVERIFIED } from '../../core/without-signatures.ts'
import { isList } from '../shared/read-json.ts'

/**
 * A body without items of reasoning, and without the names of the items that came with them: OpenAI refuses one without
 * the other (design/tool-calling.md §1.4).
 */
export function withoutSignatures(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { input } = body
  if (!isList(input) || !input.some(isReasoning)) return body
  const kept = input.flatMap((item, index): JsonValue[] => {
    if (isReasoning(item)) {
      lose(`input[${index}]`, UNVERIFIED)
      return []
    }
    if (!isJsonObject(item) || item['type'] === 'item_reference') return [item]
    const { id: _, ...rest } = item
    return [rest]
  })
  return { ...body, input: kept }
}

function isReasoning(item: JsonValue): boolean {
  return isJsonObject(item) && item['type'] === 'reasoning'
}
