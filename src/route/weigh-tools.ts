import type { Target } from '../core/target.ts'
import type { Scored } from './score.ts'

/** How far a target's calls of tools can be relied on, 0..1, and how many calls were seen, the old ones for less. */
export type ToolShare = { readonly reliability: number; readonly calls: number }
export type ToolShares = (target: Target) => ToolShare

// Fewer calls are bad luck; a model of which every other call is good is worth asking where there is no other.
const LEAST_CALLS = 10
const BROKEN_BELOW = 0.5

/**
 * For a request with tools: each model's quality times its reliability over that of the most reliable one, so that among
 * equals nothing changes. `undefined` when it changes nothing, else the pool as it was before.
 */
export function weighTools(pool: readonly Scored[], shareOf: ToolShares): readonly Scored[] | undefined {
  let best = 0
  for (const scored of pool) {
    scored.tools = shareOf(scored.target)
    best = Math.max(best, scored.tools.reliability)
  }
  if (pool.every(({ tools }) => tools?.reliability === best)) return undefined
  const before = pool.map((scored) => ({ ...scored, tools: undefined }))
  for (const scored of pool) {
    if (scored.quality !== undefined) scored.quality *= (scored.tools?.reliability ?? best) / best
  }
  return before
}

/** True of a model that clearly breaks its calls: without predictions it stands behind the others. */
export function breaksCalls({ tools }: Scored): boolean {
  return tools !== undefined && tools.calls >= LEAST_CALLS && tools.reliability < BROKEN_BELOW
}
