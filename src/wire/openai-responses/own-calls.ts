import type { ContentPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { sourceOfUrl } from '../shared/media.ts'
import { textOf } from '../shared/read-json.ts'

/** Members of a call that say nothing of what is asked of its tool. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['id', 'type', 'call_id', 'status', 'caller', 'created_by'])

/**
 * A call of a tool that OpenAI defines and the client runs (`local_shell_call`, `apply_patch_call`, `computer_call`, …) as
 * the call of a function of that name, so that a model of another format can follow what was done. Calls without an id are
 * of tools that the provider ran itself: `undefined`.
 */
export function readOwnCall(item: JsonObject, type: string): ToolCallPart | undefined {
  const id = textOf(item['call_id'])
  if (!type.endsWith('_call') || id === undefined) return undefined
  const asked = Object.entries(item).filter(([name, value]) => !BOOKKEEPING.has(name) && value !== null)
  const [only] = asked
  const input = asked.length === 1 && isJsonObject(only?.[1]) ? only[1] : Object.fromEntries(asked)
  return { type: 'tool-call', id, name: type.slice(0, -'_call'.length), argumentsText: JSON.stringify(input) }
}

/** What the client answered to such a call. */
export function readOwnOutput(item: JsonObject, type: string): ToolResultPart | undefined {
  // `local_shell_call_output` names its call by `id`.
  const callId = textOf(item['call_id'] ?? item['id'])
  if (!type.endsWith('_call_output') || callId === undefined) return undefined
  const status = textOf(item['status'])
  return {
    type: 'tool-result',
    callId,
    content: [readOutput(item['output'])],
    ...(status === 'failed' ? { isError: true } : {}),
  }
}

function readOutput(output: JsonValue | undefined): ContentPart {
  const screenshot = isJsonObject(output) ? textOf(output['image_url']) : undefined
  if (screenshot !== undefined) return { type: 'image', source: sourceOfUrl(screenshot) }
  return { type: 'text', text: textOf(output) ?? (output === undefined ? '' : JSON.stringify(output)) }
}

/** Whether an item is one of both. */
export function isOwnCall(item: JsonObject): boolean {
  const type = textOf(item['type']) ?? ''
  if (/^(?:function|custom_tool)_call/.test(type)) return false
  return readOwnCall(item, type) !== undefined || readOwnOutput(item, type) !== undefined
}
