import { FEATURES, type Vector } from './tfidf.ts'

/** Finds the rows most like a vector by cosine, at most `most`, the nearest first; none that share no feature with it. */
export function createNeighbours(rows: readonly Vector[], most: number): (vector: Vector) => Uint32Array {
  const { starts, holders, weights } = invert(rows)
  const likeness = new Float64Array(rows.length)
  const found = new Uint32Array(most)
  return (vector) => {
    likeness.fill(0)
    for (const [index, id] of vector.ids.entries()) {
      const weight = vector.weights[index] ?? 0
      const end = starts[id + 1] ?? 0
      for (let at = starts[id] ?? 0; at < end; at += 1) {
        const row = holders[at] ?? 0
        likeness[row] = (likeness[row] ?? 0) + weight * (weights[at] ?? 0)
      }
    }
    let size = 0
    for (let row = 0; row < likeness.length; row += 1) {
      const value = likeness[row] ?? 0
      if (value === 0 || (size === most && value <= (likeness[found[most - 1] ?? 0] ?? 0))) continue
      let place = size < most ? size : most - 1
      while (place > 0 && value > (likeness[found[place - 1] ?? 0] ?? 0)) {
        found[place] = found[place - 1] ?? 0
        place -= 1
      }
      found[place] = row
      if (size < most) size += 1
    }
    return found.slice(0, size)
  }
}

/** The rows that hold each feature: those of `id` stand at `starts[id]` to `starts[id + 1]`. */
function invert(rows: readonly Vector[]): { starts: Uint32Array; holders: Uint32Array; weights: Float64Array } {
  const starts = new Uint32Array(FEATURES + 1)
  for (const { ids } of rows) for (const id of ids) starts[id + 1] = (starts[id + 1] ?? 0) + 1
  for (let id = 0; id < FEATURES; id += 1) starts[id + 1] = (starts[id + 1] ?? 0) + (starts[id] ?? 0)
  const next = starts.slice()
  const holders = new Uint32Array(starts[FEATURES] ?? 0)
  const weights = new Float64Array(holders.length)
  for (const [row, vector] of rows.entries()) {
    for (const [index, id] of vector.ids.entries()) {
      const at = next[id] ?? 0
      next[id] = at + 1
      holders[at] = row
      weights[at] = vector.weights[index] ?? 0
    }
  }
  return { starts, holders, weights }
}
