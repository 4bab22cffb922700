import { exactName, plainName } from '#core/model-name.ts'
import type { RestsOn } from '#core/router.ts'
import type { Target } from '#core/target.ts'
import { familyName, withRelative } from './family.ts'
import { metadataProfile } from './metadata-prior.ts'
import stored from './profiles.json' with { type: 'json' }

/** What is believed of one model: ability, its offsets per cluster, and how sure we are. Logits. */
export type Profile = {
  readonly id: string
  readonly theta: number
  readonly sd: number
  readonly u: readonly number[]
  readonly sd_u: number
  /** How long it thinks before it answers: 0 not at all, 1 as a reasoning model at medium effort. */
  readonly thinking: number
  /** Log of how much longer its answers are than usual. */
  readonly verbosity: number
  /** `probes`, `outcomes`, `scores` or `facts`: what the numbers rest on. */
  readonly evidence: readonly string[]
  /** Of the newest score among its evidence. */
  readonly date?: string | null
  /** The benchmarks behind `scores`. */
  readonly sources?: readonly { readonly benchmark: string; readonly date: string }[]
  /** The graded answers it was fitted to, source by source. */
  readonly graded?: readonly RestsOn[]
  /** Of ability and offsets together, in this order, where answers were fitted: they err against one another. */
  readonly covariance?: readonly (readonly number[])[]
}

/** Finds the profile of a target: by catalogue id, by name, else from its facts and its measured relatives. */
export function createProfiles(): (target: Target) => Profile {
  const byId = new Map<string, Profile>()
  const byName = new Map<string, Profile>()
  const byPlainName = new Map<string, Stored>()
  for (const profile of stored.profiles) {
    byId.set(profile.id, profile)
    byName.set(exactName(profile.id), profile)
    const plain = plainName(profile.id)
    const rival = byPlainName.get(plain)
    if (rival === undefined || isCloser(profile, rival, plain)) byPlainName.set(plain, profile)
  }
  const newestOfFamily = newestMeasured(stored.profiles)
  const found = new WeakMap<Target, Profile>()

  function find(target: Target): Profile {
    const known = findStored(target) ?? metadataProfile(target)
    if (isMeasured(known)) return known
    const relative = newestOfFamily.get(familyName(target.catalogId ?? target.model))
    return relative === undefined ? known : withRelative(known, relative)
  }

  function findStored(target: Target): Profile | undefined {
    const names =
      target.catalogId === undefined ? [target.model, target.id] : [target.catalogId, target.model, target.id]
    for (const name of names) {
      const profile = byId.get(name) ?? byName.get(exactName(name))
      if (profile !== undefined) return profile
    }
    for (const name of names) {
      const profile = byPlainName.get(plainName(name))
      if (profile !== undefined) return profile
    }
    return undefined
  }

  return (target) => {
    const known = found.get(target)
    if (known !== undefined) return known
    const profile = find(target)
    found.set(target, profile)
    return profile
  }
}

type Stored = (typeof stored.profiles)[number]

function isMeasured(profile: Profile): boolean {
  return profile.evidence.some((kind) => kind === 'scores' || kind === 'outcomes')
}

function newestMeasured(profiles: readonly Stored[]): ReadonlyMap<string, Stored> {
  const newest = new Map<string, Stored>()
  for (const profile of profiles) {
    const family = familyName(profile.id)
    const rival = newest.get(family)
    if (isMeasured(profile) && (rival === undefined || (profile.released ?? '') > (rival.released ?? ''))) {
      newest.set(family, profile)
    }
  }
  return newest
}

/** Of two profiles that share a plain name: the one that bears it as it stands, else the newer. */
function isCloser(profile: Stored, rival: Stored, plain: string): boolean {
  if (exactName(rival.id) === plain) return false
  return exactName(profile.id) === plain || (profile.released ?? '') > (rival.released ?? '')
}
