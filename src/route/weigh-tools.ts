import type { Target } from '../core/target.ts'
import type { Scored } from './score.ts'

/** How far a target's calls of tools can be relied on, 0..1, and how many calls were seen, the old ones for less. */
export type ToolShare = { readonly reliability: number; readonly calls: number }
export type ToolShares = (target: Target) => ToolShare

// Fewer calls are bad luck; a model of which every other call is good is worth asking where there is no other.
const LEAST_CALLS = 10
const BROKEN_BELOW = 0.5

/**
 * For a request with tools: each model's quality times its reliability, which is the chance that its calls are of use. By
 * itself, not beside the others, so that no model changes the order of two others by being there. `undefined` when all are
 * equal, else the pool as it was before.
 */
export function weighTools(pool: readonly Scored[], shareOf: ToolShares): readonly Scored[] | undefined {
  for (const scored of pool) scored.tools = shareOf(scored.target)
  const before = pool.map((scored) => ({ ...scored, tools: undefined }))
  for (const scored of pool) {
    if (scored.quality !== undefined) scored.quality *= scored.tools?.reliability ?? 1
  }
  const first = pool[0]?.tools?.reliability
  return pool.every(({ tools }) => tools?.reliability === first) ? undefined : before
}

/** True of a model that clearly breaks its calls: without predictions it stands behind the others. */
export function breaksCalls({ tools }: Scored): boolean {
  return tools !== undefined && tools.calls >= LEAST_CALLS && tools.reliability < BROKEN_BELOW
}
