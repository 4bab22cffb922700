import { exp } from '#core/portable-maths.ts'
import heads from './heads.json' with { type: 'json' }
import type { Projected } from './projected.ts'

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

/** Reads a projected embedding and the text's own numbers; as `Model` in train/assemble.py. */
export function readPrompt(projected: Projected, features: readonly number[]): Reading {
  const { cosines } = projected
  const nearest = largest(cosines)
  const clusters = softmax(cosines, nearest, heads.sharpness)
  const numbers = features.map((value, index) => {
    const scaled = (value - (heads.features.mean[index] ?? 0)) / (heads.features.sd[index] ?? 1)
    return Math.min(Math.max(scaled, -3), 3)
  })
  const { low, high } = heads.familiarity
  const unread = unreadShare(features)
  const strangeness = Math.max(Math.min(Math.max((high - nearest) / (high - low), 0), 1), unread)
  const { least, most, easy, hard, mean } = heads.difficulty
  const raw = apply(heads.difficulty, projected.difficulty, numbers, clusters)
  // Half-way to the usual difficulty when the prompt is like nothing seen, all the way when it cannot be read.
  const trust = 1 - Math.max(strangeness / 2, unread)
  const difficulty = Math.min(Math.max(mean + trust * (raw - mean), least), most)
  const difficultyShare = Math.min(Math.max((difficulty - easy) / (hard - easy), 0), 1)
  const logTokens = Math.min(Math.max(apply(heads.length, projected.length, numbers, clusters), 1), 8)
  return new PromptReading({ clusters, difficulty, difficultyShare, logTokens, strangeness, numbers }, projected)
}

/**
 * A class for its getter: only onboarding reads the embedding, and a getter in an object literal costs a hidden class a
 * prompt (docs/decisions/2026-11-23-classes-per-call.md).
 */
class PromptReading implements Reading {
  readonly clusters: readonly number[]
  readonly difficulty: number
  readonly difficultyShare: number
  readonly logTokens: number
  readonly strangeness: number
  readonly numbers: readonly number[]
  #projected: Projected
  #embedding: Float32Array | undefined

  constructor(read: Omit<Reading, 'embedding'>, projected: Projected) {
    this.clusters = read.clusters
    this.difficulty = read.difficulty
    this.difficultyShare = read.difficultyShare
    this.logTokens = read.logTokens
    this.strangeness = read.strangeness
    this.numbers = read.numbers
    this.#projected = projected
  }

  get embedding(): Float32Array {
    this.#embedding ??= this.#projected.embedding()
    return this.#embedding
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

// The place of the share of characters beyond ASCII in `textFeatures`.
const BEYOND_ASCII = 5

type Head = {
  readonly bias: number
  readonly features: readonly number[]
  readonly clusters: readonly number[]
}

function apply(head: Head, fromEmbedding: number, numbers: readonly number[], clusters: readonly number[]): number {
  return head.bias + fromEmbedding + dot(head.features, numbers) + dot(head.clusters, clusters)
}

function softmax(values: Float64Array, top: number, sharpness: number): number[] {
  const weights: number[] = []
  let total = 0
  for (const value of values) {
    const weight = exp(sharpness * (value - top))
    weights.push(weight)
    total += weight
  }
  for (let index = 0; index < weights.length; index += 1) weights[index] = (weights[index] ?? 0) / total
  return weights
}

function largest(values: Float64Array): number {
  let top = Number.NEGATIVE_INFINITY
  for (const value of values) if (value > top) top = value
  return top
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}
