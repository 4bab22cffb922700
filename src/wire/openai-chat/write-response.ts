import type { ReasoningPart, TextPart, ToolCallPart } from '../../core/content.ts'
import type { ChatAnswer, MediaBlock } from '../../core/fold.ts'
import { foldParts } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Citation, FinishReason, StreamPart } from '../../core/stream-part.ts'
import type { AnswerContext } from '../../core/wire-format.ts'
import { writeLogprob } from '../shared/logprobs.ts'
import { writeServiceTier } from '../shared/service-tier.ts'
import { UNKNOWN } from '../shared/span.ts'
import { writeReasoning } from './reasoning.ts'
import { writeSignature } from './signatures.ts'
import { writeUsage } from './usage.ts'

/** Tidy parts as one `chat.completion`. */
export function writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject {
  const answer = foldParts(parts)
  return {
    id: answer.id === '' ? `chatcmpl-${context.id}` : answer.id,
    object: 'chat.completion',
    created: context.createdSeconds,
    model: context.model,
    choices: [
      {
        index: 0,
        message: writeMessage(answer, context),
        logprobs: answer.logprobs === undefined ? null : { content: answer.logprobs.map(writeLogprob), refusal: null },
        finish_reason: writeFinish(answer.finishReason, context),
      },
    ],
    ...writeServiceTier(answer.usage),
    ...(answer.usage === undefined ? {} : { usage: writeUsage(answer.usage) }),
  }
}

export function writeFinish(reason: FinishReason, { legacyCalls }: AnswerContext): string {
  return reason === 'tool-calls' && legacyCalls === true ? 'function_call' : FINISH_REASONS[reason]
}

const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  error: 'error',
  other: 'stop',
}

function writeMessage({ blocks, citations }: ChatAnswer, { legacyCalls }: AnswerContext): JsonObject {
  const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('')
  const refusal = blocks.flatMap((block) => (block.type === 'refusal' ? [block.text] : [])).join('')
  const thoughts = blocks.filter((block): block is ReasoningPart => block.type === 'reasoning')
  const calls = blocks.filter((block): block is ToolCallPart => block.type === 'tool-call')
  const media = blocks.filter((block): block is MediaBlock => block.type === 'media')
  const signed = blocks.findLast((block): block is TextPart => block.type === 'text' && block.signature !== undefined)
  const isBare = text === '' && (calls.length > 0 || refusal !== '')
  return {
    role: 'assistant',
    content: isBare ? null : text,
    refusal: refusal === '' ? null : refusal,
    ...writeReasoning(thoughts),
    ...writeSignature(signed?.signature),
    ...(media.length === 0 ? {} : writeMedia(media)),
    ...(legacyCalls === true ? writeLegacyCall(calls) : writeCalls(calls)),
    ...(citations.length === 0 ? {} : { annotations: citations.map(writeCitation) }),
  }
}

function writeCalls(calls: readonly ToolCallPart[]): JsonObject {
  return calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }
}

/** There is room for one; the model was asked for one. */
function writeLegacyCall([call]: readonly ToolCallPart[]): JsonObject {
  return call === undefined ? {} : { function_call: { name: call.name, arguments: call.argumentsText } }
}

function writeCall({ id, name, argumentsText, custom, signature }: ToolCallPart): JsonObject {
  const extra = writeSignature(signature)
  if (custom === true) return { id, type: 'custom', custom: { name, input: argumentsText }, ...extra }
  return { id, type: 'function', function: { name, arguments: argumentsText }, ...extra }
}

/** Sound has a field of its own; pictures stand where OpenRouter puts them. */
export function writeMedia(media: readonly MediaBlock[]): JsonObject {
  const sound = media.find((block) => block.mediaType.startsWith('audio/'))
  const images = media.filter((block) => block !== sound)
  return {
    ...(sound === undefined
      ? {}
      : { audio: { id: 'audio', data: sound.data, transcript: sound.transcript ?? '', expires_at: 0 } }),
    ...(images.length === 0 ? {} : { images: images.map(writeImage) }),
  }
}

function writeImage({ mediaType, data }: MediaBlock): JsonObject {
  return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } }
}

export function writeCitation({ url, title = '', span = UNKNOWN }: Citation): JsonObject {
  return { type: 'url_citation', url_citation: { url, title, start_index: span.start, end_index: span.end } }
}
