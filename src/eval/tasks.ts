import { type Draws, drawnSums } from './interval.ts'
import type { Outcomes } from './outcomes.ts'
import { taskOf } from './split.ts'

/** Quality on each data set, and plain averages over them: one that is large weighs no more than one that is small. */
export type DatasetFigures = {
  readonly qualities: Readonly<Record<string, number>>
  /** `macro`, and `macro_trained` and `macro_unseen` where the test part has tasks that the training part lacks. */
  readonly figures: Readonly<Record<string, number>>
  readonly drawn: ReadonlyMap<string, Float64Array>
}

/** The figures of `quality`, a number a row of the test part. */
export function datasetFigures(
  train: Outcomes,
  test: Outcomes,
  quality: ArrayLike<number>,
  draws: Draws,
): DatasetFigures {
  const datasets = [...new Set(test.prompts.map(({ dataset }) => dataset))]
  const inside = (dataset: string): number[] => test.prompts.map((prompt) => Number(prompt.dataset === dataset))
  const qualities = datasets.map((dataset) => {
    const isIn = inside(dataset)
    const sum = isIn.reduce((total, one, row) => total + one * (quality[row] ?? 0), 0)
    return [dataset, sum / isIn.reduce((total, one) => total + one, 0)] as const
  })
  const known = new Set(train.prompts.map(({ dataset }) => taskOf(dataset)))
  const trained = datasets.filter((dataset) => known.has(taskOf(dataset)))
  const unseen = datasets.filter((dataset) => !known.has(taskOf(dataset)))
  const groups: Readonly<Record<string, readonly string[]>> = {
    ...(datasets.length > 1 ? { macro: datasets } : {}),
    ...(trained.length > 0 && unseen.length > 0 ? { macro_trained: trained, macro_unseen: unseen } : {}),
  }
  const means = new Map(qualities)
  const figures = Object.fromEntries(
    Object.entries(groups).map(([name, members]) => [
      name,
      members.reduce((sum, dataset) => sum + (means.get(dataset) ?? 0), 0) / members.length,
    ]),
  )
  return { qualities: Object.fromEntries(qualities), figures, drawn: drawGroups(groups, draws, inside, quality) }
}

function drawGroups(
  groups: Readonly<Record<string, readonly string[]>>,
  draws: Draws,
  inside: (dataset: string) => number[],
  quality: ArrayLike<number>,
): ReadonlyMap<string, Float64Array> {
  const datasets = [...new Set(Object.values(groups).flat())]
  const columns = datasets.flatMap((dataset) => {
    const isIn = inside(dataset)
    return [
      [`rows ${dataset}`, isIn] as const,
      [`sum ${dataset}`, isIn.map((one, row) => one * (quality[row] ?? 0))] as const,
    ]
  })
  const sums = drawnSums(draws, Object.fromEntries(columns))
  return new Map(
    Object.entries(groups).map(([name, members]) => [
      name,
      Float64Array.from(draws.counts, (_, draw) => {
        const at = (column: string): number => sums.get(column)?.[draw] ?? 0
        // A small data set can be drawn nowhere; then it is not in that mean.
        const seen = members.filter((dataset) => at(`rows ${dataset}`) > 0)
        return seen.reduce((sum, one) => sum + at(`sum ${one}`) / at(`rows ${one}`), 0) / seen.length
      }),
    ]),
  )
}
