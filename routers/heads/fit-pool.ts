import { fitLogistic } from './logistic.ts'
import type { PoolAnswers } from './pool.ts'
import { type PoolFeatures, stack } from './pool-features.ts'
import { abilityOn } from './predict.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

/** For one prompt, a number a model: chance of a good answer, and the standard deviation of its logit. */
export type FittedPool = (reading: Reading) => { readonly quality: Float64Array; readonly sd: Float64Array }

// Standard deviations of the weights' priors, logits. What all models share may move freely; what sets one apart from
// the others is read from far less.
const SHARED = { bias: 3, kinds: 0.7, clusters: 0.7, numbers: 0.15, embedding: 0.9 }
const OWN = { bias: 1.5, kinds: 0.7, clusters: 0.3 }
// A prompt's mean over many models counts for several answers, but not for as many: they fail together.
const MOST_WEIGHT = 4
// With fewer prompts the shipped clusters tell kinds apart that these prompts cannot.
const FEW_PROMPTS = 1_000
const BOUND = 3

/**
 * Two steps, each a MAP logistic regression. First what all models have in common on these prompts: a correction of the
 * difficulty from the text. Then what sets each model apart, by the prompt's kind, about what was known of it.
 */
export function fitPool(
  { readings, scores, models }: PoolAnswers,
  priors: readonly Profile[],
  { kindsOf, strangenessOf }: PoolFeatures,
): FittedPool {
  const hasClusters = readings.length < FEW_PROMPTS
  const kinds = readings.map(kindsOf)
  const sharedInputs = stack(readings.map((reading, row) => sharedRow(reading, kinds[row] ?? new Float64Array(0))))
  const known = priors.map((profile) =>
    Float64Array.from(readings, (reading) => abilityOn(reading, profile) - reading.difficulty),
  )
  const shared = fitLogistic({
    inputs: sharedInputs,
    scores: rowMeans(scores, models),
    offsets: Float64Array.from(readings, (_, row) => mean(known.map((offsets) => offsets[row] ?? 0))),
    weight: Math.min(models, MOST_WEIGHT),
  })
  const correction = rowDots(sharedInputs, shared)
  const ownInputs = stack(
    readings.map((reading, row) => ownRow(reading, kinds[row] ?? new Float64Array(0), hasClusters)),
  )
  const own = known.map((offsets, column) =>
    fitLogistic({
      inputs: ownInputs,
      scores: scores.filter((_, cell) => cell % models === column),
      offsets: offsets.map((offset, row) => offset + (correction[row] ?? 0)),
      weight: 1,
    }),
  )
  const answered = own.map((_, column) => scores.filter((score, cell) => cell % models === column && score >= 0).length)

  return (reading) => {
    const strangeness = strangenessOf(reading)
    const shares = kindsOf(reading)
    const sharedInput = sharedRow(reading, shares)
    const ownInput = ownRow(reading, shares, hasClusters)
    const bias = (shared[0] ?? 0) * (sharedInput[0] ?? 0)
    const common = bias + bounded(dot(sharedInput, shared) - bias) * (1 - strangeness / 2)
    const quality = new Float64Array(priors.length)
    const sd = new Float64Array(priors.length)
    for (const [column, profile] of priors.entries()) {
      const weights = own[column] ?? new Float64Array(0)
      const level = (weights[0] ?? 0) * (ownInput[0] ?? 0)
      const apart = level + bounded(dot(ownInput, weights) - level) * (1 - strangeness)
      const logit = abilityOn(reading, profile) - reading.difficulty + common + apart
      quality[column] = 1 / (1 + Math.exp(-logit))
      sd[column] = Math.sqrt(spread(ownInput, answered[column] ?? 0) + strangeness ** 2)
    }
    return { quality, sd }
  }
}

/** Text moves a logit by a bounded amount. */
function bounded(logit: number): number {
  return BOUND * Math.tanh(logit / BOUND)
}

/** Variance of a model's logit: the prior's, less what answers to a like prompt have told. */
function spread(input: Float64Array, answered: number): number {
  let prior = 0
  for (const value of input) prior += value * value
  // An answer tells about p(1 − p) of a logit's precision, and prompts of one kind are a share of all.
  const told = 0.15 * answered * KIND_SHARE
  return prior / (1 + prior * told)
}

const KIND_SHARE = 1 / 8

function sharedRow({ clusters, numbers, embedding }: Reading, kinds: Float64Array): Float64Array {
  return Float64Array.from([
    SHARED.bias,
    ...kinds.map((share) => share * SHARED.kinds),
    ...clusters.map((share) => share * SHARED.clusters),
    ...numbers.map((number) => number * SHARED.numbers),
    ...embedding.map((value) => value * SHARED.embedding),
  ])
}

function ownRow({ clusters }: Reading, kinds: Float64Array, hasClusters: boolean): Float64Array {
  return Float64Array.from([
    OWN.bias,
    ...kinds.map((share) => share * OWN.kinds),
    ...(hasClusters ? clusters.map((share) => share * OWN.clusters) : []),
  ])
}

function rowMeans(scores: Float64Array, models: number): Float64Array {
  return Float64Array.from({ length: scores.length / models }, (_, row) => {
    const known = scores.subarray(row * models, (row + 1) * models).filter((score) => !Number.isNaN(score))
    return known.length === 0 ? Number.NaN : mean([...known])
  })
}

function rowDots({ cells, width }: { cells: Float64Array; width: number }, weights: Float64Array): Float64Array {
  return Float64Array.from({ length: cells.length / width }, (_, row) =>
    dot(cells.subarray(row * width, (row + 1) * width), weights),
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}
