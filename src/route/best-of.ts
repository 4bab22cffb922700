export type Compare = (left: number, right: number) => number

/** The `most` first of `places` in the order of `compare`. Reads each once where few are wanted of many. */
export function bestOf(places: Int32Array, compare: Compare, most: number): number[] {
  if (places.length <= most) return Array.from(places).sort(compare)
  const best: number[] = []
  for (const place of places) {
    const last = best[best.length - 1]
    if (best.length === most && last !== undefined && compare(place, last) >= 0) continue
    if (best.length === most) best.pop()
    best.splice(insertionPoint(best, place, compare), 0, place)
  }
  return best
}

/** Behind those that are as good: the list's order stays. */
function insertionPoint(best: readonly number[], place: number, compare: Compare): number {
  let low = 0
  let high = best.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(best[middle] ?? 0, place) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
