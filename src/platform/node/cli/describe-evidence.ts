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
    return Array.isArray(sources) ? [{ name: names.of(model), sources: sources.flatMap(describe) }] : []
  })
  const room = Math.min(Math.max(0, ...rows.map(({ name }) => name.length)), Math.floor(width / 2))
  const lines = rows.flatMap(({ name, sources }) => wrap(`${shorten(name, room).padEnd(room)}  `, sources, ', ', width))
  return lines.length === 0 ? [] : ['', 'rests on', ...lines]
}

/** One source. It comes as plain JSON from whichever router is in use. */
function describe(source: unknown): string[] {
  if (typeof source !== 'object' || source === null || !('kind' in source)) return []
  const member = (name: string): unknown => Object.entries(source).find(([key]) => key === name)?.[1]
  const text = (name: string): string => (typeof member(name) === 'string' ? ` ${String(member(name))}` : '')
  const [graded, asked, sources] = [member('graded'), member('asked'), member('sources')]
  const share = typeof graded === 'number' && typeof asked === 'number' ? ` (${graded} of ${asked})` : ''
  const benchmarks = Array.isArray(sources) ? sources.map(benchmark) : []
  const rest = benchmarks.length > 0 ? `: ${benchmarks.join(', ')}` : `${text('date')}${share}`
  return [`${String(source.kind)}${text('of')}${rest}`]
}

function benchmark(source: unknown): string {
  if (typeof source !== 'object' || source === null || !('benchmark' in source)) return 'unknown'
  return `${String(source.benchmark)}${'date' in source ? ` ${String(source.date)}` : ''}`
}
