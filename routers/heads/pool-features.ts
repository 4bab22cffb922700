import { classShares, fitSoftmax, type Matrix } from './logistic.ts'
import type { Reading } from './reading.ts'

/** What sets the graded prompts apart from one another. */
export type PoolFeatures = {
  /** Shares of the prompt's kinds: of the named groups, then of groups found in the texts. */
  readonly kindsOf: (reading: Reading) => Float64Array
  /** 0 like the graded prompts, 1 unlike any of them. */
  readonly strangenessOf: (reading: Reading) => number
}

const LEARNED_FROM = 4_000
const LEAST_OF_GROUP = 10
const PROMPTS_A_CENTRE = 40
const MOST_CENTRES = 16
const SHARPNESS = 10
const ROUNDS = 15
// Standard deviation of a weight of the group map, times what brings embeddings to the scale of the numbers.
const WEIGHT_SD = 0.3
const EMBEDDING_SCALE = 3
const BIAS_SCALE = 10
// The prompts themselves are never strange, bar the few that are unlike all others.
const LOW_SHARE = 0.002
const HIGH_SHARE = 0.05

/** Learns what kinds of prompts there are: a map to the groups that were named, and clusters of the texts. */
export function learnKinds(readings: readonly Reading[], groups: readonly (string | undefined)[]): PoolFeatures {
  const count = Math.min(readings.length, LEARNED_FROM)
  const sample = Array.from({ length: count }, (_, index) => Math.floor((index * readings.length) / count))
  const sampled = sample.flatMap((row) => readings[row] ?? [])
  const mapGroup = learnGroups(
    sampled,
    sample.map((row) => groups[row]),
  )
  const centres = findCentres(sampled.map(({ embedding }) => embedding))
  const nearest = sampled.map(({ embedding }) => Math.max(...centres.map((centre) => dot(centre, embedding))))
  nearest.sort((a, b) => a - b)
  const low = nearest[Math.floor(LOW_SHARE * nearest.length)] ?? 0
  const high = Math.max(nearest[Math.floor(HIGH_SHARE * nearest.length)] ?? 0, low + 0.01)
  return {
    kindsOf: (reading) => Float64Array.from([...mapGroup(reading), ...memberships(centres, reading.embedding)]),
    strangenessOf: ({ embedding }) => {
      const closest = Math.max(...centres.map((centre) => dot(centre, embedding)))
      return Math.min(Math.max((high - closest) / (high - low), 0), 1)
    },
  }
}

/** A softmax regression from the text to the groups that have enough prompts; nothing where there are no two. */
function learnGroups(
  readings: readonly Reading[],
  groups: readonly (string | undefined)[],
): (reading: Reading) => Float64Array {
  const counts = new Map<string, number>()
  for (const group of groups) if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1)
  const names = [...counts.keys()].filter((name) => (counts.get(name) ?? 0) >= LEAST_OF_GROUP)
  if (names.length < 2) return () => new Float64Array(0)
  const named = readings.flatMap((reading, row) => {
    const own = names.indexOf(groups[row] ?? '')
    return own < 0 ? [] : [{ reading, own }]
  })
  const rows = named.map(({ reading }) => inputsOf(reading))
  const matrix = stack(rows)
  const weights = fitSoftmax(
    matrix,
    named.map(({ own }) => own),
    names.length,
  )
  return (reading) => classShares(weights, inputsOf(reading), names.length)
}

function inputsOf({ embedding, numbers }: Reading): Float64Array {
  const row = new Float64Array(embedding.length + numbers.length + 1)
  for (let index = 0; index < embedding.length; index += 1) {
    row[index] = (embedding[index] ?? 0) * EMBEDDING_SCALE * WEIGHT_SD
  }
  for (const [index, number] of numbers.entries()) row[embedding.length + index] = number * WEIGHT_SD
  row[row.length - 1] = BIAS_SCALE * WEIGHT_SD
  return row
}

/** Rows of equal length as one matrix. */
export function stack(rows: readonly Float64Array[]): Matrix {
  const width = rows[0]?.length ?? 0
  const cells = new Float64Array(rows.length * width)
  for (const [row, values] of rows.entries()) cells.set(values, row * width)
  return { cells, width }
}

function memberships(centres: readonly Float64Array[], embedding: Float32Array): Float64Array {
  const cosines = Float64Array.from(centres, (centre) => dot(centre, embedding))
  const top = Math.max(...cosines)
  const weights = cosines.map((cosine) => Math.exp(SHARPNESS * (cosine - top)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** Spherical k-means, started from prompts that lie far from one another. The same prompts give the same centres. */
function findCentres(embeddings: readonly Float32Array[]): Float64Array[] {
  const count = Math.min(Math.max(Math.floor(embeddings.length / PROMPTS_A_CENTRE), 2), MOST_CENTRES)
  let centres = farApart(embeddings, count)
  for (let round = 0; round < ROUNDS; round += 1) {
    const sums = centres.map((centre) => new Float64Array(centre.length))
    for (const embedding of embeddings) {
      const sum = sums[nearestOf(centres, embedding)]
      if (sum === undefined) continue
      for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) + (embedding[index] ?? 0)
    }
    centres = sums.map((sum, index) => unit(sum) ?? centres[index] ?? sum)
  }
  return centres
}

/** Starts with the prompt nearest the mean and goes on with the one worst covered of every few, so outliers do not win. */
function farApart(embeddings: readonly Float32Array[], count: number): Float64Array[] {
  const mean = new Float64Array(embeddings[0]?.length ?? 0)
  for (const embedding of embeddings) {
    for (let index = 0; index < mean.length; index += 1) mean[index] = (mean[index] ?? 0) + (embedding[index] ?? 0)
  }
  const centres = [unit(mean) ?? mean]
  const covered = embeddings.map((embedding) => dot(centres[0] ?? mean, embedding))
  while (centres.length < count) {
    const order = [...covered.keys()].sort((a, b) => (covered[a] ?? 0) - (covered[b] ?? 0))
    const chosen = embeddings[order[Math.floor(order.length / 10)] ?? 0]
    if (chosen === undefined) break
    const centre = Float64Array.from(chosen)
    centres.push(centre)
    for (const [row, embedding] of embeddings.entries()) {
      covered[row] = Math.max(covered[row] ?? 0, dot(centre, embedding))
    }
  }
  return centres
}

function nearestOf(centres: readonly Float64Array[], embedding: Float32Array): number {
  let found = 0
  let best = Number.NEGATIVE_INFINITY
  for (const [index, centre] of centres.entries()) {
    const cosine = dot(centre, embedding)
    if (cosine > best) {
      best = cosine
      found = index
    }
  }
  return found
}

function unit(vector: Float64Array): Float64Array | undefined {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? undefined : vector.map((value) => value / length)
}

function dot(left: Float64Array, right: Float32Array): number {
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}
