import { fitLinear } from './linear.ts'
import type { Method } from './methods.ts'
import { createNeighbours } from './neighbours.ts'
import type { Outcomes } from './outcomes.ts'
import { logLengths, modelMeans } from './outcomes.ts'
import { createCounts, createTfidf, type Vector } from './tfidf.ts'

const NEIGHBOURS = [10, 50, 100] as const

type Vectors = { readonly train: readonly Vector[]; readonly test: readonly Vector[] }

/** What is learned from the words of a prompt alone: `knn-10`, `knn-50`, `knn-100`, `tfidf-logistic` and `tfidf-ridge`. */
export function createTextMethods(): Method[] {
  const countsOf = createCounts()
  const vectorsOf = once(({ train, test }: Pair): Vectors => {
    const vector = createTfidf(
      train.prompts.map(({ text }) => text),
      countsOf,
    )
    return { train: train.prompts.map(({ text }) => vector(text)), test: test.prompts.map(({ text }) => vector(text)) }
  })
  const nearestOf = once((pair: Pair): Uint32Array[] => {
    const { train, test } = vectorsOf(pair)
    return test.map(createNeighbours(train, Math.max(...NEIGHBOURS)))
  })
  return [
    ...NEIGHBOURS.map((count) => ({
      id: `knn-${count}`,
      isCalibrated: true,
      estimate: (train: Outcomes, test: Outcomes) => {
        const nearest = nearestOf({ train, test })
        const logTokens = logLengths(train)
        const width = train.models.length
        return {
          quality: meansOfNearest(train.scores, width, nearest, count),
          logTokens: logTokens === undefined ? undefined : meansOfNearest(logTokens, width, nearest, count),
        }
      },
    })),
    ...(['logistic', 'ridge'] as const).map((link) => ({
      id: `tfidf-${link}`,
      isCalibrated: link === 'logistic',
      estimate: (train: Outcomes, test: Outcomes) => {
        const vectors = vectorsOf({ train, test })
        const width = train.models.length
        const ask = fitLinear(vectors.train, train.scores, width, link)
        const quality = new Float64Array(vectors.test.length * width)
        for (const [row, vector] of vectors.test.entries()) quality.set(ask(vector), row * width)
        return { quality }
      },
    })),
  ]
}

/** Each model's mean over the first `count` neighbours; its mean over all prompts where there is none. */
function meansOfNearest(
  cells: Float64Array,
  width: number,
  nearest: readonly Uint32Array[],
  count: number,
): Float64Array {
  const means = modelMeans(cells, width)
  const estimates = new Float64Array(nearest.length * width)
  for (const [row, all] of nearest.entries()) {
    const rows = all.subarray(0, count)
    for (let model = 0; model < width; model += 1) {
      let sum = 0
      for (const other of rows) sum += cells[other * width + model] ?? 0
      estimates[row * width + model] = rows.length === 0 ? (means[model] ?? 0) : sum / rows.length
    }
  }
  return estimates
}

type Pair = { readonly train: Outcomes; readonly test: Outcomes }

/** Keeps the last answer: the methods of one split ask for the same thing one after the other. */
function once<Value>(compute: (pair: Pair) => Value): (pair: Pair) => Value {
  let last: { readonly pair: Pair; readonly value: Value } | undefined
  return (pair) => {
    if (last === undefined || last.pair.train !== pair.train || last.pair.test !== pair.test) {
      last = { pair, value: compute(pair) }
    }
    return last.value
  }
}
