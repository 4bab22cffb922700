/** How much of an advantage over the model that is best overall is not believed, a difference of chances; 1 is all of it. */
export const THRESHOLDS = [0, 0.005, 0.01, 0.02, 0.04, 0.08, 1] as const

/** `alike` is for prompts like the graded ones, `strange` for all others. */
export type Thresholds = { readonly alike: number; readonly strange: number }

export const NOTHING_BELIEVED: Thresholds = { alike: 1, strange: 1 }

// Less than the best, but by nothing that matters: so that the best is chosen where nothing is better.
const A_HAIR = 1e-9

/** A chance of a good answer, with the part of its advantage over the best model's that is not believed taken off. */
export function believed(own: number, best: number, threshold: number): number {
  if (own <= best || threshold === 0) return own
  const excess = own - best - threshold
  return excess > 0 ? best + excess : best - A_HAIR
}

/**
 * `gains`: for each of `THRESHOLDS`, what choosing under it gained on each prompt that was left out, all in one order.
 * `alike` is what gained most, if by more than one standard error. `strange` is the most cautious that gained as much
 * give or take a standard error of the difference: on texts unlike all that were graded, chance is believed less.
 */
export function thresholdsFrom(gains: readonly (readonly number[])[]): Thresholds {
  const tried = gains.map(meanAndError)
  let top = 0
  for (const [index, { mean }] of tried.entries()) if (mean > (tried[top]?.mean ?? 0)) top = index
  const { mean, error } = tried[top] ?? { mean: 0, error: 0 }
  if (mean <= error) return NOTHING_BELIEVED
  const alike = THRESHOLDS[top] ?? 1
  let strange = alike
  for (const [index, values] of gains.entries()) {
    if (index <= top) continue
    const lost = meanAndError(values.map((value, row) => (gains[top]?.[row] ?? 0) - value))
    if (lost.mean <= lost.error) strange = THRESHOLDS[index] ?? 1
  }
  return { alike, strange }
}

function meanAndError(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares) / Math.max(values.length, 1) }
}
