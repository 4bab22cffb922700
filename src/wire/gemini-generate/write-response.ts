import { foldParts } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import type { AnswerContext } from '../../core/wire-format.ts'
import { writeFinishReason } from './finish-reasons.ts'
import { writeUsage } from './usage.ts'
import { writeBlocks, writeCitations, writeLogprobs } from './write-answer-parts.ts'

/**
 * Tidy parts as one `GenerateContentResponse`. https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 * A call that was cut short is left out: its arguments must be an object here, and half of one must not be executed.
 */
export function writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject {
  const answer = foldParts(parts)
  const blocks = answer.blocks.filter((block) => block.type !== 'tool-call' || block.isCut !== true)
  const candidate = {
    content: { parts: blocks.flatMap(writeBlocks), role: 'model' },
    finishReason: writeFinishReason(answer.finishReason, answer.raw),
    index: 0,
    ...writeCitations(answer.citations),
    ...writeLogprobs(answer.logprobs),
  }
  return {
    candidates: [candidate],
    ...(answer.usage === undefined ? {} : { usageMetadata: writeUsage(answer.usage) }),
    modelVersion: context.model,
    responseId: answer.id === '' ? context.id : answer.id,
  }
}
