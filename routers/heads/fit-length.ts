import { outputTokens } from './predict.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

/** An answer's tokens, thinking included. */
export type MeasuredLength = { readonly reading: Reading; readonly tokens: number }

// One answer's tokens against what is expected of it: about e^±0.8. A model's own manner: e^±0.7 about what was believed.
const ANSWER_VARIANCE = 0.8 ** 2
const MANNER_VARIANCE = 0.7 ** 2
// Of thinking, 0 is none; beyond it steps of a fifth, up to a hundred times what a reasoning model does at medium effort.
const THINKING = [0, ...Array.from({ length: 45 }, (_, step) => 0.03 * 1.2 ** step)]
const VERBOSITY = Array.from({ length: 41 }, (_, step) => (step - 20) / 10)
const NO_THINKING = 0.03

/**
 * How long a model thinks and how wordy it is, from the lengths of its answers. The gamma deviance weighs a short
 * answer like a long one and still gets the mean right, which is what a cost is made of.
 */
export function fitLength(prior: Profile, measured: readonly MeasuredLength[]): Profile {
  if (measured.length === 0) return prior
  let best = prior
  let least = Number.POSITIVE_INFINITY
  for (const thinking of THINKING) {
    for (const step of VERBOSITY) {
      const profile = { ...prior, thinking, verbosity: prior.verbosity + step }
      const surprise = (logThinking(thinking) - logThinking(prior.thinking)) ** 2 + step ** 2
      let loss = surprise / (2 * MANNER_VARIANCE)
      for (const { reading, tokens } of measured) {
        const ratio = Math.max(tokens, 1) / outputTokens(reading, profile)
        loss += (ratio - 1 - Math.log(ratio)) / ANSWER_VARIANCE
        if (loss >= least) break
      }
      if (loss < least) {
        least = loss
        best = profile
      }
    }
  }
  return best
}

function logThinking(thinking: number): number {
  return Math.log(Math.max(thinking, NO_THINKING))
}
