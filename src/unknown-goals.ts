import type { GoalName } from './core/directives.ts'
import type { Target } from './core/target.ts'
import type { LiveMeasure } from './route/estimate.ts'
import type { GoalSource } from './route/goals.ts'
import { GOAL_SOURCES, GOALS } from './route/goals.ts'

const NOTHING_SAID = {}
// Which goals are known does not depend on the day.
const SOME_DAY = '2026-01-01'

type Estimated = Extract<GoalSource, { of: 'estimate' }>['figure']

/** What an estimate needs; a length is always predicted or assumed. */
const FIGURES: Readonly<Record<Estimated, (target: Target, seen: LiveMeasure | undefined) => boolean>> = {
  costUsd: ({ facts }) => facts.price_in !== undefined && facts.price_out !== undefined,
  ttftMs: ({ facts }, seen) => (seen?.ttftMs ?? facts.ttft_ms) !== undefined,
  latencyMs: ({ facts }, seen) =>
    (seen?.ttftMs ?? facts.ttft_ms) !== undefined && (seen?.tokensPerSecond ?? facts.tokens_per_second) !== undefined,
  outputTokens: () => true,
}

/** The soft goals of which nobody knows this target's figure: a decision takes the 75th percentile and says `assumed`. */
export function unknownGoals(target: Target, seen: LiveMeasure | undefined): GoalName[] {
  return GOALS.filter((goal) => !isKnown(goal, target, seen))
}

function isKnown(goal: GoalName, target: Target, seen: LiveMeasure | undefined): boolean {
  const source = GOAL_SOURCES[goal]
  switch (source.of) {
    case 'fact':
      return source.read(target, SOME_DAY) !== undefined
    case 'tokens':
      return source.read(target) !== undefined
    case 'live':
      return source.read(target, seen, NOTHING_SAID) !== undefined
    case 'estimate':
      return FIGURES[source.figure](target, seen)
    default: {
      const unhandled: never = source
      return unhandled
    }
  }
}
