import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart, Usage } from '../../core/stream-part.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { objectOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import { extendWhole, readBlock, readCitation, readStop, reasoningEnd, redactedEnd } from './read-response.ts'
import { readStopReason } from './stop-reason.ts'
import { readUsage } from './usage.ts'

/** An open block, by its index. `signature`: the block is a thought, and this is what signs it. */
type OpenBlock =
  | { readonly type: 'thought'; signature: string | undefined }
  | { readonly type: 'call'; hasInput: boolean; readonly input: JsonValue | undefined }

/**
 * Reads the events of a streamed message by the `type` in their data.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function createReader(): StreamReader {
  // Cumulative counts, as said: what an event leaves out still holds.
  let counts: JsonObject = {}
  const open = new Map<JsonValue | undefined, OpenBlock>()

  function push(event: JsonObject): StreamPart[] {
    // Proxies put their own errors into a stream, with any type or none.
    if (isJsonObject(event['error'])) throw readErrorBody(undefined, {}, event)
    const parts: StreamPart[] = []
    const index = event['index']
    switch (event['type']) {
      case 'message_start': {
        const message = objectOf(event['message'])
        parts.push({ type: 'response-start', id: textOf(message['id']) ?? '', model: textOf(message['model']) ?? '' })
        count(message['usage'], parts)
        // A message that goes on from within a server tool starts with the call that was made there.
        for (const [at, block] of objectsOf(message['content']).entries()) readBlock(block, NOBODYS - 1 - at, parts)
        readStop(message, parts)
        return parts
      }
      case 'content_block_start':
        startBlock(index, objectOf(event['content_block']), parts)
        return parts
      case 'content_block_delta':
        extendBlock(index, objectOf(event['delta']), parts)
        return parts
      case 'content_block_stop':
        endBlock(index, parts)
        return parts
      case 'message_delta':
        count(event['usage'], parts)
        readStop(objectOf(event['delta']), parts)
        return parts
      case 'error':
        throw readErrorBody(undefined, {}, event)
      default:
        return parts
    }
  }

  function count(usage: JsonValue | undefined, parts: StreamPart[]): void {
    if (!isJsonObject(usage)) return
    const said = Object.entries(usage).filter(([, value]) => value !== null && value !== undefined)
    counts = { ...counts, ...Object.fromEntries(said) }
    parts.push({ type: 'usage', usage: readUsage(counts) })
  }

  function startBlock(index: JsonValue | undefined, block: JsonObject, parts: StreamPart[]): void {
    switch (block['type']) {
      case 'text':
      case 'compaction':
        pushText(block['text'] ?? block['content'], parts)
        return
      case 'thinking':
        open.set(index, { type: 'thought', signature: textOf(block['signature']) })
        pushThought(block['thinking'], parts)
        return
      case 'redacted_thinking':
        parts.push(redactedEnd(block))
        return
      case 'tool_use':
        open.set(index, { type: 'call', hasInput: false, input: block['input'] })
        parts.push({
          type: 'tool-call-start',
          index: callIndex(index),
          id: textOf(block['id']) ?? '',
          name: textOf(block['name']) ?? '',
        })
        return
      default:
        // A server tool is at work: the answer has begun. Nobody opened this call, so nobody hears of it.
        parts.push({ type: 'tool-call-delta', index: NOBODYS, argumentsText: '' })
    }
  }

  function extendBlock(index: JsonValue | undefined, delta: JsonObject, parts: StreamPart[]): void {
    const block = open.get(index)
    switch (delta['type']) {
      case 'text_delta':
        pushText(delta['text'], parts)
        return
      case 'compaction_delta':
        pushText(delta['content'], parts)
        return
      case 'thinking_delta':
        pushThought(delta['thinking'], parts)
        return
      case 'signature_delta':
        if (block?.type === 'thought') block.signature = textOf(delta['signature'])
        return
      case 'citations_delta':
        readCitation(delta['citation'], parts)
        return
      case 'input_json_delta': {
        const text = textOf(delta['partial_json'])
        if (block?.type !== 'call' || text === undefined || text === '') return
        block.hasInput = true
        parts.push({ type: 'tool-call-delta', index: callIndex(index), argumentsText: text })
        return
      }
      default:
    }
  }

  function endBlock(index: JsonValue | undefined, parts: StreamPart[]): void {
    const block = open.get(index)
    open.delete(index)
    if (block?.type === 'thought') {
      parts.push(reasoningEnd(block.signature))
    } else if (block?.type === 'call') {
      // A call made from within a server tool comes whole with its start.
      if (!block.hasInput) extendWhole(block.input, callIndex(index), parts)
      parts.push({ type: 'tool-call-end', index: callIndex(index) })
    }
  }

  return {
    push: ({ data }) => (data === '[DONE]' ? [] : push(parseEvent(data))),
    end: () => [],
  }
}

const NOBODYS = -1

function callIndex(index: JsonValue | undefined): number {
  return typeof index === 'number' ? index : 0
}

function pushText(value: JsonValue | undefined, parts: StreamPart[]): void {
  if (typeof value === 'string' && value !== '') parts.push({ type: 'text-delta', text: value })
}

function pushThought(value: JsonValue | undefined, parts: StreamPart[]): void {
  if (typeof value === 'string' && value !== '') parts.push({ type: 'reasoning-delta', text: value })
}

const TELLING = /"type"\s*:\s*"message_delta"/

/** Usage and stop reason of one `message_delta`. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!TELLING.test(data)) return undefined
  try {
    const event = parseEvent(data)
    const raw = objectOf(event['delta'])['stop_reason']
    return {
      finishReason: typeof raw === 'string' ? readStopReason(raw) : undefined,
      usage: isJsonObject(event['usage']) ? lastUsage(event['usage']) : undefined,
    }
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

/** Without a word about the cache, the fresh tokens alone are not what was read: the start of the stream said that. */
function lastUsage(said: JsonObject): Usage {
  const usage = readUsage(said)
  const isWhole = usage.cachedInputTokens !== undefined || usage.cacheWriteTokens !== undefined
  return isWhole ? usage : { ...usage, inputTokens: undefined }
}
