import type { FinishReason } from '../../core/stream-part.ts'
import { table } from '../../core/table.ts'

const READ = table<FinishReason>({
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  content_filtered: 'content-filter',
  guardrail_intervened: 'content-filter',
  // The model's answer could not be read by Bedrock itself.
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
})

const WRITTEN: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'content-filter': 'content_filtered',
  error: 'malformed_model_output',
  other: 'end_turn',
}

export function readStopReason(raw: string): FinishReason {
  return (Object.hasOwn(READ, raw) ? READ[raw] : undefined) ?? 'other'
}

/** The upstream's own word where this format has it too and it fits. */
export function writeStopReason(
  reason: FinishReason,
  raw: string | undefined,
  stopSequence: string | undefined,
): string {
  if (reason === 'stop' && stopSequence !== undefined) return 'stop_sequence'
  if (raw !== undefined && Object.hasOwn(READ, raw) && READ[raw] === reason) return raw
  return WRITTEN[reason]
}
