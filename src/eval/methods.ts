import type { Outcomes } from './outcomes.ts'
import { logLengths, modelMeans } from './outcomes.ts'
import { pickProbes, taskOf } from './split.ts'

/** Says how well each model will answer each prompt of a set, without seeing its outcomes. */
export type Method = {
  readonly id: string
  /** What was learned on `train`, asked for `test`. */
  estimate(train: Outcomes, test: Outcomes): Estimates | Promise<Estimates>
  /** True when the scores are probabilities of a good answer: only then calibration means something. */
  readonly isCalibrated: boolean
  /** True when nothing is learned from `train`: then the two-model figures may be of all prompts. */
  readonly isFixed?: boolean
}

/** A number a cell, in the set's own order. */
export type Estimates = {
  readonly quality: Float64Array
  /** One standard deviation of each; absent where a method does not say. */
  readonly uncertainty?: Float64Array
  /** Natural log of the answer's tokens, NaN where it cannot be told; absent where no length is estimated. */
  readonly logTokens?: Float64Array | undefined
}

/** A method that learns from `count` prompts of the training part alone. */
export function fromProbes(method: Method, count: number): Method {
  return {
    id: `${method.id} probe ${count}`,
    isCalibrated: method.isCalibrated,
    estimate: (train, test) => method.estimate(pickProbes(train, count), test),
  }
}

const SHRINKAGE = 10
const LENGTH_BINS = 10

/** Knows which data set a prompt is from, and nothing else; the two sides of a publisher's split are one data set. */
export const subsetTable = {
  id: 'subset-table',
  isCalibrated: true,
  estimate: (train: Outcomes, test: Outcomes): Estimates => {
    const groups = train.prompts.map(({ dataset }) => taskOf(dataset))
    const wanted = test.prompts.map(({ dataset }) => taskOf(dataset))
    return fromGroups(train, groups, wanted)
  },
} satisfies Method

/** Knows how long a prompt is, in ten bins of equal mass. */
export const promptLength = {
  id: 'prompt-length',
  isCalibrated: true,
  estimate: (train: Outcomes, test: Outcomes): Estimates => {
    const lengths = train.prompts.map(({ text }) => text.length).sort((a, b) => a - b)
    const bounds = Array.from(
      { length: LENGTH_BINS - 1 },
      (_, bin) => lengths[Math.floor(((bin + 1) * lengths.length) / LENGTH_BINS)] ?? 0,
    )
    const binOf = (text: string): string => String(bounds.filter((bound) => text.length >= bound).length)
    return fromGroups(
      train,
      train.prompts.map(({ text }) => binOf(text)),
      test.prompts.map(({ text }) => binOf(text)),
    )
  },
} satisfies Method

/** Longer prompts to the better model, with nothing learned: what the length of a prompt alone gives. */
export const rawLength = {
  id: 'prompt-length, untrained',
  isCalibrated: false,
  isFixed: true,
  estimate: (train: Outcomes, { prompts, models }: Outcomes): Estimates => {
    const means = modelMeans(train.scores, models.length)
    const better = means.indexOf(Math.max(...means))
    return {
      quality: Float64Array.from({ length: prompts.length * models.length }, (_, cell) =>
        cell % models.length === better ? (prompts[Math.floor(cell / models.length)]?.text.length ?? 0) : 0,
      ),
    }
  },
} satisfies Method

/** Takes the same model for every prompt, whatever the training part says of it. */
export function only(model: string): Method {
  return {
    id: `only ${model}`,
    isCalibrated: false,
    estimate: (_train, { prompts, models }) => ({
      quality: Float64Array.from({ length: prompts.length * models.length }, (_, cell) =>
        Number(models[cell % models.length] === model),
      ),
    }),
  }
}

function fromGroups(train: Outcomes, groups: readonly string[], wanted: readonly string[]): Estimates {
  const width = train.models.length
  const logTokens = logLengths(train)
  return {
    quality: groupMeans(train.scores, width, groups, wanted),
    logTokens: logTokens === undefined ? undefined : groupMeans(logTokens, width, groups, wanted),
  }
}

/** Each group's mean a model, drawn towards the model's own mean as if by ten more prompts. */
function groupMeans(
  cells: Float64Array,
  width: number,
  groups: readonly string[],
  wanted: readonly string[],
): Float64Array {
  const means = modelMeans(cells, width)
  const sums = new Map<string, { readonly totals: Float64Array; count: number }>()
  for (const [row, group] of groups.entries()) {
    const sum = sums.get(group) ?? { totals: new Float64Array(width), count: 0 }
    sums.set(group, sum)
    sum.count += 1
    for (let model = 0; model < width; model += 1) {
      sum.totals[model] = (sum.totals[model] ?? 0) + (cells[row * width + model] ?? 0)
    }
  }
  return Float64Array.from({ length: wanted.length * width }, (_, cell) => {
    const mean = means[cell % width] ?? 0
    const sum = sums.get(wanted[Math.floor(cell / width)] ?? '')
    if (sum === undefined) return mean
    return ((sum.totals[cell % width] ?? 0) + SHRINKAGE * mean) / (sum.count + SHRINKAGE)
  })
}
