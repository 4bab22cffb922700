import { exactName, plainName } from '#core/model-name.ts'
import type { RestsOn } from '#core/router.ts'
import type { Target } from '#core/target.ts'
import { familyName, withRelative } from './family.ts'
import { metadataProfile, SLOPE_SD } from './metadata-prior.ts'
import { type StoredProfile, storedProfiles } from './stored-profiles.ts'

/** What is believed of one model: ability, its offsets per cluster, and how sure we are. Logits. */
export type Profile = {
  readonly id: string
  readonly theta: number
  readonly sd: number
  readonly u: readonly number[]
  readonly sd_u: number
  /**
   * How far off the logit itself may be, as a share of it, where nobody saw the model answer: whether it does easy prompts
   * better and hard ones worse as others do is a guess as well. Absent for measured models.
   */
  readonly sd_slope?: number | undefined
  /** How long it thinks before it answers: 0 not at all, 1 as a reasoning model at medium effort. */
  readonly thinking: number
  /** Log of how much longer its answers are than usual. */
  readonly verbosity: number
  /** `probes`, `outcomes`, `scores` or `facts`: what the numbers rest on. */
  readonly evidence: readonly string[]
  /** The published tables behind `scores`, and the month of the newest reading in each. */
  readonly sources?: readonly { readonly benchmark: string; readonly date?: string }[] | undefined
  /** The graded answers it was fitted to, source by source. */
  readonly graded?: readonly RestsOn[]
  /** Of ability and offsets together, in this order, where answers were fitted: they err against one another. */
  readonly covariance?: readonly (readonly number[])[]
}

/** Finds the profile of a target: by catalogue id, by name, else from its facts and its measured relatives. */
export function createProfiles(): (target: Target) => Profile {
  const byId = new Map<string, Profile>()
  const byName = new Map<string, Profile>()
  const byPlainName = new Map<string, StoredProfile>()
  const profiles = storedProfiles()
  for (const profile of [...profiles.filter(isCurrent), ...profiles.filter((profile) => !isCurrent(profile))]) {
    byId.set(profile.id, profile)
    const name = exactName(profile.id)
    if (!byName.has(name)) byName.set(name, profile)
    if (profile.kind !== 'model') continue
    const plain = plainName(profile.id)
    const rival = byPlainName.get(plain)
    if (rival === undefined || (isCurrent(profile) && isCloser(profile, rival, plain))) byPlainName.set(plain, profile)
  }
  const newestOfFamily = newestMeasured(profiles)
  const found = new WeakMap<Target, Profile>()

  function find(target: Target): Profile {
    const known = findStored(target) ?? metadataProfile(target)
    if (isMeasured(known) || known.evidence.includes('family')) return known
    const relative = newestOfFamily.get(familyName(target.catalogId ?? target.model))
    return relative === undefined ? { ...known, sd_slope: SLOPE_SD } : withRelative(known, relative)
  }

  function findStored(target: Target): Profile | undefined {
    const names =
      target.catalogId === undefined ? [target.model, target.id] : [target.catalogId, target.model, target.id]
    const effort = EFFORT_IN_NAME.exec(target.id)?.[1]
    const arm = effort === undefined ? undefined : byId.get(`${target.catalogId}:${effort}`)
    if (arm !== undefined) return arm
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

// `work/gpt-5.1-high`, `openai/gpt-5.1:high`: how operators name a target that always asks for one effort.
const EFFORT_IN_NAME = /[-:](none|minimal|low|medium|high|xhigh|max|thinking)$/

/** Models that are served today, whose names win over those of old outcome data. */
function isCurrent({ evidence }: StoredProfile): boolean {
  return evidence.includes('scores') || evidence.includes('facts')
}

function isMeasured(profile: Profile): boolean {
  return profile.evidence.some((kind) => kind === 'scores' || kind === 'outcomes')
}

function newestMeasured(profiles: readonly StoredProfile[]): ReadonlyMap<string, StoredProfile> {
  const newest = new Map<string, StoredProfile>()
  for (const profile of profiles) {
    const family = familyName(profile.id)
    const rival = newest.get(family)
    if (
      profile.kind === 'model' &&
      isMeasured(profile) &&
      (rival === undefined || (profile.released ?? '') > (rival.released ?? ''))
    ) {
      newest.set(family, profile)
    }
  }
  return newest
}

/** Of two profiles that share a plain name: the one that bears it as it stands, else the newer. */
function isCloser(profile: StoredProfile, rival: StoredProfile, plain: string): boolean {
  if (exactName(rival.id) === plain) return false
  return exactName(profile.id) === plain || (profile.released ?? '') > (rival.released ?? '')
}
