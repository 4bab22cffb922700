import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Message } from '../core/request.ts'

/** True for a body that goes on from what a provider keeps: an earlier answer, a conversation, an item by its id. */
export function isBound(body: JsonObject): boolean {
  const isSaid = (name: string): boolean => body[name] !== undefined && body[name] !== null
  if (isSaid('previous_response_id') || isSaid('conversation')) return true
  const { input } = body
  return Array.isArray(input) && input.some((item) => isJsonObject(item) && item['type'] === 'item_reference')
}

/** True when an earlier answer holds thoughts that only the provider who signed or sealed them can read. */
export function hasSignatures(messages: readonly Message[]): boolean {
  return messages.some(({ role, content }) => {
    return role === 'assistant' && content.some((part) => 'signature' in part && part.signature !== undefined)
  })
}
