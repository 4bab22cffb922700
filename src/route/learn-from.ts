import type { Lesson, Lessons } from '../core/learned.ts'
import type { Considered } from './considered.ts'
import { targetAt } from './considered.ts'

/** Lessons of the candidates, by place. */
export type Taught = ReadonlyMap<number, Lesson>

/**
 * The candidates with what outcomes taught about them: quality moved, uncertainty narrowed. `undefined` where nothing was
 * learned about any of them.
 */
export function learnFrom(
  considered: Considered,
  lessons: Lessons | undefined,
): { readonly considered: Considered; readonly taught: Taught } | undefined {
  if (lessons === undefined || lessons.size === 0) return undefined
  const { passing, figures } = considered
  const taught = new Map<number, Lesson>()
  for (const place of passing) {
    const lesson = lessons.get(targetAt(considered, place).id)
    if (lesson !== undefined && !Number.isNaN(figures.quality[place] ?? Number.NaN)) taught.set(place, lesson)
  }
  if (taught.size === 0) return undefined
  const quality = figures.quality.slice()
  const uncertainty = figures.uncertainty.slice()
  for (const [place, { shift, narrowing }] of taught) {
    quality[place] = Math.min(1, Math.max(0, (quality[place] ?? 0) + shift))
    uncertainty[place] = (uncertainty[place] ?? 0) * narrowing
  }
  return { considered: { ...considered, figures: { ...figures, quality, uncertainty } }, taught }
}
