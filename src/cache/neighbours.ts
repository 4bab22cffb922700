import { isJsonObject } from '../core/json.ts'

/** A question that was asked before, as a vector, and the key of its answer. */
export type Neighbour = { readonly vector: readonly number[]; readonly key: string }

// Half a kilobyte to two each: a lookup reads all of them.
const MOST = 64
const SCALE = 127
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A vector's direction, in whole numbers of one byte. */
export function packVector(vector: Float32Array): readonly number[] {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return Array.from(vector, (value) => (largest === 0 ? 0 : Math.round((value / largest) * SCALE)))
}

/** The answer's key of the nearest question, if it is as near as `threshold`. */
export function nearest(
  neighbours: readonly Neighbour[],
  vector: readonly number[],
  threshold: number,
): string | undefined {
  let most = threshold
  let key: string | undefined
  for (const neighbour of neighbours) {
    const likeness = cosine(neighbour.vector, vector)
    if (likeness < most) continue
    most = likeness
    key = neighbour.key
  }
  return key
}

/** The newest first, each question once, as many as are kept. */
export function withNeighbour(neighbours: readonly Neighbour[], added: Neighbour): readonly Neighbour[] {
  return [added, ...neighbours.filter(({ key }) => key !== added.key)].slice(0, MOST)
}

export function encodeNeighbours(neighbours: readonly Neighbour[]): Uint8Array {
  return encoder.encode(JSON.stringify(neighbours))
}

/** None where it is not what `encodeNeighbours` wrote. */
export function decodeNeighbours(bytes: Uint8Array | undefined): readonly Neighbour[] {
  if (bytes === undefined) return []
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return Array.isArray(value) ? value.filter(isNeighbour) : []
  } catch {
    // Somebody else's value under our key.
    return []
  }
}

function isNeighbour(value: unknown): value is Neighbour {
  if (!isJsonObject(value) || typeof value['key'] !== 'string') return false
  return Array.isArray(value['vector']) && value['vector'].every((one) => typeof one === 'number')
}

function cosine(one: readonly number[], other: readonly number[]): number {
  let product = 0
  let oneSquare = 0
  let otherSquare = 0
  for (let index = 0; index < one.length; index += 1) {
    const [a, b] = [one[index] ?? 0, other[index] ?? 0]
    product += a * b
    oneSquare += a * a
    otherSquare += b * b
  }
  return oneSquare === 0 || otherSquare === 0 ? 0 : product / Math.sqrt(oneSquare * otherSquare)
}
