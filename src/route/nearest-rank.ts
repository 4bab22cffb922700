/** The percentile of the known figures at `places`, by the nearest rank; `undefined` when none is known. NaN is unknown. */
export function nearestRank(figures: Float64Array, places: Int32Array, share: number): number | undefined {
  const known = new Float64Array(places.length)
  let count = 0
  for (const place of places) {
    const figure = figures[place] ?? Number.NaN
    if (Number.isNaN(figure)) continue
    known[count] = figure
    count += 1
  }
  return count === 0 ? undefined : selectAt(known.subarray(0, count), Math.max(0, Math.ceil(count * share) - 1))
}

/** The value that would stand at `rank` if the values were sorted (Hoare's selection); reorders them. */
function selectAt(values: Float64Array, rank: number): number | undefined {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? 0
    let left = low
    let right = high
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left += 1
      while ((values[right] ?? 0) > pivot) right -= 1
      if (left > right) break
      const swapped = values[left] ?? 0
      values[left] = values[right] ?? 0
      values[right] = swapped
      left += 1
      right -= 1
    }
    if (rank <= right) high = right
    else if (rank >= left) low = left
    else break
  }
  return values[rank]
}
