import type { Profile } from './profile.ts'

/** What a profile rests on, in words: `scores (tau2 2026-07, LiveBench 2026-01)+outcomes`. */
export function describeEvidence({ evidence, sources = [] }: Profile): string {
  const tables = sources.map(({ benchmark, date }) => (date === undefined ? benchmark : `${benchmark} ${date}`))
  return evidence
    .map((kind) => (kind === 'scores' && tables.length > 0 ? `scores (${tables.join(', ')})` : kind))
    .join('+')
}
