import { exp, log, tanh } from '#core/portable-maths.ts'
import type { Prediction } from '#core/router.ts'
import type { Target } from '#core/target.ts'
import heads from './heads.json' with { type: 'json' }
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

/** What is to be expected of a model on what was read. */
export type Predict = (reading: Reading, target: Target) => Prediction

/** One model's prediction on one prompt: design/router.md §4.1 with the bounds of §4.7 and §4.11. */
export function predict(reading: Reading, profile: Profile): Prediction {
  const logit = abilityOn(reading, profile) - reading.difficulty
  const variance = abilityVariance(reading, profile) + STRANGE_VARIANCE * reading.strangeness
  const { quality, spread } =
    profile.sd_slope === undefined
      ? atMean(logit, variance)
      : overAll(logit, variance + square(profile.sd_slope * logit))
  return {
    quality,
    uncertainty: Math.max(spread, LEAST_UNCERTAINTY),
    outputTokens: Math.round(outputTokens(reading, profile)),
  }
}

type Moments = { readonly quality: number; readonly spread: number }

/** For a measured model, whose logit is nearly known: the quality there, and the curve's slope times the deviation. */
function atMean(logit: number, variance: number): Moments {
  const quality = qualityAt(logit)
  return { quality, spread: Math.sqrt(variance) * quality * (1 - quality) }
}

/**
 * For a guess: mean and deviation of the quality over every logit it may have, by Gauss and Hermite's five points. At
 * the mean alone the curve is flat where a prompt is easy, and a guess would pass for knowledge.
 */
function overAll(logit: number, variance: number): Moments {
  const sd = Math.sqrt(variance)
  let quality = 0
  let ofSquares = 0
  for (const [node, weight] of HERMITE) {
    const there = qualityAt(logit + node * sd)
    quality += weight * there
    ofSquares += weight * there * there
  }
  return { quality, spread: Math.sqrt(Math.max(ofSquares - quality * quality, 0)) }
}

// The roots of x⁵ − 10x³ + 15x, and the weights that make polynomials to degree nine exact.
const NEAR = Math.sqrt(5 - Math.sqrt(10))
const FAR = Math.sqrt(5 + Math.sqrt(10))
const NEAR_WEIGHT = (7 + 2 * Math.sqrt(10)) / 60
const FAR_WEIGHT = (7 - 2 * Math.sqrt(10)) / 60
const HERMITE = [
  [0, 8 / 15],
  [-NEAR, NEAR_WEIGHT],
  [NEAR, NEAR_WEIGHT],
  [-FAR, FAR_WEIGHT],
  [FAR, FAR_WEIGHT],
] as const

function square(value: number): number {
  return value * value
}

function qualityAt(logit: number): number {
  return 1 / (1 + exp(-logit))
}

/** How far off the ability on a prompt may be. Fitted errors of ability and offsets cancel in part. */
function abilityVariance({ clusters, strangeness }: Reading, { sd, sd_u, u, covariance }: Profile): number {
  let spread = 0
  if (covariance === undefined) {
    for (const share of clusters) spread += share * share
    return sd * sd + spread * sd_u * sd_u
  }
  let offset = 0
  for (let k = 0; k < clusters.length; k += 1) offset += (clusters[k] ?? 0) * (u[k] ?? 0)
  const bent = tanh(offset / heads.clip)
  const slope = (1 - bent * bent) * (1 - strangeness)
  // A prompt is of a few clusters; the rest of the 80 would cost more than they add.
  const rows = [0]
  const inputs = [1]
  for (let k = 0; k < clusters.length; k += 1) {
    const share = clusters[k] ?? 0
    if (share < LEAST_SHARE) continue
    rows.push(k + 1)
    inputs.push(share * slope)
  }
  for (let i = 0; i < rows.length; i += 1) {
    const line = covariance[rows[i] ?? 0] ?? []
    let sum = 0
    for (let j = 0; j < rows.length; j += 1) sum += (line[rows[j] ?? 0] ?? 0) * (inputs[j] ?? 0)
    spread += sum * (inputs[i] ?? 0)
  }
  return spread
}

/** Logits of a model's ability on a prompt, before its difficulty. */
export function abilityOn(reading: Reading, profile: Profile): number {
  let offset = 0
  for (let k = 0; k < reading.clusters.length; k += 1) offset += (reading.clusters[k] ?? 0) * (profile.u[k] ?? 0)
  // Text may move a model by a bounded amount only, and by less the stranger it is.
  return profile.theta + heads.clip * tanh(offset / heads.clip) * (1 - reading.strangeness)
}

const STRANGE_VARIANCE = 1
const LEAST_SHARE = 0.005
const LEAST_UNCERTAINTY = 0.001

const LOG_OF_THOUGHTS = log(heads.length.thoughtHard / heads.length.thoughtEasy)

/** Expected tokens of an answer, thinking included. */
export function outputTokens(reading: Reading, profile: Profile): number {
  const { smear, thoughtEasy } = heads.length
  const answer = exp(reading.logTokens + profile.verbosity) * smear
  const thought = thoughtEasy * exp(LOG_OF_THOUGHTS * reading.difficultyShare)
  return answer + profile.thinking * thought
}
