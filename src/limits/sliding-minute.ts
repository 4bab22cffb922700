/** What was counted in the last minute, exact to a second. */
export type SlidingMinute = {
  /** The sum as of `second`, which only grows. */
  sum(second: number): number
  add(second: number, amount: number): void
  /** Seconds from `second` until `amount` fits below `limit`, if nothing else is counted. */
  secondsUntil(second: number, amount: number, limit: number): number
  /** What each second has, the earliest first: one that is created with it goes on from there. */
  entries(): KeptSeconds
}

export type KeptSeconds = readonly (readonly [second: number, amount: number])[]

// A minute that begins within a second touches one more than sixty of them: with all of these summed, no minute is over.
const SLICES = 61

export function createSlidingMinute(kept: KeptSeconds = []): SlidingMinute {
  const slices = new Float64Array(SLICES)
  let newest = Number.NEGATIVE_INFINITY
  let total = 0

  function advance(second: number): void {
    if (second <= newest) return
    if (second - newest >= SLICES) {
      slices.fill(0)
      total = 0
    } else {
      for (let gone = newest + 1; gone <= second; gone += 1) {
        total -= slices[gone % SLICES] ?? 0
        slices[gone % SLICES] = 0
      }
    }
    newest = second
  }

  function add(second: number, amount: number): void {
    advance(Math.max(second, newest))
    // What has left the minute is nobody's any more.
    if (newest - second >= SLICES) return
    slices[second % SLICES] = (slices[second % SLICES] ?? 0) + amount
    total += amount
  }

  for (const [second, amount] of kept) add(second, amount)

  return {
    add,
    sum(second) {
      advance(second)
      return total
    },
    secondsUntil(second, amount, limit) {
      advance(second)
      let left = total
      for (let slice = second - SLICES + 1; slice <= second; slice += 1) {
        if (left + amount <= limit) return Math.max(0, slice + SLICES - 1 - second)
        if (slice >= 0) left -= slices[slice % SLICES] ?? 0
      }
      return SLICES
    },
    entries() {
      const found: [number, number][] = []
      for (let second = Math.max(0, newest - SLICES + 1); second <= newest; second += 1) {
        const amount = slices[second % SLICES] ?? 0
        if (amount !== 0) found.push([second, amount])
      }
      return found
    },
  }
}
