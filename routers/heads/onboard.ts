import heads from './heads.json' with { type: 'json' }
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

/** One answer of a model that somebody graded, 0 to 1. */
export type GradedReading = { readonly reading: Reading; readonly score: number }

const STEPS = 20
const SMALL_STEP = 1e-4
// Grades come from one protocol; what is known of a model may come from another, ten points apart (data/README.md).
const LEAST_PRIOR_SD = 1.5

/**
 * Fits ability and offsets to graded answers, everything else frozen: MAP logistic with `prior` as its Gaussian prior
 * (design/router.md §4.4, rung 2). Gauss-Newton over θ and the offsets of all clusters, halved while it overshoots.
 */
export function onboard(prior: Profile, graded: readonly GradedReading[]): Profile {
  const size = prior.u.length + 1
  const start = [prior.theta, ...prior.u]
  const thetaPrecision = 1 / Math.max(prior.sd, LEAST_PRIOR_SD) ** 2
  const precision = [thetaPrecision, ...prior.u.map(() => 1 / prior.sd_u ** 2)]
  let values = start
  let loss = lossOf(values, start, precision, graded)
  let curvature: number[][] = []
  for (let step = 0; step < STEPS; step += 1) {
    const local = expand(values, start, precision, graded, size)
    curvature = local.curvature
    const change = solve(curvature, local.gradient)
    let share = 1
    let next = values.map((value, index) => value - (change[index] ?? 0))
    let nextLoss = lossOf(next, start, precision, graded)
    while (nextLoss > loss && share > SMALL_STEP) {
      share /= 2
      next = values.map((value, index) => value - share * (change[index] ?? 0))
      nextLoss = lossOf(next, start, precision, graded)
    }
    const gained = loss - nextLoss
    if (gained <= 0) break
    values = next
    loss = nextLoss
    if (gained < SMALL_STEP) break
  }
  const [theta = prior.theta, ...u] = values
  const unit = start.map((_, index) => (index === 0 ? 1 : 0))
  return { ...prior, theta, u, sd: Math.sqrt(solve(curvature, unit)[0] ?? prior.sd ** 2), evidence: ['probes'] }
}

function logit(
  values: readonly number[],
  { clusters, difficulty, strangeness }: Reading,
): { s: number; slope: number } {
  let offset = 0
  for (let k = 0; k < clusters.length; k += 1) offset += (clusters[k] ?? 0) * (values[k + 1] ?? 0)
  const bent = Math.tanh(offset / heads.clip)
  // As in `predict`, which this is the inverse of.
  return {
    s: (values[0] ?? 0) + heads.clip * bent * (1 - strangeness) - difficulty,
    slope: (1 - bent * bent) * (1 - strangeness),
  }
}

function lossOf(
  values: readonly number[],
  start: readonly number[],
  precision: readonly number[],
  graded: readonly GradedReading[],
): number {
  let loss = 0
  for (const [index, value] of values.entries()) {
    loss += ((precision[index] ?? 0) * (value - (start[index] ?? 0)) ** 2) / 2
  }
  for (const { reading, score } of graded) {
    const { s } = logit(values, reading)
    // log(1 + e^s) without overflow.
    loss += Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))) - score * s
  }
  return loss
}

function expand(
  values: readonly number[],
  start: readonly number[],
  precision: readonly number[],
  graded: readonly GradedReading[],
  size: number,
): { gradient: number[]; curvature: number[][] } {
  const gradient = values.map((value, index) => (precision[index] ?? 0) * (value - (start[index] ?? 0)))
  const curvature = values.map((_, row) => values.map((_, column) => (row === column ? (precision[row] ?? 0) : 0)))
  for (const { reading, score } of graded) {
    const { s, slope } = logit(values, reading)
    const p = 1 / (1 + Math.exp(-s))
    const weight = p * (1 - p)
    const inputs = [1, ...reading.clusters.map((share) => share * slope)]
    for (let row = 0; row < size; row += 1) {
      const input = inputs[row] ?? 0
      if (input === 0) continue
      gradient[row] = (gradient[row] ?? 0) + (p - score) * input
      const line = curvature[row] ?? []
      for (let column = 0; column < size; column += 1) {
        line[column] = (line[column] ?? 0) + weight * input * (inputs[column] ?? 0)
      }
    }
  }
  return { gradient, curvature }
}

/** Solves `matrix · x = right` for a symmetric positive definite matrix, by Cholesky. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length
  const lower = Array.from({ length: size }, () => new Float64Array(size))
  const at = (row: number, column: number): number => lower[row]?.[column] ?? 0
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row]?.[column] ?? 0
      for (let k = 0; k < column; k += 1) sum -= at(row, k) * at(column, k)
      const line = lower[row]
      if (line !== undefined) line[column] = row === column ? Math.sqrt(sum) : sum / at(column, column)
    }
  }
  const forward = new Float64Array(size)
  for (let row = 0; row < size; row += 1) {
    let sum = right[row] ?? 0
    for (let k = 0; k < row; k += 1) sum -= at(row, k) * (forward[k] ?? 0)
    forward[row] = sum / at(row, row)
  }
  const found = new Float64Array(size)
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = forward[row] ?? 0
    for (let k = row + 1; k < size; k += 1) sum -= at(k, row) * (found[k] ?? 0)
    found[row] = sum / at(row, row)
  }
  return [...found]
}
