import type { RestsOn } from '#core/router.ts'
import type { Profile } from './profile.ts'

const FAMILY = 'family:'

/** What a profile rests on, the strongest evidence first, each with its date where it has one. */
export function restsOn({ evidence, sources = [], graded = [] }: Profile): RestsOn[] {
  const dates = sources.flatMap(({ date }) => date ?? [])
  const date = dates.sort().at(-1)
  const rest = evidence.filter((kind) => !graded.some((one) => one.kind === kind))
  return [...graded, ...rest.map(describe)]

  function describe(kind: string): RestsOn {
    if (kind.startsWith(FAMILY)) return { kind: 'family', of: kind.slice(FAMILY.length) }
    if (kind !== 'scores') return { kind }
    return { kind, ...(date === undefined ? {} : { date }), ...(sources.length === 0 ? {} : { sources }) }
  }
}
