import type { AnswerBlock, ChatAnswer } from '../../core/fold.ts'
import { foldParts } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import { NO_USAGE, type StreamPart } from '../../core/stream-part.ts'
import type { AnswerContext } from '../../core/wire-format.ts'
import { writeStopReason } from './stop-reason.ts'
import { writeUsage } from './usage.ts'
import { callBlock, citationOf, inputOf, mediumText, thoughtBlock } from './write-blocks.ts'

/** Tidy parts as one message. https://platform.claude.com/docs/en/api/messages */
export function writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject {
  const answer = foldParts(parts)
  const { id, usage, finishReason, raw, stopSequence, blocks } = answer
  const isRefusal = blocks.some((block) => block.type === 'refusal')
  return {
    ...messageHead(id, context),
    content: contentOf(answer),
    stop_reason: writeStopReason({ finishReason, raw, stopSequence, isRefusal }),
    stop_sequence: stopSequence ?? null,
    usage: writeUsage(usage ?? NO_USAGE),
  }
}

/** What comes before the content, whole or streamed. */
export function messageHead(id: string, context: AnswerContext): JsonObject {
  return { id: id === '' ? `msg_${context.id}` : id, type: 'message', role: 'assistant', model: context.model }
}

/** Citations have no place in a list of blocks of their own: they stand with the last text. */
function contentOf({ blocks, citations }: ChatAnswer): JsonObject[] {
  const content = blocks.flatMap(writeBlock)
  if (citations.length > 0 && !content.some(isText)) content.push(textBlock(''))
  const last = content.findLastIndex(isText)
  return content.map((block, index) =>
    index === last && citations.length > 0 ? { ...block, citations: citations.map(citationOf) } : block,
  )
}

function isText({ type }: JsonObject): boolean {
  return type === 'text'
}

function writeBlock(block: AnswerBlock): JsonObject[] {
  switch (block.type) {
    case 'text': {
      const { text, signature } = block
      const said = text === '' ? [] : [textBlock(text)]
      return signature === undefined ? said : [...said, thoughtBlock({ text: '', signature })]
    }
    case 'refusal':
      return block.text === '' ? [] : [textBlock(block.text)]
    case 'reasoning':
      return block.text === '' && block.signature === undefined ? [] : [thoughtBlock(block)]
    case 'tool-call': {
      const { id, name, signature } = block
      const call = callBlock(id, name, inputOf(block))
      return signature === undefined ? [call] : [thoughtBlock({ text: '', signature }), call]
    }
    case 'media':
      return [textBlock(mediumText(block))]
    default: {
      const unhandled: never = block
      return unhandled
    }
  }
}

function textBlock(text: string): JsonObject {
  return { type: 'text', text }
}
