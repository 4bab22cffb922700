import type { Candidate, Dropped } from '../core/decision.ts'
import type { Signals } from '../core/router.ts'
import type { Choice } from './choose.ts'
import { scoreOf } from './choose.ts'
import type { Front } from './front.ts'
import type { Rejected } from './relax.ts'
import type { Scored } from './score.ts'

/** The ranked models as a decision shows them. */
export function describeCandidates(choice: Choice, front: Front): Candidate[] {
  const members = new Set(front.members)
  return choice.ranked.map((scored) => describeCandidate(scored, choice.inBand.has(scored), members.has(scored)))
}

function describeCandidate(scored: Scored, inBand: boolean, onFront: boolean): Candidate {
  const { target, quality, uncertainty, estimate, assumed, tools } = scored
  return {
    model: target.id,
    quality,
    uncertainty,
    cost_usd: estimate.costUsd,
    latency_ms: estimate.latencyMs,
    ttft_ms: estimate.ttftMs,
    output_tokens: estimate.outputTokens,
    score: quality === undefined ? undefined : scoreOf(scored),
    in_band: inBand,
    on_front: onFront,
    ...(tools === undefined ? {} : { tool_reliability: tools.reliability }),
    ...(assumed === undefined ? {} : { assumed }),
  }
}

/** One entry a limit that a model fails. */
export function describeDropped(rejected: readonly Rejected[]): Dropped[] {
  return rejected.flatMap(({ target, failures }) =>
    failures.map(({ limit, actual }) => ({
      model: target.id,
      constraint: limit.name,
      required: limit.required,
      actual: actual ?? null,
    })),
  )
}

/** What routing knew of the request. The text it read is not among it: decisions are logged, prompts are not. */
export function describeSignals(signals: Signals): Readonly<Record<string, unknown>> {
  return {
    prompt_tokens: signals.promptTokens,
    last_turn_tokens: signals.lastTurnTokens,
    turns: signals.turns,
    phase: signals.phase,
    tools: signals.toolCount,
    tool_forced: signals.isToolForced,
    images: signals.hasImages,
    audio: signals.hasAudio,
    files: signals.hasFiles,
    json: signals.wantsJson,
    choices: signals.choices,
    max_output_tokens: signals.maxOutputTokens ?? null,
  }
}
