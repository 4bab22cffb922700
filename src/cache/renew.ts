import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { WireFormatId } from '../core/request.ts'

// An answer given once more is another answer: clients tell answers apart by their ids.

/** What an answer is newly called, and when it was made. */
export type Renewal = {
  /** `undefined`: its id stays, since its provider keeps the answer under it. */
  readonly id: string | undefined
  readonly createdSeconds: number
}

// Where a format's answers and events name the answer, besides at their top.
const NESTED: Partial<Record<WireFormatId, string>> = {
  'anthropic-messages': 'message',
  'openai-responses': 'response',
}
const PREFIXES: Partial<Record<WireFormatId, string>> = {
  'openai-chat': 'chatcmpl-',
  'openai-completions': 'cmpl-',
  'openai-responses': 'resp_',
  'anthropic-messages': 'msg_',
}

/** A whole answer or an event of a stream under another id, and of another time. */
export function renewed(body: JsonObject, format: WireFormatId, renewal: Renewal): JsonObject {
  const nested = NESTED[format]
  const inner = nested === undefined ? undefined : body[nested]
  if (nested !== undefined && isJsonObject(inner)) return { ...body, [nested]: named(inner, format, renewal) }
  // Events of these formats have ids of blocks and items at their top.
  if (nested !== undefined && body['type'] !== 'message' && body['object'] !== 'response') return body
  return named(body, format, renewal)
}

function named(body: JsonObject, format: WireFormatId, { id, createdSeconds }: Renewal): JsonObject {
  const changed: Record<string, JsonValue> = {}
  if (id !== undefined) {
    const name = format === 'gemini-generate' ? 'responseId' : 'id'
    if (typeof body[name] === 'string') changed[name] = `${PREFIXES[format] ?? ''}${id}`
  }
  for (const name of ['created', 'created_at']) if (typeof body[name] === 'number') changed[name] = createdSeconds
  return { ...body, ...changed }
}
