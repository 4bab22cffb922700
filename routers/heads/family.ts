import { exactName } from '#core/model-name.ts'
import type { Profile } from './profile.ts'

/** A model's line without its versions: `claude-opus-5.5` and `claude-opus-4-8` are both `claude-opus`. */
export function familyName(name: string): string {
  return exactName(name)
    .split('-')
    .map((word) => word.replace(VERSIONED, '$1'))
    .filter((word) => word !== '' && !PACKAGING.has(word))
    .join('-')
}

// `qwen3`, `v4`, `k2p6`, `5`, `20251001` lose their digits; sizes (`8b`, `a22b`) are part of the line.
const VERSIONED = /^([a-z]*?)[vk]?\d+(?:p\d+)?$/
const PACKAGING = new Set(['latest', 'preview', 'instruct', 'it', 'chat', 'instant', 'versatile', 'turbo', 'fp8'])

/** What facts say of a model, sharpened by its newest relative that was measured. */
export function withRelative(profile: Profile, relative: Profile): Profile {
  const own = 1 / (profile.sd * profile.sd)
  const theirs = 1 / (relative.sd * relative.sd + FAMILY_SD * FAMILY_SD)
  return {
    ...profile,
    theta: (own * profile.theta + theirs * relative.theta) / (own + theirs),
    sd: Math.sqrt(1 / (own + theirs)),
    u: relative.u,
    sd_u: relative.sd_u + FAMILY_SD / 2,
    sd_slope: undefined,
    verbosity: relative.verbosity,
    evidence: [...profile.evidence, `family:${relative.id}`],
  }
}

// Root mean square over 37 measured models and the newest older one of their line, read once by hand; issue 3 measures it.
const FAMILY_SD = 0.4
