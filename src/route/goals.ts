import flagData from '../../policies/flags.generated.json' with { type: 'json' }
import type { Directives, GoalName } from '../core/directives.ts'
import type { Target } from '../core/target.ts'
import { energyPerToken } from './energy.ts'
import type { LiveMeasure } from './estimate.ts'
import { ageDays, opennessOf, RETENTIONS, retentionOf, TRAININGS, trainingOf } from './facts.ts'

/** Where a soft goal's figure is from: an estimate for this request, a fact, or what was seen of the target of late. */
export type GoalSource =
  | { readonly of: 'estimate'; readonly figure: EstimatedFigure; readonly dependsOnLength: boolean }
  /** A fact times the tokens that are expected. */
  | { readonly of: 'tokens'; readonly dependsOnLength: true; read(target: Target): number | undefined }
  | { readonly of: 'fact'; read(target: Target, today: string): number | undefined }
  | { readonly of: 'live'; read(target: Target, seen: LiveMeasure | undefined, wish: Directives): number | undefined }

type EstimatedFigure = 'costUsd' | 'latencyMs' | 'ttftMs' | 'outputTokens'

const TOP_SECURITY = 3
const TOP_OPENNESS = 3
/** What most adults read with ease, and where guides to plain language put their mark. */
export const DEFAULT_READING_GRADE = 9
/** Of its capacity, of a target that is all but refusing. */
const LEAST_SHARE = 0.01

/** Every soft goal, in the order in which a decision names them. Units and references: policies/flags.yaml. */
export const GOAL_SOURCES: Readonly<Record<GoalName, GoalSource>> = {
  cost: { of: 'estimate', figure: 'costUsd', dependsOnLength: true },
  latency: { of: 'estimate', figure: 'latencyMs', dependsOnLength: true },
  ttft: { of: 'estimate', figure: 'ttftMs', dependsOnLength: false },
  size: { of: 'fact', read: ({ facts }) => facts.active_params_b ?? facts.params_b },
  recency: { of: 'fact', read: ({ facts }, today) => ageDays(facts, today) },
  verbosity: { of: 'estimate', figure: 'outputTokens', dependsOnLength: true },
  readability: {
    of: 'live',
    read({ facts }, seen, { quality }) {
      const grade = seen?.readingGrade ?? facts.reading_grade
      return grade === undefined ? undefined : Math.abs(grade - (quality?.reading_grade ?? DEFAULT_READING_GRADE))
    },
  },
  security: { of: 'fact', read: ({ facts }) => below(TOP_SECURITY, facts.security) },
  openness: { of: 'fact', read: ({ facts }) => below(TOP_OPENNESS, opennessOf(facts)) },
  retention: { of: 'fact', read: ({ facts }) => orderOf(RETENTIONS, retentionOf(facts)) },
  training: { of: 'fact', read: ({ facts }) => orderOf(TRAININGS, trainingOf(facts)) },
  energy: { of: 'tokens', dependsOnLength: true, read: ({ facts }) => energyPerToken(facts) },
  // Who has nothing to do and refused nobody has all of its capacity left.
  load: { of: 'live', read: (_, seen) => 1 / Math.max(LEAST_SHARE, seen?.remainingShare ?? 1) },
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

function below(top: number, grade: number | undefined): number | undefined {
  return grade === undefined ? undefined : top - grade
}

function orderOf<Value>(order: readonly Value[], value: Value | undefined): number | undefined {
  return value === undefined ? undefined : order.indexOf(value)
}
