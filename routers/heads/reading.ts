import heads from './heads.json' with { type: 'json' }
import { exp } from './portable-maths.ts'
import { createRowProducts } from './row-products.ts'

/** What the heads read from one prompt, whichever model answers it. */
export type Reading = {
  /** Membership in each cluster; sums to 1. */
  readonly clusters: readonly number[]
  /** Logits a model's ability must overcome. */
  readonly difficulty: number
  /** 0 as the easiest everyday requests, 1 as the hardest problems. */
  readonly difficultyShare: number
  /** Log of the usual answer's tokens, thinking left out. */
  readonly logTokens: number
  /** 0 like the training prompts, 1 unlike any of them. */
  readonly strangeness: number
  /** The embedding about the training prompts' mean, of unit length. */
  readonly embedding: Float32Array
  /** The text's own numbers (text-features.ts) in standard deviations, −3 to 3. */
  readonly numbers: readonly number[]
}

/** Reads an embedding and the text's own numbers; as `Model` in train/assemble.py. */
export function readPrompt(embedding: Float32Array, features: readonly number[]): Reading {
  const centred = centre(embedding)
  const cosines = cosinesWith(centred)
  const nearest = Math.max(...cosines)
  const clusters = softmax(cosines, heads.sharpness)
  const numbers = features.map((value, index) => {
    const scaled = (value - (heads.features.mean[index] ?? 0)) / (heads.features.sd[index] ?? 1)
    return Math.min(Math.max(scaled, -3), 3)
  })
  const { low, high } = heads.familiarity
  const unread = unreadShare(features)
  const strangeness = Math.max(Math.min(Math.max((high - nearest) / (high - low), 0), 1), unread)
  const { least, most, easy, hard, mean } = heads.difficulty
  const raw = apply(heads.difficulty, centred, numbers, clusters)
  // Half-way to the usual difficulty when the prompt is like nothing seen, all the way when it cannot be read.
  const trust = 1 - Math.max(strangeness / 2, unread)
  const difficulty = Math.min(Math.max(mean + trust * (raw - mean), least), most)
  return {
    clusters,
    difficulty,
    difficultyShare: Math.min(Math.max((difficulty - easy) / (hard - easy), 0), 1),
    logTokens: Math.min(Math.max(apply(heads.length, centred, numbers, clusters), 1), 8),
    strangeness,
    embedding: centred,
    numbers,
  }
}

/**
 * How much of the text is in scripts that the English-centred encoder takes for one another: it puts any Japanese
 * prompt beside the translations, and a proof must not pass for one.
 */
function unreadShare(features: readonly number[]): number {
  const beyondAscii = features[BEYOND_ASCII] ?? 0
  return Math.min(Math.max((beyondAscii - 0.2) / 0.3, 0), 1)
}

const cosinesWith = createRowProducts(heads.centroids)
const MEAN = Float64Array.from(heads.mean)

// The place of the share of characters beyond ASCII in `textFeatures`.
const BEYOND_ASCII = 5

type Head = {
  readonly bias: number
  readonly embedding: readonly number[]
  readonly features: readonly number[]
  readonly clusters: readonly number[]
}

function apply(head: Head, embedding: Float32Array, numbers: readonly number[], clusters: readonly number[]): number {
  return head.bias + dot(head.embedding, embedding) + dot(head.features, numbers) + dot(head.clusters, clusters)
}

function centre(embedding: Float32Array): Float32Array {
  const moved = new Float32Array(embedding.length)
  for (let index = 0; index < moved.length; index += 1) moved[index] = (embedding[index] ?? 0) - (MEAN[index] ?? 0)
  const length = Math.sqrt(dot(moved, moved))
  if (length === 0) return moved
  for (let index = 0; index < moved.length; index += 1) moved[index] = (moved[index] ?? 0) / length
  return moved
}

function softmax(values: Float64Array, sharpness: number): number[] {
  const top = Math.max(...values)
  const weights = Array.from(values, (value) => exp(sharpness * (value - top)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}
