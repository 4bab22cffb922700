import type { Outcome, OutcomeSource } from '../core/outcome.ts'

type Said = Pick<Outcome, 'source' | 'reward' | 'time'>

/**
 * One reward of a decision, 0..1: the user's last word where there is one, else the worst of what the gateway saw, since
 * an answer that was cut is of no use for its calls' being valid. `undefined` without outcomes.
 */
export function rewardOf(outcomes: readonly Said[]): number | undefined {
  const users = outcomes.filter(({ source }) => source === USER).toSorted((left, right) => left.time - right.time)
  const last = users.at(-1)
  if (last !== undefined) return last.reward
  return outcomes.length === 0 ? undefined : Math.min(...outcomes.map(({ reward }) => reward))
}

const USER: OutcomeSource = 'user'
