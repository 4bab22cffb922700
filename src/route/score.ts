import type { Directives, GoalName } from '../core/directives.ts'
import type { Target } from '../core/target.ts'
import type { Estimate } from './estimate.ts'
import { ageDays } from './facts.ts'
import { GOALS, referenceOf } from './references.ts'
import type { ToolShare } from './weigh-tools.ts'

/** A model that passes the hard limits, with what is expected of it. */
export type Scored = {
  readonly target: Target
  /** Its place in the configuration. */
  readonly index: number
  /** As predicted, and weighed by `weighTools` for a request with tools. */
  quality: number | undefined
  readonly uncertainty: number | undefined
  readonly estimate: Estimate
  /** Sum of the objective's penalties in quality points. */
  penalty: number
  /** Goals whose figure was unknown. */
  assumed: string[] | undefined
  /** Of a request with tools. */
  tools: ToolShare | undefined
}

const UNKNOWN_SHARE = 0.75
const TOP_SECURITY = 3

/**
 * Fills in the penalties of the objective, `weight · log2(1 + figure / reference)` a goal, or `cost / W` for cost when
 * the caller gave a willingness to pay. An unknown figure is the pool's 75th percentile, and the model says so.
 */
export function addPenalties(pool: readonly Scored[], directives: Directives, today: string): void {
  const { weights, willingness_to_pay: willingness } = directives
  for (const goal of GOALS) {
    const perPoint = goal === 'cost' ? willingness : undefined
    const weight = perPoint === undefined ? (weights?.[goal] ?? 0) : 1
    if (weight === 0) continue
    const reference = referenceOf(goal)
    let fallback: number | undefined
    for (const scored of pool) {
      let figure = figureOf(goal, scored, today)
      if (figure === undefined) {
        fallback ??= percentile(pool, goal, today)
        figure = fallback
        scored.assumed ??= []
        scored.assumed.push(goal)
      } else if (scored.estimate.isLengthAssumed && DEPENDS_ON_LENGTH.includes(goal)) {
        scored.assumed ??= []
        scored.assumed.push(goal)
      }
      scored.penalty += perPoint === undefined ? weight * Math.log2(1 + figure / reference) : figure / perPoint
    }
  }
}

const DEPENDS_ON_LENGTH: readonly GoalName[] = ['cost', 'latency', 'verbosity']

function figureOf(goal: GoalName, { target, estimate }: Scored, today: string): number | undefined {
  const { facts } = target
  switch (goal) {
    case 'cost':
      return estimate.costUsd
    case 'latency':
      return estimate.latencyMs
    case 'size':
      return facts.active_params_b ?? facts.params_b
    case 'recency':
      return ageDays(facts, today)
    case 'verbosity':
      return estimate.outputTokens
    case 'security':
      return facts.security === undefined ? undefined : TOP_SECURITY - facts.security
    // No source has a figure per model yet; the decision says `assumed`.
    case 'readability':
      return undefined
    default: {
      const unhandled: never = goal
      return unhandled
    }
  }
}

/** The 75th percentile of the known figures, by the nearest rank; 0 when none is known. */
function percentile(pool: readonly Scored[], goal: GoalName, today: string): number {
  const known: number[] = []
  for (const scored of pool) {
    const figure = figureOf(goal, scored, today)
    if (figure !== undefined) known.push(figure)
  }
  known.sort((left, right) => left - right)
  return known[Math.max(0, Math.ceil(known.length * UNKNOWN_SHARE) - 1)] ?? 0
}
