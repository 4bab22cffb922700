import type { Estimate } from '../../../replay/estimates.ts'
import type { Interval } from '../../../replay/resample.ts'
import type { Predicted } from '../../../replay/summary.ts'
import type { Replayed, Verified } from './replay-log.ts'

/** What was replayed, and how. */
export type Asked = {
  readonly log: string
  readonly policy: string | undefined
  readonly flags: string | undefined
  readonly router: string | undefined
}

/** The JSON of `thalamus replay`; names are public (docs/replay.md). */
export function publicReplay({ log, policy, flags, router }: Asked, { summary, estimates, skipped }: Replayed): object {
  const { decisions, moved, infeasible } = summary
  return {
    log,
    policy: policy ?? null,
    flags: flags ?? null,
    router: router ?? null,
    decisions,
    moved,
    moves: summary.moves,
    infeasible,
    infeasible_limits: summary.infeasibleLimits,
    lossless_unknown: summary.losslessUnknown,
    predicted: { cost_usd: publicPredicted(summary.cost), quality: publicPredicted(summary.quality) },
    rewards: {
      graded: estimates.graded,
      supported: estimates.supported,
      matching: estimates.matching,
      drawn: estimates.drawn,
      effective_sample_size: estimates.effective,
      mean_weight: publicInterval(estimates.meanWeight),
      clipped: estimates.clipped,
      logged: publicInterval(estimates.logged),
      on_matching: publicInterval(estimates.onMatching),
      ips: publicEstimate(estimates.ips),
      snips: publicEstimate(estimates.snips),
      dr: publicEstimate(estimates.dr),
      notes: estimates.notes,
    },
    skipped: {
      lines: skipped.lines,
      without_models: skipped.withoutModels,
      without_prompts: skipped.withoutPrompts,
    },
  }
}

/** The JSON of `thalamus replay --verify`. */
export function publicVerified(log: string, { decisions, differences, skipped }: Verified): object {
  return { log, decisions, differences, skipped: { lines: skipped.lines, without_models: skipped.withoutModels } }
}

function publicPredicted(predicted: Predicted | undefined): object | null {
  return predicted === undefined ? null : { ...predicted, difference: predicted.replayed - predicted.logged }
}

function publicInterval(interval: Interval | undefined): object | null {
  return interval === undefined ? null : { value: interval.value, ci: [interval.low, interval.high] }
}

function publicEstimate(estimate: Estimate | undefined): object | null {
  if (estimate === undefined) return null
  return { ...publicInterval(estimate), difference: publicInterval(estimate.difference) }
}
