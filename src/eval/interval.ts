import { generator } from './generator.ts'
import type { EvalPrompt } from './outcomes.ts'

/** Resamples of a test part by key, with replacement: rows of one question are drawn together. */
export type Draws = {
  /** The question of each row, counted from 0. */
  readonly groupOf: Uint32Array
  readonly groups: number
  /** How often each question was drawn, a draw each. */
  readonly counts: readonly Uint8Array[]
}

const DRAWS = 1_000
/** Resamples of fewer questions only repeat the few: an interval of them would be too narrow. */
const LEAST_GROUPS = 10
/** Draws of figures that need more than a sum over the rows, such as a hull or a ranking. */
export const FEW_DRAWS = 200

/** The same draws for every method of a seed, so that differences are paired; none of fewer than ten questions. */
export function createDraws(prompts: readonly EvalPrompt[], seed: number, draws = DRAWS): Draws {
  const groups = new Map<string, number>()
  for (const { key } of prompts) if (!groups.has(key)) groups.set(key, groups.size)
  const next = generator(seed)
  const counts = Array.from({ length: groups.size < LEAST_GROUPS ? 0 : draws }, () => {
    const drawn = new Uint8Array(groups.size)
    for (let turn = 0; turn < groups.size; turn += 1) {
      const group = Math.floor(next() * groups.size)
      drawn[group] = (drawn[group] ?? 0) + 1
    }
    return drawn
  })
  return { groupOf: Uint32Array.from(prompts, ({ key }) => groups.get(key) ?? 0), groups: groups.size, counts }
}

/** A number a row, by name. */
export type Columns = Readonly<Record<string, ArrayLike<number>>>

/** The sum of each column over the rows of each draw; of the first `most` draws. */
export function drawnSums(
  { groupOf, groups, counts }: Draws,
  columns: Columns,
  most: number = counts.length,
): ReadonlyMap<string, Float64Array> {
  return new Map(
    Object.entries(columns).map(([name, values]) => {
      const sums = new Float64Array(groups)
      for (let row = 0; row < groupOf.length; row += 1) {
        const group = groupOf[row] ?? 0
        sums[group] = (sums[group] ?? 0) + (values[row] ?? 0)
      }
      return [name, Float64Array.from(counts.slice(0, most), (drawn) => dot(drawn, sums))]
    }),
  )
}

function dot(counts: Uint8Array, sums: Float64Array): number {
  let total = 0
  for (let group = 0; group < sums.length; group += 1) total += (counts[group] ?? 0) * (sums[group] ?? 0)
  return total
}
