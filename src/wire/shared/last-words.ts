import type { StreamPart } from '../../core/stream-part.ts'
import type { AnswerSummary } from '../../core/wire-format.ts'

/** What parts say at last of usage and of why the answer ended. */
export function lastWords(parts: readonly StreamPart[]): Pick<AnswerSummary, 'usage' | 'finishReason'> {
  const end = parts.findLast((part) => part.type === 'response-end')
  const usage = parts.findLast((part) => part.type === 'usage')
  return { finishReason: end?.finishReason, usage: usage?.usage }
}
