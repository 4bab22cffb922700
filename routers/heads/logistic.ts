import { minimise } from './minimise.ts'

/** Rows of numbers, one after the other. */
export type Matrix = { readonly cells: Float64Array; readonly width: number }

export type LogisticData = {
  /** One row a prompt; each column already multiplied by the standard deviation of its weight's prior. */
  readonly inputs: Matrix
  /** 0 to 1; NaN where it is not known. */
  readonly scores: Float64Array
  /** Logits that are known before anything is fitted. */
  readonly offsets: Float64Array
  /** How much each prompt counts. */
  readonly weight: number
}

/** Weights of a logistic regression with a standard normal prior on each. */
export function fitLogistic({ inputs, scores, offsets, weight }: LogisticData): Float64Array {
  const { cells, width } = inputs
  return minimise((point, gradient) => {
    let loss = 0
    for (let index = 0; index < width; index += 1) {
      const value = point[index] ?? 0
      loss += (value * value) / 2
      gradient[index] = value
    }
    for (let row = 0; row < scores.length; row += 1) {
      const score = scores[row] ?? Number.NaN
      if (Number.isNaN(score)) continue
      const from = row * width
      let logit = offsets[row] ?? 0
      for (let index = 0; index < width; index += 1) logit += (cells[from + index] ?? 0) * (point[index] ?? 0)
      // log(1 + e^logit) without overflow.
      loss += weight * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - score * logit)
      const pull = weight * (1 / (1 + Math.exp(-logit)) - score)
      for (let index = 0; index < width; index += 1) {
        gradient[index] = (gradient[index] ?? 0) + pull * (cells[from + index] ?? 0)
      }
    }
    return loss
  }, width)
}

/** Weights of a softmax regression, class by class, with a standard normal prior on each. Every class counts alike. */
export function fitSoftmax({ cells, width }: Matrix, classes: readonly number[], count: number): Float64Array {
  const logits = new Float64Array(count)
  const sizes = new Float64Array(count)
  for (const own of classes) sizes[own] = (sizes[own] ?? 0) + 1
  const shareOf = sizes.map((size) => classes.length / (count * size))
  return minimise(
    (point, gradient) => {
      let loss = 0
      for (let index = 0; index < point.length; index += 1) {
        const value = point[index] ?? 0
        loss += (value * value) / 2
        gradient[index] = value
      }
      for (const [row, own] of classes.entries()) {
        const from = row * width
        logitsOf(cells, from, width, point, logits)
        const total = shares(logits)
        const weight = shareOf[own] ?? 0
        loss += weight * (total - (logits[own] ?? 0))
        for (let one = 0; one < count; one += 1) {
          const pull = weight * (Math.exp((logits[one] ?? 0) - total) - (one === own ? 1 : 0))
          const to = one * width
          for (let index = 0; index < width; index += 1) {
            gradient[to + index] = (gradient[to + index] ?? 0) + pull * (cells[from + index] ?? 0)
          }
        }
      }
      return loss
    },
    width * count,
    60,
    1e-4,
  )
}

/** The chance of each class for one row of inputs. */
export function classShares(weights: Float64Array, row: Float64Array, count: number): Float64Array {
  const logits = new Float64Array(count)
  logitsOf(row, 0, row.length, weights, logits)
  const total = shares(logits)
  return logits.map((logit) => Math.exp(logit - total))
}

function logitsOf(cells: Float64Array, from: number, width: number, point: Float64Array, logits: Float64Array): void {
  for (let one = 0; one < logits.length; one += 1) {
    const to = one * width
    let logit = 0
    for (let index = 0; index < width; index += 1) logit += (cells[from + index] ?? 0) * (point[to + index] ?? 0)
    logits[one] = logit
  }
}

/** Log of the sum of exponentials. */
function shares(logits: Float64Array): number {
  let top = Number.NEGATIVE_INFINITY
  for (const logit of logits) if (logit > top) top = logit
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - top)
  return top + Math.log(sum)
}
