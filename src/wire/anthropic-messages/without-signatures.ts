import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { UNVERIFIED } from '../../core/without-signatures.ts'
import { isList } from '../shared/read-json.ts'

/** A body without thoughts: a thought is nothing without its signature. */
export function withoutSignatures(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { messages } = body
  if (!isList(messages)) return body
  let isChanged = false
  const kept = messages.flatMap((message, index): JsonValue[] => {
    const content = isJsonObject(message) ? message['content'] : undefined
    if (!isJsonObject(message) || !isList(content)) return [message]
    const rest = content.filter((block, at) => {
      if (!isThought(block)) return true
      lose(`messages[${index}].content[${at}]`, UNVERIFIED)
      return false
    })
    if (rest.length === content.length) return [message]
    isChanged = true
    return rest.length === 0 ? [] : [{ ...message, content: rest }]
  })
  return isChanged ? { ...body, messages: kept } : body
}

function isThought(block: JsonValue): boolean {
  return isJsonObject(block) && (block['type'] === 'thinking' || block['type'] === 'redacted_thinking')
}
