/** Bins of the reference that are compared one by one; the others are one bin together. */
const MOST_BINS = 20
const LEAST_SHARE = 0.0005

/**
 * The population stability index of two distributions over the same bins: Σ (p − q)·ln(p / q). Below 0.1 they are much
 * alike, over 0.2 they differ. Small bins are taken together, because each costs about one over the number of prompts by
 * chance alone.
 */
export function stabilityIndex(reference: Float64Array, current: Float64Array): number {
  const order = Array.from(reference.keys()).sort((left, right) => (reference[right] ?? 0) - (reference[left] ?? 0))
  const named = order.slice(0, MOST_BINS)
  const rest = order.slice(MOST_BINS)
  const expected = sharesOf(reference, named, rest)
  const actual = sharesOf(current, named, rest)
  return expected.reduce((sum, share, index) => {
    const q = Math.max(share, LEAST_SHARE)
    const p = Math.max(actual[index] ?? 0, LEAST_SHARE)
    return sum + (p - q) * Math.log(p / q)
  }, 0)
}

function sharesOf(counts: Float64Array, named: readonly number[], rest: readonly number[]): number[] {
  let total = 0
  for (const count of counts) total += count
  if (total === 0) return []
  const shares = named.map((bin) => (counts[bin] ?? 0) / total)
  const others = rest.reduce((sum, bin) => sum + (counts[bin] ?? 0), 0) / total
  return rest.length === 0 ? shares : [...shares, others]
}
