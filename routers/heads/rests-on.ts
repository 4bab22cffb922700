import type { RestsOn } from '#core/router.ts'
import type { Profile } from './profile.ts'

const FAMILY = 'family:'

/** What a profile rests on, the strongest evidence first, each with its date where it has one. */
export function restsOn({ evidence, date, sources, graded = [] }: Profile): RestsOn[] {
  const rest = evidence.filter((kind) => !graded.some((one) => one.kind === kind))
  return [...graded, ...rest.map(describe)]

  function describe(kind: string): RestsOn {
    if (kind.startsWith(FAMILY)) return { kind: 'family', of: kind.slice(FAMILY.length) }
    if (kind !== 'scores') return { kind }
    return { kind, ...(date ? { date } : {}), ...(sources === undefined ? {} : { sources }) }
  }
}
