import type { JsonObject } from '../../core/json.ts'
import type { StreamPart, Usage } from '../../core/stream-part.ts'
import type { StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { imageFormat } from './media.ts'
import { writeStopReason } from './stop-reasons.ts'
import { writeUsage } from './usage.ts'
import { writeRedacted, writeSignature } from './write-reasoning.ts'
import { stopFields, writeCitation } from './write-response.ts'

type Block = 'text' | 'reasoning' | 'call'

/**
 * Tidy parts as the events of `ConverseStream`: `messageStart`, blocks one after the other (those of words and thoughts
 * without a start of their own, as Bedrock sends them), `messageStop`, `metadata`. Whoever frames them for AWS's SDKs
 * makes a message of each; `event` is its `:event-type`.
 */
export function createWriter(): StreamWriter {
  let index = -1
  let open: Block | undefined
  let hasStarted = false
  let isCustom = false
  let usage: Usage | undefined
  let stop: JsonObject = { stopReason: 'end_turn' }

  function event(name: string, data: JsonObject): WireEvent {
    return { event: name, data: JSON.stringify(data) }
  }

  function begun(): WireEvent[] {
    if (hasStarted) return []
    hasStarted = true
    return [event('messageStart', { role: 'assistant' })]
  }

  function close(): WireEvent[] {
    if (open === undefined) return []
    open = undefined
    return [event('contentBlockStop', { contentBlockIndex: index })]
  }

  /** What opens a block of this kind where none is open. */
  function block(kind: Block): WireEvent[] {
    if (open === kind && kind !== 'call') return []
    const before = [...begun(), ...close()]
    index += 1
    open = kind
    return before
  }

  function delta(said: JsonObject): WireEvent {
    return event('contentBlockDelta', { contentBlockIndex: index, delta: said })
  }

  function whole(kind: Block, said: JsonObject): WireEvent[] {
    return [...close(), ...block(kind), delta(said), ...close()]
  }

  function picture(mediaType: string, data: string, transcript: string | undefined): WireEvent[] {
    const format = imageFormat(mediaType)
    // Streams have no block for sound: its words are said.
    if (format === undefined) return transcript === undefined ? [] : [...block('text'), delta({ text: transcript })]
    const before = [...begun(), ...close()]
    index += 1
    const start = event('contentBlockStart', { contentBlockIndex: index, start: { image: { format } } })
    const end = event('contentBlockStop', { contentBlockIndex: index })
    return [...before, start, delta({ image: { source: { bytes: data } } }), end]
  }

  function push(part: StreamPart): WireEvent[] {
    switch (part.type) {
      case 'response-start':
        return begun()
      case 'text-delta':
      case 'refusal-delta':
        return part.text === '' ? [] : [...block('text'), delta({ text: part.text })]
      case 'text-signature':
        return whole('reasoning', { reasoningContent: { signature: writeSignature(part.signature) } })
      case 'reasoning-delta':
        return [...block('reasoning'), delta({ reasoningContent: { text: part.text } })]
      case 'reasoning-end': {
        const { signature, redacted } = part
        if (signature === undefined) return open === 'reasoning' ? close() : []
        const said =
          redacted === true ? { redactedContent: writeRedacted(signature) } : { signature: writeSignature(signature) }
        return [...block('reasoning'), delta({ reasoningContent: said }), ...close()]
      }
      case 'tool-call-start': {
        isCustom = part.custom === true
        const state =
          part.signature === undefined
            ? []
            : whole('reasoning', { reasoningContent: { signature: writeSignature(part.signature) } })
        const before = [...state, ...block('call')]
        const start = { toolUse: { toolUseId: part.id, name: part.name } }
        const opened = [...before, event('contentBlockStart', { contentBlockIndex: index, start })]
        return isCustom ? [...opened, delta({ toolUse: { input: '{"input":"' } })] : opened
      }
      case 'tool-call-delta': {
        const text = isCustom ? JSON.stringify(part.argumentsText).slice(1, -1) : part.argumentsText
        return [delta({ toolUse: { input: text } })]
      }
      case 'tool-call-end':
        return isCustom ? [delta({ toolUse: { input: '"}' } }), ...close()] : close()
      case 'media':
        return picture(part.mediaType, part.data, part.transcript)
      case 'citation':
        return [...block('text'), delta({ citation: writeCitation(part) })]
      case 'usage':
        usage = part.usage
        return []
      case 'response-end': {
        const { finishReason, raw, stopSequence } = part
        stop = { stopReason: writeStopReason(finishReason, raw, stopSequence), ...stopFields(stopSequence) }
        return []
      }
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
      const last = [...begun(), ...close(), event('messageStop', stop)]
      if (usage === undefined) return last
      // The latency is required by the SDKs' types, and not measured here.
      return [...last, event('metadata', { usage: writeUsage(usage), metrics: { latencyMs: 0 } })]
    },
  }
}
