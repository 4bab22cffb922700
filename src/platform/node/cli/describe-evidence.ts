import type { Decision } from '../../../core/decision.ts'
import type { ShortNames } from './short-names.ts'
import { shorten, wrap } from './terminal.ts'

/** What each candidate's prediction rests on, with its date: `probes 2026-11-26 (118 of 120), scores 2026-06`. */
export function evidenceLines(decision: Decision, names: ShortNames, width: number): string[] {
  const profiles = decision.evidence?.['profiles']
  if (typeof profiles !== 'object' || profiles === null) return []
  const known = new Map<string, unknown>(Object.entries(profiles))
  const rows = decision.candidates.flatMap(({ model }) => {
    const sources = known.get(model)
    return Array.isArray(sources)
      ? [{ name: names.of(model), sources: sources.map(describe).filter((pieces) => pieces.length > 0) }]
      : []
  })
  const room = Math.min(Math.max(0, ...rows.map(({ name }) => name.length)), Math.floor(width / 2))
  const lines = rows.flatMap(({ name, sources }) =>
    wrap(`${shorten(name, room).padEnd(room)}  `, joined(sources), ' ', width),
  )
  return lines.length === 0 ? [] : ['', 'rests on', ...lines]
}

/** The pieces of all sources, each with the mark that stands after it. */
function joined(sources: readonly (readonly string[])[]): string[] {
  return sources.flatMap((pieces, source) =>
    pieces.map((piece, index) => {
      if (index < pieces.length - 1) return `${piece},`
      return source < sources.length - 1 ? `${piece} ·` : piece
    }),
  )
}

/** One source, in pieces that may stand on different lines. It comes as plain JSON from whichever router is in use. */
function describe(source: unknown): string[] {
  if (typeof source !== 'object' || source === null || !('kind' in source)) return []
  const member = (name: string): unknown => Object.entries(source).find(([key]) => key === name)?.[1]
  const text = (name: string): string => (typeof member(name) === 'string' ? ` ${String(member(name))}` : '')
  const [graded, asked, sources] = [member('graded'), member('asked'), member('sources')]
  const [first, ...others] = Array.isArray(sources) ? sources.map(benchmark) : []
  if (first !== undefined) return [`${String(source.kind)}: ${first}`, ...others]
  const share = typeof graded === 'number' && typeof asked === 'number' ? ` (${graded} of ${asked})` : ''
  return [`${String(source.kind)}${text('of')}${text('date')}${share}`]
}

function benchmark(source: unknown): string {
  if (typeof source !== 'object' || source === null || !('benchmark' in source)) return 'unknown'
  return `${String(source.benchmark)}${'date' in source ? ` ${String(source.date)}` : ''}`
}
