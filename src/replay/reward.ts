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

export type Grades = {
  /** By decision, 0..1. */
  readonly rewards: ReadonlyMap<string, number>
  /** What the rewards are not, where that must be said. */
  readonly note: string | undefined
}

/**
 * The rewards of a log, all of one kind. What the gateway saw is written down only where something was amiss: beside users'
 * words it would be a heap of bad rewards without the good ones. So it is left out where users rate; where nobody does, an
 * answer that came and of which nothing bad is known counts as good. `complete`: decisions whose answer came whole.
 */
export function gradesOf(outcomes: ReadonlyMap<string, readonly Outcome[]>, complete: ReadonlySet<string>): Grades {
  const rated = [...outcomes].filter(([, of]) => of.some(({ source }) => source === USER))
  const isRated = rated.length > 0
  if (outcomes.size === 0) return { rewards: new Map(), note: undefined }
  const rewards = new Map<string, number>()
  for (const id of isRated ? [] : complete) rewards.set(id, 1)
  for (const [id, of] of isRated ? rated : outcomes) rewards.set(id, rewardOf(of) ?? 0)
  const left = outcomes.size - rated.length
  if (!isRated) return { rewards, note: UNRATED }
  const are = left === 1 ? '1 decision was' : `${left} decisions were`
  return {
    rewards,
    note:
      left === 0
        ? undefined
        : `Left out: ${are} judged by what the gateway saw alone, and only the bad ones are logged.`,
  }
}

const UNRATED =
  'Nobody rated these answers. A reward of 1 says only that an answer came and that the gateway saw nothing amiss: do not promote a policy on it alone.'
