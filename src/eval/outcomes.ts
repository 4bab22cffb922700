/** A question that every model of a set was asked. */
export type EvalPrompt = {
  readonly id: string
  /** Names the question: rows of one key are one question, and never stand on both sides of a split. */
  readonly key: string
  readonly dataset: string
  readonly text: string
  /** True when a router may have been trained on the question. */
  readonly isContaminated?: boolean
  /** True when those who published the set leave it out of their figures. */
  readonly isLeftOut?: boolean
  /** The side of the publisher's own split that the question is on. */
  readonly side?: 'train' | 'test' | undefined
  /** What the data say of the side where that is neither, as JSON. */
  readonly unknownSide?: string | undefined
}

/** What models did on prompts. Cells are row by row: prompt `i`, model `m` at `i * models.length + m`; NaN = not run. */
export type Outcomes = {
  readonly id: string
  readonly prompts: readonly EvalPrompt[]
  readonly models: readonly string[]
  /** 0 to 1. */
  readonly scores: Float64Array
  /** USD of each call; `undefined` when the set does not tell. */
  readonly costs: Float64Array | undefined
  /** Tokens of each answer, NaN where unknown; `undefined` when the set does not tell. */
  readonly lengths: Float64Array | undefined
}

/** Share of prompts a model must have been run on to stay in the comparison. */
const LEAST_COVERAGE = 0.9

/** Whether a model that ran on `run` of a set's `prompts` stays in the comparison. */
export function isCompared(run: number, prompts: number): boolean {
  return run >= LEAST_COVERAGE * prompts
}

/** The part of a set in which every model answered every prompt: models compared on different prompts are not compared. */
export function commonPart(outcomes: Outcomes): Outcomes {
  const { prompts, models, scores } = outcomes
  const has = (row: number, column: number): boolean =>
    !Number.isNaN(scores[row * models.length + column] ?? Number.NaN)
  const columns = [...models.keys()].filter((column) => {
    const run = prompts.reduce((count, _, row) => count + (has(row, column) ? 1 : 0), 0)
    return isCompared(run, prompts.length)
  })
  const rows = [...prompts.keys()].filter((row) => columns.every((column) => has(row, column)))
  return pick(outcomes, rows, columns)
}

/** What `commonPart` took away: the prompts that each model left out was run on, by its name, and prompts. */
export type LeftOut = {
  readonly models: ReadonlyMap<string, number>
  readonly prompts: number
}

/** What a set has that its common part lacks. */
export function leftOutOf({ prompts, models, scores }: Outcomes, part: Outcomes): LeftOut {
  const kept = new Set(part.models)
  const runs = [...models.entries()].flatMap(([column, model]) => {
    if (kept.has(model)) return []
    const run = prompts.filter((_, row) => !Number.isNaN(scores[row * models.length + column] ?? Number.NaN))
    return [[model, run.length] as const]
  })
  return { models: new Map(runs), prompts: prompts.length - part.prompts.length }
}

/** Some prompts of a set, with all of its models. */
export function pickPrompts(outcomes: Outcomes, rows: readonly number[]): Outcomes {
  return pick(outcomes, rows, [...outcomes.models.keys()])
}

/** All prompts of a set, with some of its models. */
export function pickModels(outcomes: Outcomes, models: readonly string[]): Outcomes {
  const columns = models.map((model) => outcomes.models.indexOf(model))
  return pick(outcomes, [...outcomes.prompts.keys()], columns)
}

/** The part of a set that nobody may have been trained on; `undefined` when that is all of it. */
export function cleanPart(outcomes: Outcomes): Outcomes | undefined {
  const rows = [...outcomes.prompts.keys()].filter((row) => outcomes.prompts[row]?.isContaminated !== true)
  if (rows.length === outcomes.prompts.length) return undefined
  return { ...pickPrompts(outcomes, rows), id: `${outcomes.id}, clean` }
}

/** Parts to report apart: of a set of two models each data set, as it was published and, if that is less, clean. */
export function partsOf(outcomes: Outcomes): Outcomes[] {
  const datasets = [...new Set(outcomes.prompts.map(({ dataset }) => dataset))]
  if (outcomes.models.length !== 2 || datasets.length < 2) return []
  return datasets.flatMap((dataset) => {
    const rows = [...outcomes.prompts.entries()].filter(
      ([, prompt]) => prompt.dataset === dataset && prompt.isLeftOut !== true,
    )
    const whole = {
      ...pickPrompts(
        outcomes,
        rows.map(([row]) => row),
      ),
      id: `${outcomes.id}/${dataset}`,
    }
    const clean = cleanPart(whole)
    return clean === undefined ? [whole] : [whole, { ...clean, id: `${whole.id} clean` }]
  })
}

/** The set without some of its data sets. */
export function withoutDatasets(outcomes: Outcomes, datasets: readonly string[]): Outcomes {
  return pickPrompts(
    outcomes,
    [...outcomes.prompts.keys()].filter((row) => !datasets.includes(outcomes.prompts[row]?.dataset ?? '')),
  )
}

function pick(outcomes: Outcomes, rows: readonly number[], columns: readonly number[]): Outcomes {
  const { prompts, models, scores, costs, lengths } = outcomes
  const cells = (from: Float64Array): Float64Array =>
    Float64Array.from({ length: rows.length * columns.length }, (_, cell) => {
      const row = rows[Math.floor(cell / columns.length)] ?? 0
      return from[row * models.length + (columns[cell % columns.length] ?? 0)] ?? Number.NaN
    })
  return {
    id: outcomes.id,
    prompts: rows.flatMap((row) => prompts[row] ?? []),
    models: columns.flatMap((column) => models[column] ?? []),
    scores: cells(scores),
    costs: costs === undefined ? undefined : cells(costs),
    lengths: lengths === undefined ? undefined : cells(lengths),
  }
}

/** Mean of each model over the prompts of a set. */
export function modelMeans(cells: Float64Array, models: number): number[] {
  const sums = Array.from({ length: models }, () => 0)
  for (const [cell, value] of cells.entries()) sums[cell % models] = (sums[cell % models] ?? 0) + value
  const rows = cells.length / models
  return sums.map((sum) => sum / rows)
}

/** Natural log of every answer's tokens; a model's mean where its length is unknown, NaN where none of its is known. */
export function logLengths({ lengths, models }: Outcomes): Float64Array | undefined {
  if (lengths === undefined) return undefined
  const logs = lengths.map((tokens) => (tokens > 0 ? Math.log(tokens) : Number.NaN))
  const known = models.map((_, model) =>
    logs.filter((value, cell) => cell % models.length === model && !Number.isNaN(value)),
  )
  const means = known.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
  return logs.map((value, cell) => (Number.isNaN(value) ? (means[cell % models.length] ?? Number.NaN) : value))
}
