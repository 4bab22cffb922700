import type { Tensors } from '../../../core/ports.ts'

/** How alike two outputs are: the least cosine over their float tensors, -1 where one lacks what the other has. */
export function agreement(output: Tensors, reference: Tensors): number {
  let least = 1
  for (const [name, expected] of Object.entries(reference)) {
    if (expected.type !== 'float32') continue
    const given = output[name]
    if (given?.type !== 'float32' || given.data.length !== expected.data.length) return -1
    least = Math.min(least, cosine(given.data, expected.data))
  }
  return least
}

/** -1 where a number is not finite or a vector is null: such an answer agrees with nothing. */
function cosine(left: Float32Array, right: Float32Array): number {
  let [dot, leftSquare, rightSquare] = [0, 0, 0]
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0
    dot += value * other
    leftSquare += value * value
    rightSquare += other * other
  }
  const result = dot / Math.sqrt(leftSquare * rightSquare)
  return Number.isFinite(result) ? result : -1
}
