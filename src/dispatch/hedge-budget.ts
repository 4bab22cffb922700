/** How many calls may ask a second target: a share of all, in memory, of this process alone. */
export type HedgeBudget = {
  /** A call is dispatched. `share`: of the calls, 0..1. */
  earn(share: number): void
  /** True once for every second request that may be sent. */
  take(): boolean
  /** It was not sent after all. */
  giveBack(): void
}

// What quiet hours may save up.
const MOST = 10

export function createHedgeBudget(): HedgeBudget {
  let saved = 0
  return {
    earn(share) {
      saved = Math.min(MOST, saved + share)
    },
    take() {
      // Twenty times a twentieth is a little less than one.
      if (saved < 1 - 1e-9) return false
      saved -= 1
      return true
    },
    giveBack() {
      saved = Math.min(MOST, saved + 1)
    },
  }
}
