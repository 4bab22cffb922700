import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Losses } from '../shared/lose.ts'
import { isList, objectOf, objectsOf, textOf } from '../shared/read-json.ts'
import type { ModelRules } from './model-rules.ts'
import { GO_ON, inSystemTags, NO_PREFILL, NO_SYSTEM_TURN } from './write-messages.ts'

/** A client's turns by a model's rules: instructions amid them, and whether the last may be the assistant's. */
export function fitTurns(body: JsonObject, rules: ModelRules, lose: Losses['lose']): JsonObject {
  const { messages } = body
  if (!isList(messages)) return body
  const spoken = rules.takesSystemTurns ? messages : withoutSystemTurns(messages, lose)
  const ended = rules.takesPrefill || !isPrefilled(spoken.at(-1)) ? spoken : [...spoken, goOn(lose)]
  return ended === messages ? body : { ...body, messages: ended }
}

function withoutSystemTurns(messages: readonly JsonValue[], lose: Losses['lose']): readonly JsonValue[] {
  if (!objectsOf(messages).some(({ role }) => role === 'system')) return messages
  return messages.map((message, index) => {
    if (!isJsonObject(message) || message['role'] !== 'system') return message
    lose(`messages[${index}].role`, NO_SYSTEM_TURN)
    const { content } = message
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content)
    return { ...message, role: 'user', content: inSystemTags(blocks) }
  })
}

/** A turn with a provider's own tool at work is not begun by the client: every model goes on with it (`pause_turn`). */
function isPrefilled(last: JsonValue | undefined): boolean {
  const { role, content } = objectOf(last)
  return role === 'assistant' && !objectsOf(content).some(({ type }) => textOf(type)?.endsWith('tool_use') === true)
}

function goOn(lose: Losses['lose']): JsonObject {
  lose('messages', NO_PREFILL)
  return { role: 'user', content: GO_ON }
}
