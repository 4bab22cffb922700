import type { ToolCallPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Citation, StreamPart, Usage } from '../../core/stream-part.ts'
import type { AnswerContext, StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { writeFinishReason } from './finish-reasons.ts'
import { writeUsage } from './usage.ts'
import { writeBlock, writeBlocks, writeCitations, writeLogprobs } from './write-answer-parts.ts'

/**
 * Tidy parts as `GenerateContentResponse` events, each with what is new. A call is one part, written at its end, unless it
 * was cut short; the last event has the finish, the usage and the sources, as Google's has.
 */
export function createWriter(context: AnswerContext): StreamWriter {
  let id = context.id
  let usage: Usage | undefined
  let finishReason = 'STOP'
  let call: ToolCallPart | undefined
  const citations: Citation[] = []
  // The last piece of a thought waits for the block's signature: AI SDK's Google provider reads none on a part without text.
  let thought: string | undefined

  function event(parts: readonly JsonObject[], rest: JsonObject = {}, last: JsonObject = {}): WireEvent {
    const candidate = { content: { parts, role: 'model' }, index: 0, ...rest }
    const body = { candidates: [candidate], ...last, modelVersion: context.model, responseId: id }
    return { event: undefined, data: JSON.stringify(body) }
  }

  function letOut(): WireEvent[] {
    const text = thought
    thought = undefined
    return text === undefined ? [] : [event([{ text, thought: true }])]
  }

  function push(part: StreamPart): WireEvent[] {
    if (part.type === 'reasoning-end' && part.signature !== undefined) {
      const block = writeBlock({ ...part, type: 'reasoning', text: thought ?? '' })
      thought = undefined
      return [event([block])]
    }
    if (part.type === 'usage' || (part.type === 'reasoning-delta' && part.text === '')) return write(part)
    return [...letOut(), ...write(part)]
  }

  function write(part: StreamPart): WireEvent[] {
    switch (part.type) {
      case 'response-start':
        if (part.id !== '') id = part.id
        return []
      case 'text-delta':
        return [event([{ text: part.text }], writeLogprobs(part.logprobs))]
      case 'refusal-delta':
        return [event([{ text: part.text }])]
      case 'text-signature':
        return [event([writeBlock({ type: 'text', text: '', signature: part.signature })])]
      case 'reasoning-delta':
        if (part.text !== '') thought = part.text
        return []
      case 'tool-call-start': {
        const { id: callId, name, custom, signature } = part
        call = { type: 'tool-call', id: callId, name, argumentsText: '', custom, signature }
        return []
      }
      case 'tool-call-delta':
        if (call !== undefined) call = { ...call, argumentsText: call.argumentsText + part.argumentsText }
        return []
      case 'tool-call-end': {
        const ended = call
        call = undefined
        return ended === undefined || part.isCut === true ? [] : [event([writeBlock(ended)])]
      }
      case 'media': {
        const written = writeBlocks(part)
        return written.length === 0 ? [] : [event(written)]
      }
      case 'citation':
        citations.push(part)
        return []
      case 'usage':
        usage = part.usage
        return []
      case 'response-end':
        finishReason = writeFinishReason(part.finishReason, part.raw)
        return []
      // Beside the deltas an end without a signature says nothing.
      case 'reasoning-end':
      case 'response-error':
        return []
      default: {
        const unhandled: never = part
        return unhandled
      }
    }
  }

  return {
    push,
    end() {
      const counted = usage === undefined ? {} : { usageMetadata: writeUsage(usage) }
      return [...letOut(), event([{ text: '' }], { finishReason, ...writeCitations(citations) }, counted)]
    },
  }
}
