import type { AnswerBlock } from '../../core/fold.ts'
import { foldParts } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { imageFormat } from './media.ts'
import { writeStopReason } from './stop-reasons.ts'
import { writeUsage } from './usage.ts'
import { stateBlock, writeRedacted, writeSignature } from './write-reasoning.ts'

/** Tidy parts as one answer of `Converse`. */
export function writeResponse(parts: readonly StreamPart[]): JsonObject {
  const { blocks, citations, usage, finishReason, raw, stopSequence } = foldParts(parts)
  const content = blocks.flatMap(writeBlock)
  if (citations.length > 0) content.push({ citationsContent: { content: [], citations: citations.map(writeCitation) } })
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: writeStopReason(finishReason, raw, stopSequence),
    ...(usage === undefined ? {} : { usage: writeUsage(usage) }),
    // Required by the SDKs' types, and not measured here.
    metrics: { latencyMs: 0 },
    ...stopFields(stopSequence),
  }
}

/** Where Claude's stop sequence stands in an answer. */
export function stopFields(stopSequence: string | undefined): JsonObject {
  return stopSequence === undefined ? {} : { additionalModelResponseFields: { delta: { stop_sequence: stopSequence } } }
}

export function writeCitation({
  url,
  title,
}: {
  readonly url: string
  readonly title: string | undefined
}): JsonObject {
  return { ...(title === undefined ? {} : { title }), location: { web: { url } } }
}

function writeBlock(block: AnswerBlock): JsonObject[] {
  switch (block.type) {
    case 'text':
      return [{ text: block.text }, ...(block.signature === undefined ? [] : [stateBlock(block.signature)])]
    case 'refusal':
      return [{ text: block.text }]
    case 'reasoning': {
      const { text, signature, redacted } = block
      if (redacted === true && signature !== undefined) {
        return [{ reasoningContent: { redactedContent: writeRedacted(signature) } }]
      }
      const signed = signature === undefined ? {} : { signature: writeSignature(signature) }
      return [{ reasoningContent: { reasoningText: { text, ...signed } } }]
    }
    case 'tool-call': {
      const { id, name, argumentsText, custom, signature } = block
      const input = custom === true ? { input: argumentsText } : objectArguments(argumentsText)
      const call = { toolUse: { toolUseId: id, name, input } }
      return signature === undefined ? [call] : [stateBlock(signature), call]
    }
    case 'media': {
      const { mediaType, data, transcript } = block
      const format = imageFormat(mediaType)
      if (format !== undefined) return [{ image: { format, source: { bytes: data } } }]
      if (mediaType.startsWith('audio/')) return [{ audio: { format: mediaType.slice(6), source: { bytes: data } } }]
      return transcript === undefined ? [] : [{ text: transcript }]
    }
    default: {
      const unhandled: never = block
      return unhandled
    }
  }
}
