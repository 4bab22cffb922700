/** What one setting of a router costs and reaches, on average over the prompts. */
export type Point = { readonly cost: number; readonly quality: number }

/** The non-decreasing concave hull of `points`, by rising cost: what mixing settings at random can reach. */
export function hull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.cost - b.cost || b.quality - a.quality)
  const kept: Point[] = []
  for (const point of sorted) {
    const last = kept.at(-1)
    if (last !== undefined && point.quality <= last.quality) continue
    while (kept.length > 1 && !turnsDown(kept.at(-2), kept.at(-1), point)) kept.pop()
    kept.push(point)
  }
  return kept
}

/** True when `b` stands above the line from `a` to `c`. */
function turnsDown(a: Point | undefined, b: Point | undefined, c: Point): boolean {
  if (a === undefined || b === undefined) return true
  return (b.quality - a.quality) * (c.cost - a.cost) > (c.quality - a.quality) * (b.cost - a.cost)
}

/** Quality that a rising curve reaches for `cost`: flat beyond its last point, nothing before its first. */
export function reached(curve: readonly Point[], cost: number): number {
  const after = curve.findIndex((point) => point.cost >= cost)
  if (after < 0) return curve.at(-1)?.quality ?? 0
  const right = curve[after]
  const left = curve[after - 1]
  if (right === undefined) return 0
  if (left === undefined) return right.cost > cost ? 0 : right.quality
  return left.quality + ((right.quality - left.quality) * (cost - left.cost)) / (right.cost - left.cost)
}

/** RouterBench's average quality over the costs from `least` to `most`, which differ (design/router.md §1.2), on the hull. */
export function aiq(points: readonly Point[], least: number, most: number): number {
  return meanHeight(hull(points), least, most)
}

/** Mean of a rising curve over the costs from `least` to `most`; no height before its first point. */
function meanHeight(curve: readonly Point[], least: number, most: number): number {
  const inside = curve.map(({ cost }) => cost).filter((cost) => cost > least && cost < most)
  const first = Math.max(least, Math.min(curve[0]?.cost ?? least, most))
  const costs = [...new Set([first, ...inside.filter((cost) => cost >= first), most])]
  let area = 0
  for (const [index, cost] of costs.entries()) {
    const next = costs[index + 1]
    if (next !== undefined) area += ((reached(curve, cost) + reached(curve, next)) / 2) * (next - cost)
  }
  return area / (most - least)
}

/**
 * Area under the deferral curve (design/router.md §1.3): mean quality at a budget drawn evenly from `least` to `most`.
 * Unlike `aiq` on the settings themselves and not on their hull: a setting is kept where none that costs less is better.
 */
export function deferralArea(points: readonly Point[], least: number, most: number): number {
  const kept: Point[] = []
  for (const point of points.toSorted((a, b) => a.cost - b.cost || b.quality - a.quality)) {
    if (point.quality > (kept.at(-1)?.quality ?? Number.NEGATIVE_INFINITY)) kept.push(point)
  }
  return meanHeight(kept, least, most)
}

/** Least cost at which the curve reaches `quality`, relative to `reference`, above 0; 1 when it costs more or never does. */
export function qualityNeutralCost(points: readonly Point[], quality: number, reference: number): number {
  const curve = hull(points)
  const after = curve.findIndex((point) => point.quality >= quality)
  const right = curve[after]
  if (right === undefined) return 1
  const left = curve[after - 1]
  const share = left === undefined ? 1 : (quality - left.quality) / (right.quality - left.quality)
  const cost = left === undefined ? right.cost : left.cost + share * (right.cost - left.cost)
  return Math.min(1, cost / reference)
}

/** Calls to the stronger of two models, 0 to 1, and the quality that comes of it. */
export type Deferral = { readonly calls: number; readonly quality: number }

/** RouteLLM's figures for two models (design/router.md §1.1). */
export const DEFERRAL_FIGURES = ['apgr', 'cpt50', 'cpt80'] as const
export type DeferralFigures = Readonly<Record<(typeof DEFERRAL_FIGURES)[number], number>>

/** The figures of a curve that spans 0 to 1 calls, in any order. */
export function deferralFigures(curve: readonly Deferral[]): DeferralFigures {
  const sorted = curve.toSorted((a, b) => a.calls - b.calls)
  return figuresOfRising(
    sorted.map(({ calls }) => calls),
    sorted.map(({ quality }) => quality),
  )
}

/** The same, of a curve by rising calls. */
export function figuresOfRising(calls: ArrayLike<number>, quality: ArrayLike<number>): DeferralFigures {
  const last = calls.length - 1
  const weak = quality[0] ?? 0
  const strong = quality[last] ?? 0
  let area = 0
  for (let place = 0; place < last; place += 1) {
    area += (((quality[place] ?? 0) + (quality[place + 1] ?? 0)) / 2) * ((calls[place + 1] ?? 0) - (calls[place] ?? 0))
  }
  const callsFor = (gap: number): number => {
    const wanted = weak + gap * (strong - weak)
    let right = 0
    while (right <= last && (quality[right] ?? 0) < wanted) right += 1
    if (right === 0 || right > last) return calls[right] ?? 1
    const [from = 0, to = 1, low = 0, high = 1] = [calls[right - 1], calls[right], quality[right - 1], quality[right]]
    return from + ((wanted - low) / (high - low)) * (to - from)
  }
  return { apgr: (area - weak) / (strong - weak), cpt50: callsFor(0.5), cpt80: callsFor(0.8) }
}
