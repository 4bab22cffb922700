import flagData from '../../policies/flags.generated.json' with { type: 'json' }
import type { GoalName } from '../core/directives.ts'

/** Every soft goal, in the order in which a decision names them. */
export const GOALS: readonly GoalName[] = ['cost', 'latency', 'size', 'recency', 'verbosity', 'readability', 'security']

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
