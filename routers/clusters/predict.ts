import type { Prediction } from '#core/router.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'
import heads from './weights/heads.json' with { type: 'json' }

/** One model's prediction on one prompt: design/router.md §4.1 with the bounds of §4.7 and §4.11. */
export function predict(reading: Reading, profile: Profile): Prediction {
  let offset = 0
  let spread = 0
  for (let k = 0; k < reading.clusters.length; k += 1) {
    const share = reading.clusters[k] ?? 0
    offset += share * (profile.u[k] ?? 0)
    spread += share * share
  }
  // Text may move a model by a bounded amount only, and by less the stranger it is.
  const text = heads.clip * Math.tanh(offset / heads.clip) * (1 - reading.strangeness)
  const quality = 1 / (1 + Math.exp(reading.difficulty - profile.theta - text))
  const variance = profile.sd ** 2 + spread * profile.sd_u ** 2 + STRANGE_SD ** 2 * reading.strangeness
  return {
    quality,
    uncertainty: Math.max(Math.sqrt(variance) * quality * (1 - quality), LEAST_UNCERTAINTY),
    outputTokens: Math.round(outputTokens(reading, profile)),
  }
}

const STRANGE_SD = 1
const LEAST_UNCERTAINTY = 0.001

function outputTokens(reading: Reading, profile: Profile): number {
  const { smear, thoughtEasy, thoughtHard } = heads.length
  const answer = Math.exp(reading.logTokens + profile.verbosity) * smear
  const thought = thoughtEasy * (thoughtHard / thoughtEasy) ** reading.difficultyShare
  return answer + profile.thinking * thought
}
