import { generator } from './generator.ts'
import { FEATURES, type Vector } from './tfidf.ts'

// Where a choice by these estimates is best on ulab_llmrouter, of 1, 2, 4, 8 and 16: a weak baseline would flatter a router.
export const PENALTY = { logistic: 2, ridge: 8 } as const
const EPOCHS = 8
const SEED = 1

/** `logistic`: targets are chances. `ridge`: targets are numbers, and estimates may leave 0 to 1. */
export type Link = 'logistic' | 'ridge'

/**
 * Logistic or ridge regression of several targets on the same vectors, each with half the squared weights times `PENALTY` as
 * its penalty and the target's own mean as its offset. `targets`: 0 to 1, row by row.
 * Solved by dual coordinate ascent (Yu, Huang, Lin 2011): at the optimum a row's dual is its error.
 */
export function fitLinear(
  rows: readonly Vector[],
  targets: Float64Array,
  width: number,
  link: Link = 'logistic',
): (vector: Vector) => Float64Array {
  const isRidge = link === 'ridge'
  const weights = new Float64Array(FEATURES * width)
  const offsets = offsetsOf(targets, width, isRidge)
  const duals = new Float64Array(targets.length)
  const sums = new Float64Array(width)
  const order = Uint32Array.from(rows.keys())
  const random = generator(SEED)
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    shuffle(order, random)
    for (const row of order) {
      const vector = rows[row]
      if (vector === undefined) continue
      add(vector, weights, offsets, sums)
      const norm = vector.weights.reduce((sum, value) => sum + value * value, 0) / PENALTY[link]
      for (let target = 0; target < width; target += 1) {
        const cell = row * width + target
        const [dual, wanted, sum] = [duals[cell] ?? 0, targets[cell] ?? 0, sums[target] ?? 0]
        const change = isRidge ? (wanted - sum - dual) / (1 + norm) : ascent(dual, wanted, sum, norm)
        duals[cell] = (duals[cell] ?? 0) + change
        sums[target] = change
      }
      for (const [index, id] of vector.ids.entries()) {
        const value = (vector.weights[index] ?? 0) / PENALTY[link]
        const start = id * width
        for (let target = 0; target < width; target += 1) {
          weights[start + target] = (weights[start + target] ?? 0) + value * (sums[target] ?? 0)
        }
      }
    }
  }
  return (vector) => {
    add(vector, weights, offsets, sums)
    return isRidge ? sums.slice() : sums.map(sigmoid)
  }
}

/** The change of one dual after which it is the row's error, by two Newton steps: `norm` is at most 1. */
function ascent(dual: number, target: number, sum: number, norm: number): number {
  let change = 0
  for (let step = 0; step < 2; step += 1) {
    const p = sigmoid(sum + change * norm)
    change -= (dual + change - target + p) / (1 + norm * p * (1 - p))
  }
  return change
}

function add({ ids, weights: values }: Vector, weights: Float64Array, offsets: Float64Array, sums: Float64Array): void {
  const width = sums.length
  sums.set(offsets)
  for (let index = 0; index < ids.length; index += 1) {
    const value = values[index] ?? 0
    const start = (ids[index] ?? 0) * width
    for (let target = 0; target < width; target += 1) {
      sums[target] = (sums[target] ?? 0) + value * (weights[start + target] ?? 0)
    }
  }
}

function offsetsOf(targets: Float64Array, width: number, isRidge: boolean): Float64Array {
  const rows = targets.length / width
  const totals = new Float64Array(width)
  for (const [cell, value] of targets.entries()) totals[cell % width] = (totals[cell % width] ?? 0) + value
  if (isRidge) return totals.map((total) => total / rows)
  // As if one more row were half right: a target that is always 1 has no finite logit.
  return totals.map((total) => Math.log((total + 0.5) / (rows - total + 0.5)))
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let left = order.length - 1; left > 0; left -= 1) {
    const other = Math.floor(random() * (left + 1))
    const kept = order[left] ?? 0
    order[left] = order[other] ?? 0
    order[other] = kept
  }
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value))
}
