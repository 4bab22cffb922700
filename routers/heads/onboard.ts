import heads from './heads.json' with { type: 'json' }
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

/** One answer of a model that somebody graded, 0 to 1. */
export type GradedReading = { readonly reading: Reading; readonly score: number }

const STEPS = 20
const SMALL_STEP = 1e-4
// What is known of a model was graded elsewhere, by others' rules, and is off by more than it says; a guess from facts says
// as much itself. On data sets that were not probed, log-loss after 120 probes is .586 with anything from 0 to 1.5 (before:
// .717; scripts/measure-onboarding.ts, six sets).
const LEAST_PRIOR_SD = 0.75

/**
 * Fits ability and offsets to graded answers, everything else frozen: MAP logistic with `prior` as its Gaussian prior,
 * so that what was known and what was seen count by their precision (design/router.md §4.4). Gauss-Newton over θ and
 * the offsets of all clusters, halved while it overshoots; the inverse curvature at its end says how sure we are.
 */
export function onboard(prior: Profile, graded: readonly GradedReading[], leastSd = LEAST_PRIOR_SD): Profile {
  if (graded.length === 0) return prior
  const size = prior.u.length + 1
  const start = [prior.theta, ...prior.u]
  const thetaPrecision = 1 / Math.max(prior.sd, leastSd) ** 2
  const precision = [thetaPrecision, ...prior.u.map(() => 1 / prior.sd_u ** 2)]
  let values = start
  let loss = lossOf(values, start, precision, graded)
  for (let step = 0; step < STEPS; step += 1) {
    const { gradient, curvature } = expand(values, start, precision, graded, size)
    const [change = []] = solve(curvature, [gradient])
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
  const units = start.map((_, row) => start.map((_, column) => Number(row === column)))
  const covariance = solve(expand(values, start, precision, graded, size).curvature, units)
  const variance = covariance[0]?.[0] ?? prior.sd ** 2
  return {
    ...prior,
    theta,
    u,
    sd: Math.sqrt(variance),
    ...(prior.sd_slope === undefined ? {} : { sd_slope: slopeSd(prior.sd_slope, values, graded) }),
    covariance,
    evidence: ['probes', ...prior.evidence],
  }
}

/** How far the slope on the logit may still be off after these answers: by their precision, its mean left at one. */
function slopeSd(prior: number, values: readonly number[], graded: readonly GradedReading[]): number {
  let precision = 1 / prior ** 2
  for (const { reading } of graded) {
    const { s } = logit(values, reading)
    const p = 1 / (1 + Math.exp(-s))
    precision += p * (1 - p) * s * s
  }
  return 1 / Math.sqrt(precision)
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

/** Solves `matrix · x = right` for each right-hand side; the matrix is symmetric positive definite: Cholesky. */
function solve(matrix: readonly (readonly number[])[], rights: readonly (readonly number[])[]): number[][] {
  const size = matrix.length
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
  return rights.map((right) => {
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
  })
}
