import type { Profile } from './profile.ts'
import stored from './profiles.json' with { type: 'json' }

/** A profile as it is kept: with the model's release, and whether it is a model, one effort of it, or another name. */
export type StoredProfile = Profile & {
  readonly released: string | undefined
  readonly kind: 'model' | 'effort' | 'name'
}

/** Every profile of profiles.json; rows that say `of` take from another what they do not say themselves. */
export function storedProfiles(): readonly StoredProfile[] {
  const rows: readonly Row[] = stored.profiles
  const models = new Map<string, StoredProfile>()
  for (const row of rows) {
    if (row.of === undefined) models.set(row.id, modelOf(row))
  }
  return rows.flatMap((row) => {
    const model = models.get(row.of ?? row.id)
    if (model === undefined || row.of === undefined) return model ?? []
    const own = Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'of'))
    return { ...model, ...own, kind: row.theta === undefined ? ('name' as const) : ('effort' as const) }
  })
}

type Row = Partial<Omit<Profile, 'id'>> & { readonly id: string; readonly of?: string; readonly released?: string }

function modelOf({ id, theta = 0, sd = 1, u = [], sd_u = 0, thinking = 0, verbosity = 0, ...row }: Row): StoredProfile {
  const { evidence = [], sources, released } = row
  return { id, theta, sd, u, sd_u, thinking, verbosity, evidence, sources, released, kind: 'model' }
}
