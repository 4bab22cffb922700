import type { Prediction } from '#core/router.ts'
import type { Target } from '#core/target.ts'
import heads from './heads.json' with { type: 'json' }
import { exp, log, tanh } from './portable-maths.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

/** What is to be expected of a model on what was read. */
export type Predict = (reading: Reading, target: Target) => Prediction

/** One model's prediction on one prompt: design/router.md §4.1 with the bounds of §4.7 and §4.11. */
export function predict(reading: Reading, profile: Profile): Prediction {
  let spread = 0
  for (const share of reading.clusters) spread += share * share
  const quality = 1 / (1 + exp(reading.difficulty - abilityOn(reading, profile)))
  const variance =
    profile.sd * profile.sd + spread * profile.sd_u * profile.sd_u + STRANGE_VARIANCE * reading.strangeness
  return {
    quality,
    uncertainty: Math.max(Math.sqrt(variance) * quality * (1 - quality), LEAST_UNCERTAINTY),
    outputTokens: Math.round(outputTokens(reading, profile)),
  }
}

/** Logits of a model's ability on a prompt, before its difficulty. */
export function abilityOn(reading: Reading, profile: Profile): number {
  let offset = 0
  for (let k = 0; k < reading.clusters.length; k += 1) offset += (reading.clusters[k] ?? 0) * (profile.u[k] ?? 0)
  // Text may move a model by a bounded amount only, and by less the stranger it is.
  return profile.theta + heads.clip * tanh(offset / heads.clip) * (1 - reading.strangeness)
}

const STRANGE_VARIANCE = 1
const LEAST_UNCERTAINTY = 0.001

const LOG_OF_THOUGHTS = log(heads.length.thoughtHard / heads.length.thoughtEasy)

/** Expected tokens of an answer, thinking included. */
export function outputTokens(reading: Reading, profile: Profile): number {
  const { smear, thoughtEasy } = heads.length
  const answer = exp(reading.logTokens + profile.verbosity) * smear
  const thought = thoughtEasy * exp(LOG_OF_THOUGHTS * reading.difficultyShare)
  return answer + profile.thinking * thought
}
