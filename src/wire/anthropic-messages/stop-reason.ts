import type { FinishReason } from '../../core/stream-part.ts'
import { table } from '../../core/table.ts'

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const READ = table<FinishReason>({
  end_turn: 'stop',
  stop_sequence: 'stop',
  // A server tool takes long: the client sends the answer back and the model goes on.
  pause_turn: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content-filter',
})

const WRITTEN: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  error: 'end_turn',
  other: 'end_turn',
}

export function readStopReason(raw: string): FinishReason {
  return (Object.hasOwn(READ, raw) ? READ[raw] : undefined) ?? 'other'
}

export type Ending = {
  readonly finishReason: FinishReason
  readonly raw: string | undefined
  readonly stopSequence: string | undefined
  /** The model declined in words of its own. */
  readonly isRefusal: boolean
}

/** This format's own word where the upstream said it and it fits the content. */
export function writeStopReason({ finishReason, raw, stopSequence, isRefusal }: Ending): string {
  if (isRefusal && finishReason === 'stop') return 'refusal'
  if (stopSequence !== undefined && finishReason === 'stop') return 'stop_sequence'
  const isOwn = raw !== undefined && raw !== 'stop_sequence' && Object.hasOwn(READ, raw) && READ[raw] === finishReason
  return isOwn ? raw : WRITTEN[finishReason]
}
