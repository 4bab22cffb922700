import type { Clock } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import type { ToolOutcome } from '../core/tool-outcome.ts'

/** How far a target's calls of tools can be relied on. */
export type ToolShare = {
  /** The expected worth of its next call, 0..1: what was seen of it, with the prior. */
  readonly reliability: number
  /** Calls behind it; one that was seen long ago counts for less than one. */
  readonly calls: number
  /** What is believed of a target of which no call was seen, 0..1. */
  readonly prior: number
}

export type ToolReliability = {
  share(target: Target): ToolShare
  /** `dialect`: `native`, or that of the model's text. */
  record(targetId: string, dialect: string, outcome: ToolOutcome): void
}

/** What a call is worth: one that was mended may not be what was meant, one that was asked for again cost a round. */
export const WORTH = { valid: 1, repaired: 0.95, refined: 0.9, broken: 0 } as const satisfies Record<
  ToolOutcome,
  number
>
/** Calls that the prior counts for. */
export const PRIOR_CALLS = 20
/** After as many calls of a target, what was seen before counts half: a mended server recovers, a broken one shows. */
export const HALF_LIFE_CALLS = 50
/** And after as long: who is no longer asked, because he was broken, is asked again one day. */
export const HALF_LIFE_MS = 3_600_000
export const NATIVE = 'native'

const UNKNOWN_PRIOR = 0.95
const KEPT_A_CALL = 0.5 ** (1 / HALF_LIFE_CALLS)

type Counts = Record<ToolOutcome, number>
type Seen = { at: number; readonly dialects: Map<string, Counts> }

/**
 * The calls of tools of each target and dialect by what became of them, in memory, the older the less. Bounded by the
 * numbers of targets and dialects. The reliability is the mean of a beta distribution.
 */
export function createToolReliability(clock: Pick<Clock, 'monotonic'>): ToolReliability {
  const targets = new Map<string, Seen>()
  return {
    share(target) {
      const { toolPrior: prior = UNKNOWN_PRIOR } = target
      let calls = 0
      let worth = 0
      const seen = targets.get(target.id)
      if (seen !== undefined) {
        const kept = keptSince(seen.at, clock.monotonic())
        for (const [dialect, counts] of seen.dialects) {
          if (!isAskedSo(target, dialect)) continue
          for (const outcome of OUTCOMES) {
            calls += kept * counts[outcome]
            worth += kept * counts[outcome] * WORTH[outcome]
          }
        }
      }
      return { reliability: (PRIOR_CALLS * prior + worth) / (PRIOR_CALLS + calls), calls, prior }
    },
    record(targetId, dialect, outcome) {
      const now = clock.monotonic()
      const seen = targets.get(targetId) ?? { at: now, dialects: new Map<string, Counts>() }
      targets.set(targetId, seen)
      fade(seen, KEPT_A_CALL * keptSince(seen.at, now))
      seen.at = now
      const counts = seen.dialects.get(dialect) ?? { valid: 0, repaired: 0, refined: 0, broken: 0 }
      seen.dialects.set(dialect, counts)
      counts[outcome] += 1
    },
  }
}

const OUTCOMES = ['valid', 'repaired', 'refined', 'broken'] as const satisfies readonly ToolOutcome[]

/** A server that is now asked in another way is not judged by how it was asked before. */
function isAskedSo({ textTools }: Target, dialect: string): boolean {
  if (textTools === undefined) return dialect === NATIVE
  return !textTools.isEmulated || dialect !== NATIVE
}

function keptSince(at: number, now: number): number {
  return 0.5 ** ((now - at) / HALF_LIFE_MS)
}

function fade({ dialects }: Seen, kept: number): void {
  for (const counts of dialects.values()) for (const outcome of OUTCOMES) counts[outcome] *= kept
}
