import type { StreamPart } from './core/stream-part.ts'
import type { Target } from './core/target.ts'
import type { Observed } from './dispatch/observed.ts'
import type { AnswerEnd, AnswerFacts } from './learn/answer-signals.ts'
import { signalsOf } from './learn/answer-signals.ts'
import { isRefusal } from './learn/refusal.ts'
import type { ChatOutcome, Context } from './pipeline.ts'
import type { CallRecord } from './telemetry/record.ts'
import type { ToolReliability } from './usage/tool-reliability.ts'
import { WORTH } from './usage/tool-reliability.ts'

/** Tells learning what became of a routed call. Of the answer's words it keeps whether they decline, and nothing else. */
export function recordOutcomes({ result, routed }: ChatOutcome, record: CallRecord, context: Context): void {
  // What a guard did is none of the model's.
  if (record.outcome === 'answer_blocked' || record.outcome === 'guard_failed') return
  const { target, attempts, observed } = result
  const quality = target === undefined ? undefined : routed.foreseen?.qualities.get(target.id)
  context.learning.answered({
    id: record.id,
    key: record.key,
    model: target?.id,
    quality: quality?.predicted,
    believed: quality?.believed,
    predictions: routed.foreseen?.predictions,
    seen: signalsOf({
      model: target?.id,
      attempts,
      end: ENDS[result.outcome],
      finishReason: record.finishReason,
      outputTokens: record.usage?.outputTokens,
      maxOutputTokens: boundOf(routed.decision?.signals),
      isRefusal: declines(observed, record.usage?.outputTokens),
      calls: target === undefined ? undefined : callsOf(observed, target, context.toolReliability),
    }),
  })
}

const ENDS = {
  complete: 'whole',
  broken: 'broken',
  abandoned: 'left',
  failed: 'none',
} as const satisfies Record<ChatOutcome['result']['outcome'], AnswerEnd>

function boundOf(signals: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const bound = signals?.['max_output_tokens']
  return typeof bound === 'number' ? bound : undefined
}

function callsOf(observed: Observed | undefined, target: Target, reliability: ToolReliability): AnswerFacts['calls'] {
  const worths = (observed?.callOutcomes ?? []).flatMap((outcome) => (outcome === 'cut' ? [] : [WORTH[outcome]]))
  if (worths.length === 0) return undefined
  // Routing weighs the target's calls already: only what is more or less than that is news.
  return { worths, expected: reliability.share(target).reliability }
}

// A refusal is short, and most answers need not be read again to see that they are none.
const MOST_TOKENS = 150

/** `undefined` where the answer's beginning was not kept: long streams are not held. */
function declines(observed: Observed | undefined, outputTokens: number | undefined): boolean | undefined {
  if (observed === undefined) return undefined
  if (outputTokens !== undefined && outputTokens > MOST_TOKENS) return false
  const sample = observed.sample()
  const parts = sample.flat()
  if (parts.some(({ type }) => type === 'refusal-delta')) return true
  if (sample.length < observed.events) return undefined
  return isRefusal(parts.map(textOf).join(''))
}

function textOf(part: StreamPart): string {
  return part.type === 'text-delta' ? part.text : ''
}
