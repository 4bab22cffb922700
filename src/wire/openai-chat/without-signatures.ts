import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { UNVERIFIED } from '../../core/without-signatures.ts'
import { isList } from '../shared/read-json.ts'

/** A body without OpenRouter's blocks of reasoning and Google's signatures of messages and calls. */
export function withoutSignatures(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { messages } = body
  if (!isList(messages)) return body
  let isChanged = false
  const kept = messages.map((message, index) => {
    if (!isJsonObject(message)) return message
    const unsigned = withoutState(message)
    if (unsigned === message) return message
    isChanged = true
    lose(`messages[${index}]`, UNVERIFIED)
    return unsigned
  })
  return isChanged ? { ...body, messages: kept } : body
}

function withoutState(message: JsonObject): JsonObject {
  const { reasoning_details: details, extra_content: extra, ...rest } = message
  const calls = rest['tool_calls']
  const unsigned = isList(calls) ? calls.map(unsignedCall) : calls
  const isSigned = isList(calls) && isList(unsigned) && unsigned.some((call, at) => call !== calls[at])
  if (details === undefined && extra === undefined && !isSigned) return message
  return unsigned === undefined ? rest : { ...rest, tool_calls: unsigned }
}

function unsignedCall(call: JsonValue): JsonValue {
  if (!isJsonObject(call) || call['extra_content'] === undefined) return call
  const { extra_content: _, ...rest } = call
  return rest
}
