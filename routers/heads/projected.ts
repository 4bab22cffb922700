import heads from './heads.json' with { type: 'json' }
import { createRowProducts } from './row-products.ts'

/** What the heads' linear parts make of an embedding, after it was put about the training prompts' mean. */
export type Projected = {
  /** Cosines with the centroids. */
  readonly cosines: Float64Array
  /** What it adds to the difficulty. */
  readonly difficulty: number
  /** What it adds to the log of the answer's tokens. */
  readonly length: number
  /** The embedding about the mean, of unit length: made when it is asked for. */
  readonly embedding: () => Float32Array
}

/** An encoder that is a linear map of a few numbers. */
export type LinearEncoder = {
  /** The same as `projectEmbedding(embed(pooled))` but for rounding, at a third of the cost. */
  project(pooled: Float32Array): Projected
  /** The embedding itself, of unit length. */
  embed(pooled: Float32Array): Float32Array
}

const CLUSTERS = heads.centroids.length
const READERS = [...heads.centroids, heads.difficulty.embedding, heads.length.embedding]
const MEAN = Float64Array.from(heads.mean)
const MEAN_SQUARE = dot(MEAN, MEAN)
const readersOnMean = READERS.map((reader) => dot(reader, MEAN))
const readersWith = createRowProducts(READERS)

/** Reads an embedding of unit length. */
export function projectEmbedding(embedding: Float32Array): Projected {
  const centred = centre(embedding)
  return split(readersWith(centred), () => centred)
}

/** An encoder whose embeddings are `projection · pooled + bias`, brought to unit length. */
export function createLinearEncoder(
  projection: readonly (readonly number[])[],
  bias: readonly number[],
): LinearEncoder {
  const width = projection[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, column) => Float64Array.from(projection, (row) => row[column] ?? 0))
  // The readers and the mean in terms of `pooled`; then what gives the embedding's length before it was made one.
  const seen = [...READERS.map((reader) => Float64Array.from(reader)), MEAN, ...columns]
  const inner = seen.map((row) => columns.map((column) => exactDot(row, column)))
  const onBias = seen.map((row) => dot(row, bias))
  const biasSquare = dot(bias, bias)
  const innerWith = createRowProducts(inner)
  const embeddingWith = createRowProducts(projection)
  const meanRow = READERS.length

  function embed(pooled: Float32Array): Float32Array {
    const embedding = Float32Array.from(embeddingWith(pooled), (value, index) => value + (bias[index] ?? 0))
    const length = Math.sqrt(dot(embedding, embedding))
    return length === 0 ? embedding : embedding.map((value) => value / length)
  }

  return {
    embed,
    project(pooled) {
      const products = innerWith(pooled)
      let square = biasSquare
      for (let column = 0; column < width; column += 1) {
        const row = meanRow + 1 + column
        square += (pooled[column] ?? 0) * ((products[row] ?? 0) + 2 * (onBias[row] ?? 0))
      }
      const scale = square > 0 ? 1 / Math.sqrt(square) : 0
      const onMean = ((products[meanRow] ?? 0) + (onBias[meanRow] ?? 0)) * scale
      const distance = Math.sqrt(Math.max((square > 0 ? 1 : 0) - 2 * onMean + MEAN_SQUARE, 0))
      const share = distance > 0 ? 1 / distance : 0
      const readings = products.subarray(0, meanRow)
      for (let row = 0; row < meanRow; row += 1) {
        readings[row] = (((readings[row] ?? 0) + (onBias[row] ?? 0)) * scale - (readersOnMean[row] ?? 0)) * share
      }
      let embedding: Float32Array | undefined
      return split(readings, () => {
        embedding ??= centre(embed(pooled))
        return embedding
      })
    },
  }
}

function split(readings: Float64Array, embedding: () => Float32Array): Projected {
  const [difficulty = 0, length = 0] = readings.subarray(CLUSTERS)
  return { cosines: readings.subarray(0, CLUSTERS), difficulty, length, embedding }
}

function centre(embedding: Float32Array): Float32Array {
  const moved = embedding.map((value, index) => value - (MEAN[index] ?? 0))
  const length = Math.sqrt(dot(moved, moved))
  return length === 0 ? moved : moved.map((value) => value / length)
}

/** `dot` for one type of numbers: ten million products at opening are worth it. */
function exactDot(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}
