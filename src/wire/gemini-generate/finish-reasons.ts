import type { FinishReason } from '../../core/stream-part.ts'
import { table } from '../../core/table.ts'

/** https://ai.google.dev/api/generate-content#FinishReason, with those of Vertex AI. */
const FINISH_REASONS = table<FinishReason>({
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'error',
  MALFORMED_RESPONSE: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  FINISH_REASON_UNSPECIFIED: 'other',
  LANGUAGE: 'other',
  OTHER: 'other',
  NO_IMAGE: 'other',
})

/** The words for an answer that failed, as they stand in its JSON. */
export const FAILURE_WORDS: readonly string[] = Object.entries(FINISH_REASONS).flatMap(([raw, reason]) =>
  reason === 'error' ? [JSON.stringify(raw)] : [],
)

export function readFinishReason(raw: string): FinishReason {
  return (Object.hasOwn(FINISH_REASONS, raw) ? FINISH_REASONS[raw] : undefined) ?? 'other'
}

const WRITTEN: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  error: 'OTHER',
  other: 'OTHER',
}

/** The upstream's own word where it was one of Google's. */
export function writeFinishReason(reason: FinishReason, raw: string | undefined): string {
  return raw !== undefined && Object.hasOwn(FINISH_REASONS, raw) ? raw : WRITTEN[reason]
}
