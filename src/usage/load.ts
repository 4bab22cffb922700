import type { Clock } from '../core/ports.ts'

/** How busy one target is, as far as this process sees it. */
export type Load = {
  /** A request is under way. `limit`: how many it serves at once, where the operator said so. */
  started(limit: number | undefined): void
  /** It is over. */
  ended(): void
  /** It was turned away because there were too many. */
  refused(): void
  /** 0..1 of what it can serve at once. */
  remainingShare(): number
}

// Without a limit that was said or learned, so many requests take half of what a target can do. No cliff: nobody knows.
const ASSUMED_HALF = 32
// A refusal says that all is taken; a minute later that is forgotten.
const HALF_LIFE_MS = 15_000
const FORGOTTEN = 0.01

export function createLoad(clock: Pick<Clock, 'monotonic'>): Load {
  let underWay = 0
  let said: number | undefined
  let learned: number | undefined
  let refusedAt = Number.NEGATIVE_INFINITY

  function remainingShare(): number {
    const taken = 2 ** (-(clock.monotonic() - refusedAt) / HALF_LIFE_MS)
    return free() * (taken < FORGOTTEN ? 1 : 1 - taken)
  }

  function free(): number {
    const limit = said ?? learned
    if (limit === undefined) return ASSUMED_HALF / (ASSUMED_HALF + underWay)
    return Math.max(0, 1 - underWay / limit)
  }

  return {
    started(limit) {
      underWay += 1
      said = limit
    },
    ended() {
      underWay -= 1
      // It took as many as were thought to be too many: one more may fit.
      const isRefusing = clock.monotonic() - refusedAt < HALF_LIFE_MS
      if (learned !== undefined && !isRefusing && underWay + 1 >= learned) learned += 1
    },
    refused() {
      refusedAt = clock.monotonic()
      // All but the one that was refused; never nothing, or it would never be asked again.
      learned = Math.max(1, underWay - 1)
    },
    remainingShare,
  }
}
