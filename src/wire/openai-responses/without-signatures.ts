import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { UNVERIFIED } from '../../core/without-signatures.ts'
import { isList } from '../shared/read-json.ts'

/** Items that came with reasoning and need no name of their own to go back. */
const NAMED = new Set(['message', 'function_call', 'custom_tool_call'])

/**
 * A body without items of reasoning and references to them, and without the names of the items that came with them:
 * OpenAI refuses one without the other (design/tool-calling.md §1.4).
 */
export function withoutSignatures(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { input } = body
  if (!isList(input) || !input.some(isReasoning)) return body
  const kept = input.flatMap((item, index): JsonValue[] => {
    if (isReasoning(item)) {
      lose(`input[${index}]`, UNVERIFIED)
      return []
    }
    if (!isJsonObject(item) || !NAMED.has(String(item['type'] ?? 'message'))) return [item]
    const { id: _, ...rest } = item
    return [rest]
  })
  return { ...body, input: kept }
}

function isReasoning(item: JsonValue): boolean {
  if (!isJsonObject(item)) return false
  const { type, id } = item
  return type === 'reasoning' || (type === 'item_reference' && String(id).startsWith('rs_'))
}
