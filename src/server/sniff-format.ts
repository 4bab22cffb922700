import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { WireFormatId } from '../core/request.ts'

/** Which client's format a chat body is written in, by what only that format has. */
export function sniffFormat(body: JsonObject): WireFormatId {
  if (body['contents'] !== undefined) return 'gemini-generate'
  if (body['input'] !== undefined && body['messages'] === undefined) return 'openai-responses'
  const isAnthropic =
    body['system'] !== undefined ||
    body['stop_sequences'] !== undefined ||
    listOf(body['tools']).some((tool) => tool['input_schema'] !== undefined) ||
    listOf(body['messages']).some((message) => listOf(message['content']).some((part) => isAnthropicBlock(part)))
  return isAnthropic ? 'anthropic-messages' : 'openai-chat'
}

const ANTHROPIC_BLOCKS = new Set(['tool_use', 'tool_result', 'image', 'document', 'thinking', 'redacted_thinking'])

function isAnthropicBlock(part: JsonObject): boolean {
  return typeof part['type'] === 'string' && ANTHROPIC_BLOCKS.has(part['type'])
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
