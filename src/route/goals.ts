import flagData from '../../policies/flags.generated.json' with { type: 'json' }
import type { GoalName } from '../core/directives.ts'
import type { Target } from '../core/target.ts'
import { ageDays } from './facts.ts'
import type { Figures } from './figures.ts'

/** Where a soft goal's figure is from: an estimate for this request, or a fact. */
export type GoalSource =
  | {
      readonly of: 'estimate'
      readonly figure: Exclude<keyof Figures, 'isLengthAssumed'>
      readonly dependsOnLength: boolean
    }
  | { readonly of: 'fact'; read(target: Target, today: string): number | undefined }

const TOP_SECURITY = 3

/** Every soft goal, in the order in which a decision names them. Units and references: policies/flags.yaml. */
export const GOAL_SOURCES: Readonly<Record<GoalName, GoalSource>> = {
  cost: { of: 'estimate', figure: 'costUsd', dependsOnLength: true },
  latency: { of: 'estimate', figure: 'latencyMs', dependsOnLength: true },
  size: { of: 'fact', read: ({ facts }) => facts.active_params_b ?? facts.params_b },
  recency: { of: 'fact', read: ({ facts }, today) => ageDays(facts, today) },
  verbosity: { of: 'estimate', figure: 'outputTokens', dependsOnLength: true },
  // No source has a figure per model yet; the decision says `assumed`.
  readability: { of: 'fact', read: () => undefined },
  security: {
    of: 'fact',
    read: ({ facts }) => (facts.security === undefined ? undefined : TOP_SECURITY - facts.security),
  },
}

export const GOALS = Object.keys(GOAL_SOURCES) as readonly GoalName[]

let references: ReadonlyMap<string, number> | undefined

/** The `ref_j` of a goal (policies/flags.yaml): a figure below it hardly counts. */
export function referenceOf(goal: GoalName): number {
  references ??= new Map(
    flagData.flatMap((flag) =>
      'reference' in flag && 'member' in flag ? [[String(flag.member), Number(flag.reference)] as const] : [],
    ),
  )
  return references.get(`weights.${goal}`) ?? 1
}
