import type { JsonObject } from '../../core/json.ts'
import type { StreamPart, Usage } from '../../core/stream-part.ts'
import type { AnswerContext, StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { writeLogprob } from '../shared/logprobs.ts'
import { writeServiceTier } from '../shared/service-tier.ts'
import { createDetailWriter } from './reasoning.ts'
import { writeSignature } from './signatures.ts'
import { writeUsage } from './usage.ts'
import { writeCitation, writeFinish, writeMedia } from './write-response.ts'

/**
 * Tidy parts as `chat.completion.chunk` events, by the contract of design/tool-calling.md §2.4: a call's id, type and
 * name once and its arguments after, one call a chunk, one finish, usage if asked, `[DONE]`.
 */
export function createWriter(context: AnswerContext): StreamWriter {
  let id = `chatcmpl-${context.id}`
  let hasRole = false
  let usage: Usage | undefined
  let finish: string | undefined
  const details = createDetailWriter()
  let thought = ''
  let isCustom = false
  // Said at once: of several deltas openai-node's stream helper keeps the last, and openai-python's refuses a second.
  const annotations: JsonObject[] = []
  const images: (StreamPart & { type: 'media' })[] = []

  function chunk(choices: readonly JsonObject[], rest: JsonObject = {}): WireEvent {
    const { createdSeconds, model } = context
    const head = { id, object: 'chat.completion.chunk', created: createdSeconds, model, choices }
    return { event: undefined, data: JSON.stringify({ ...head, ...rest }) }
  }

  function delta(members: JsonObject, logprobs?: JsonObject): WireEvent[] {
    const role = hasRole ? {} : { role: 'assistant' }
    hasRole = true
    const rest = logprobs === undefined ? {} : { logprobs }
    return [chunk([{ index: 0, delta: { ...role, ...members }, ...rest, finish_reason: null }])]
  }

  /** The signed blocks of one stretch of thinking, at its end: of a list in several deltas clients keep the last, or join all. */
  function signed(): WireEvent[] {
    const entries = details.take()
    return entries.length === 0 ? [] : delta({ reasoning_details: entries })
  }

  function push(part: StreamPart): WireEvent[] {
    const isThought = part.type === 'reasoning-delta' || part.type === 'reasoning-end' || part.type === 'usage'
    return isThought ? write(part) : [...signed(), ...write(part)]
  }

  function write(part: StreamPart): WireEvent[] {
    switch (part.type) {
      case 'response-start':
        if (part.id !== '') id = part.id
        return []
      case 'text-delta': {
        const logprobs = part.logprobs?.map(writeLogprob)
        return delta({ content: part.text }, logprobs === undefined ? undefined : { content: logprobs, refusal: null })
      }
      case 'refusal-delta':
        return delta({ refusal: part.text })
      case 'reasoning-delta':
        thought += part.text
        return delta({ reasoning_content: part.text })
      case 'reasoning-end': {
        const { signature, redacted, id: blockId } = part
        // With its text: a client sends the block back as it came, and a signature is worthless without what it signs.
        const block = { type: 'reasoning', text: thought, redacted, id: blockId } as const
        thought = ''
        if (signature !== undefined) details.add({ ...block, signature })
        return []
      }
      case 'tool-call-start': {
        const { index, id: callId, name } = part
        if (context.legacyCalls === true) return index > 0 ? [] : delta({ function_call: { name, arguments: '' } })
        isCustom = part.custom === true
        const called = isCustom ? { custom: { name, input: '' } } : { function: { name, arguments: '' } }
        const type = isCustom ? 'custom' : 'function'
        return delta({ tool_calls: [{ index, id: callId, type, ...called, ...writeSignature(part.signature) }] })
      }
      case 'tool-call-delta': {
        const { index, argumentsText } = part
        if (context.legacyCalls === true) return index > 0 ? [] : delta({ function_call: { arguments: argumentsText } })
        const called = isCustom ? { custom: { input: argumentsText } } : { function: { arguments: argumentsText } }
        return delta({ tool_calls: [{ index, ...called }] })
      }
      case 'media':
        if (!part.mediaType.startsWith('image/')) return delta(writeMedia([part]))
        images.push(part)
        return []
      case 'citation':
        annotations.push(writeCitation(part))
        return []
      case 'usage':
        usage = part.usage
        return []
      case 'response-end':
        finish = writeFinish(part.finishReason, context)
        return []
      case 'text-signature':
        return delta(writeSignature(part.signature))
      case 'tool-call-end':
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
      const shown = images.length === 0 ? [] : delta(writeMedia(images))
      const cited = annotations.length === 0 ? [] : delta({ annotations })
      const role = hasRole ? {} : { role: 'assistant', content: '' }
      // Known at the end only, as a part of the usage.
      const tier = writeServiceTier(usage)
      const last = chunk([{ index: 0, delta: role, finish_reason: finish ?? 'stop' }], tier)
      const events = [...signed(), ...shown, ...cited, last]
      if (context.includeUsage && usage !== undefined) events.push(chunk([], { ...tier, usage: writeUsage(usage) }))
      return [...events, { event: undefined, data: '[DONE]' }]
    },
  }
}
