import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import type { AnswerSummary } from '../../core/wire-format.ts'
import { inputText } from '../shared/input-text.ts'
import { isList, objectsOf, textOf } from '../shared/read-json.ts'
import { unpackSignature } from '../shared/signature.ts'
import { readErrorBody } from './errors.ts'
import { readStopReason } from './stop-reason.ts'
import { readUsage } from './usage.ts'

/** A whole message as parts. Throws the upstream's own error when the body is one. */
export function readResponse(body: JsonObject): StreamPart[] {
  const content = contentOf(body)
  const { id, model, usage } = body
  const parts: StreamPart[] = [{ type: 'response-start', id: textOf(id) ?? '', model: textOf(model) ?? '' }]
  for (const [index, block] of content.entries()) readBlock(block, index, parts)
  if (isJsonObject(usage)) parts.push({ type: 'usage', usage: readUsage(usage) })
  readStop(body, parts)
  return parts
}

/** The same without its parts. A block of any kind is content: a server tool at work is no failure. */
export function summarizeResponse(body: JsonObject): AnswerSummary {
  const content = contentOf(body)
  const { usage, stop_reason: raw } = body
  return {
    hasContent: content.some((block) => block['type'] !== 'text' || block['text'] !== ''),
    finishReason: typeof raw === 'string' ? readStopReason(raw) : undefined,
    usage: isJsonObject(usage) ? readUsage(usage) : undefined,
  }
}

function contentOf(body: JsonObject): readonly JsonObject[] {
  if (body['type'] === 'error' || isJsonObject(body['error'])) throw readErrorBody(undefined, {}, body)
  if (!isList(body['content'])) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no message.')
  }
  return objectsOf(body['content'])
}

/** Blocks of server tools are read past: their results stand in the text that follows. */
export function readBlock(block: JsonObject, index: number, parts: StreamPart[]): void {
  switch (block['type']) {
    case 'text':
    case 'compaction': {
      const text = textOf(block['text'] ?? block['content'])
      if (text !== undefined && text !== '') parts.push({ type: 'text-delta', text })
      for (const citation of objectsOf(block['citations'])) readCitation(citation, parts)
      return
    }
    case 'thinking': {
      const text = textOf(block['thinking'])
      if (text !== undefined && text !== '') parts.push({ type: 'reasoning-delta', text })
      parts.push(reasoningEnd(textOf(block['signature'])))
      return
    }
    case 'redacted_thinking':
      parts.push(redactedEnd(block))
      return
    case 'tool_use':
      parts.push({ type: 'tool-call-start', index, id: textOf(block['id']) ?? '', name: textOf(block['name']) ?? '' })
      extendWhole(block['input'], index, parts)
      parts.push({ type: 'tool-call-end', index })
      return
    default:
  }
}

export function extendWhole(input: JsonValue | undefined, index: number, parts: StreamPart[]): void {
  const argumentsText = inputText(input)
  if (argumentsText !== '') parts.push({ type: 'tool-call-delta', index, argumentsText })
}

/** A signature of another gateway's wrapping is unwrapped; an empty one is none. */
export function reasoningEnd(signature: string | undefined): StreamPart {
  if (signature === undefined || signature === '') return { type: 'reasoning-end' }
  return { type: 'reasoning-end', signature: unpackSignature(signature, 'anthropic-messages') }
}

export function redactedEnd(block: JsonObject): StreamPart {
  const signature = unpackSignature(textOf(block['data']) ?? '', 'anthropic-messages')
  return { type: 'reasoning-end', redacted: true, signature }
}

/** Places on the web; places in the client's own documents have no address. */
export function readCitation(citation: JsonValue | undefined, parts: StreamPart[]): void {
  if (!isJsonObject(citation)) return
  const url = textOf(citation['url']) ?? textOf(citation['source'])
  if (url !== undefined) parts.push({ type: 'citation', url, title: textOf(citation['title']) })
}

/** `stop_reason` and `stop_sequence`, of a message or of a `message_delta`. */
export function readStop(body: JsonObject, parts: StreamPart[]): void {
  const { stop_reason: raw, stop_sequence: stopSequence } = body
  if (typeof raw !== 'string') return
  parts.push({
    type: 'response-end',
    finishReason: readStopReason(raw),
    raw,
    ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
  })
}
