import { log2 } from '../core/portable-maths.ts'
import type { Considered } from './considered.ts'
import { targetAt } from './considered.ts'

export type Front = {
  /** Places; the least figure first. */
  readonly members: readonly number[]
  /** The member furthest from the chord between the ends; `undefined` with fewer than three. */
  readonly knee: number | undefined
}

// Free models have no logarithm; a hundredth of a cent-thousandth is below any price.
const LEAST_FIGURE = 1e-7

/**
 * The models that no other one beats on predicted quality and on a figure of which less is better (the expected cost,
 * unless another is given) at once. Fronts are short: the members stay sorted while every model is read once.
 */
export function paretoFront(considered: Considered, figures: Float64Array = considered.figures.costUsd): Front {
  const { quality: qualities } = considered.figures
  const members: number[] = []
  for (const place of considered.passing) {
    const figure = figures[place] ?? Number.NaN
    const quality = qualities[place] ?? Number.NaN
    if (Number.isNaN(figure) || Number.isNaN(quality)) continue
    const at = firstAbove(members, figure, figures)
    const below = members[at - 1]
    let start = at
    if (below !== undefined) {
      const best = qualities[below] ?? 0
      if (best > quality) continue
      if (best === quality) {
        if (figures[below] === figure) members.splice(placeByName(considered, members, at, place, figures), 0, place)
        continue
      }
      while (start > 0 && figures[members[start - 1] ?? 0] === figure) start -= 1
    }
    let end = at
    while (end < members.length && (qualities[members[end] ?? 0] ?? 0) <= quality) end += 1
    members.splice(start, end - start, place)
  }
  return { members, knee: kneeOf(members, figures, qualities) }
}

/** The first member with a larger figure. */
function firstAbove(members: readonly number[], figure: number, figures: Float64Array): number {
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((figures[members[middle] ?? 0] ?? 0) <= figure) low = middle + 1
    else high = middle
  }
  return low
}

/** Where a model belongs among its equals, which end before `end`. */
function placeByName(
  considered: Considered,
  members: readonly number[],
  end: number,
  place: number,
  figures: Float64Array,
): number {
  const name = targetAt(considered, place).id
  let at = end
  for (;;) {
    const before = members[at - 1]
    if (before === undefined || figures[before] !== figures[place]) return at
    if (targetAt(considered, before).id < name) return at
    at -= 1
  }
}

/** Distances are taken in the figure's logarithm and quality, each scaled to the front's own extent. */
function kneeOf(members: readonly number[], figures: Float64Array, qualities: Float64Array): number | undefined {
  const first = members[0]
  const last = members.at(-1)
  if (members.length < 3 || first === undefined || last === undefined) return undefined
  const logAt = (place: number): number => log2(Math.max(figures[place] ?? 0, LEAST_FIGURE))
  const qualityAt = (place: number): number => qualities[place] ?? 0
  const width = logAt(last) - logAt(first)
  const height = qualityAt(last) - qualityAt(first)
  if (width <= 0 || height <= 0) return undefined
  let knee: number | undefined
  let furthest = 0
  for (const place of members) {
    const across = (logAt(place) - logAt(first)) / width
    const up = (qualityAt(place) - qualityAt(first)) / height
    // In the unit square the chord is the diagonal: the distance above it is proportional to this difference.
    const above = up - across
    if (above > furthest) {
      furthest = above
      knee = place
    }
  }
  return knee
}
