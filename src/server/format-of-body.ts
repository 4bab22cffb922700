import { GatewayError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { WireFormatId } from '../core/request.ts'

const CLIENT_FORMATS: readonly WireFormatId[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
]

/** What a caller says of a body's format beside it. */
export type FormatHints = {
  /** `?format=`. */
  readonly format: string | undefined
  /** The `anthropic-version` header, which every client of Messages sends and no other. */
  readonly anthropicVersion: string | undefined
}

/** The format of a chat body: as said, else by what only that format has. Throws `invalid_request` for one unknown. */
export function formatOfBody(body: JsonObject, { format, anthropicVersion }: FormatHints): WireFormatId {
  if (format !== undefined) {
    const named = CLIENT_FORMATS.find((id) => id === format)
    if (named !== undefined) return named
    throw new GatewayError(
      'invalid_request',
      `format must be one of ${CLIENT_FORMATS.join(', ')}; got "${format.slice(0, 40)}".`,
      { param: 'format' },
    )
  }
  return anthropicVersion === undefined ? sniffFormat(body) : 'anthropic-messages'
}

function sniffFormat(body: JsonObject): WireFormatId {
  if (body['contents'] !== undefined) return 'gemini-generate'
  if (body['input'] !== undefined && body['messages'] === undefined) return 'openai-responses'
  const isAnthropic =
    ANTHROPIC_MEMBERS.some((name) => body[name] !== undefined) ||
    isAnthropicThinking(body['thinking']) ||
    listOf(body['tools']).some(isAnthropicTool) ||
    isAnthropicChoice(body['tool_choice']) ||
    listOf(body['messages']).some((message) => listOf(message['content']).some((part) => isAnthropicBlock(part)))
  return isAnthropic ? 'anthropic-messages' : 'openai-chat'
}

const ANTHROPIC_MEMBERS = ['system', 'stop_sequences', 'mcp_servers', 'context_management', 'output_config']

/** Vendors of Chat Completions have a `thinking` too, without a budget. */
function isAnthropicThinking(thinking: JsonValue | undefined): boolean {
  return isJsonObject(thinking) && (thinking['budget_tokens'] !== undefined || thinking['type'] === 'adaptive')
}

/** Tools of Anthropic's own have types that end in a date: `web_search_20250305`. */
function isAnthropicTool(tool: JsonObject): boolean {
  const { type, input_schema: schema } = tool
  return schema !== undefined || (typeof type === 'string' && /_20\d{6}$/.test(type))
}

/** In Chat Completions an object names its kind of tool. */
function isAnthropicChoice(choice: JsonValue | undefined): boolean {
  return isJsonObject(choice) && ['auto', 'any', 'tool', 'none'].includes(String(choice['type']))
}

const ANTHROPIC_BLOCKS = new Set(['tool_use', 'tool_result', 'image', 'document', 'thinking', 'redacted_thinking'])

function isAnthropicBlock(part: JsonObject): boolean {
  return typeof part['type'] === 'string' && ANTHROPIC_BLOCKS.has(part['type'])
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
