import type { Decision } from './core/decision.ts'
import type { FinishReason } from './core/stream-part.ts'
import type { ChatOutcome, Context } from './pipeline.ts'
import type { CallRecord } from './telemetry/record.ts'
import type { Seen } from './usage/live-measures.ts'

// Less says nothing of a speed: the first tokens come at once, or in one read.
const LEAST_TOKENS = 10
const LEAST_SECONDS = 0.05

/** What is known of an answer only when it has ended. `endedAt`: on the monotonic clock. */
type Ended = { readonly endedAt: number; readonly readingGrade: number | undefined }

/** Feeds back into routing how fast, how long and how readable a whole answer was. */
export function measure(
  { result, routed }: ChatOutcome,
  record: CallRecord,
  { endedAt, readingGrade }: Ended,
  { live }: Pick<Context, 'live'>,
): void {
  const { target, observed } = result
  if (target === undefined || observed === undefined) return
  const tokens = record.usage?.outputTokens
  const predicted = predictedTokens(routed.decision, target.id, record.finishReason)
  const seen: Seen = {
    ...paceOf(record, observed.firstPartAt, endedAt),
    promptTokens: record.usage?.inputTokens,
    length: predicted === undefined || tokens === undefined ? undefined : { predicted, actual: tokens },
    readingGrade,
  }
  live.record(target.id, seen)
}

/** Only a stream shows when its first token came. */
function paceOf(
  record: CallRecord,
  firstPartAt: number | undefined,
  endedAt: number,
): Pick<Seen, 'ttftMs' | 'tokensPerSecond'> {
  if (firstPartAt === undefined || !record.stream) return { ttftMs: undefined, tokensPerSecond: undefined }
  const seconds = (endedAt - firstPartAt) / 1_000
  const tokens = record.usage?.outputTokens
  const isMeasurable = tokens !== undefined && tokens > LEAST_TOKENS && seconds > LEAST_SECONDS
  return { ttftMs: record.ttftMs, tokensPerSecond: isMeasurable ? tokens / seconds : undefined }
}

/** The answer's length as the decision had it, of one answer that ended by itself and whose prediction no cap cut. */
function predictedTokens(
  decision: Decision | undefined,
  targetId: string,
  finishReason: FinishReason | undefined,
): number | undefined {
  if (finishReason !== 'stop' || decision?.signals?.['choices'] !== 1) return undefined
  const candidate = decision.candidates.find(({ model }) => model === targetId)
  if (candidate?.output_tokens_assumed === true) return undefined
  const predicted = candidate?.output_tokens
  const cap = decision.signals['max_output_tokens']
  return typeof cap === 'number' && predicted !== undefined && predicted >= cap ? undefined : predicted
}
