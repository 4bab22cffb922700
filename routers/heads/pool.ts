import type { Onboarded, Prediction } from '#core/router.ts'
import { believed, NOTHING_BELIEVED, THRESHOLDS, type Thresholds, thresholdsFrom } from './believed.ts'
import { fitPool } from './fit-pool.ts'
import { learnKinds, type PoolFeatures } from './pool-features.ts'
import { outputTokens } from './predict.ts'
import type { Profile } from './profile.ts'
import type { Reading } from './reading.ts'

/** Prompts that several models answered, and what the answers were worth. */
export type PoolAnswers = {
  readonly readings: readonly Reading[]
  /** What the user calls the prompt's kind; `undefined` where it has no name. */
  readonly groups: readonly (string | undefined)[]
  /** A row a prompt, a column a model; NaN where a model was not asked. */
  readonly scores: Float64Array
  readonly models: number
}

/** What the pool expects of the model of a column. */
export type LearnedPool = (reading: Reading, column: number) => Prediction

/** The answers of all models, prompt by prompt. */
export async function gather(
  models: readonly Onboarded[],
  readingOf: (text: string) => Promise<Reading>,
): Promise<PoolAnswers> {
  const rowOf = new Map<string, number>()
  const readings: Reading[] = []
  const groups: (string | undefined)[] = []
  for (const { graded } of models) {
    for (const { signals, group } of graded) {
      const { routingText } = signals
      if (rowOf.has(routingText)) continue
      rowOf.set(routingText, readings.length)
      readings.push(await readingOf(routingText))
      groups.push(group)
    }
  }
  const scores = new Float64Array(readings.length * models.length).fill(Number.NaN)
  for (const [column, { graded }] of models.entries()) {
    for (const { signals, score } of graded) {
      scores[(rowOf.get(signals.routingText) ?? 0) * models.length + column] = score
    }
  }
  return { readings, groups, scores, models: models.length }
}

const FOLDS = 3
const LEAST_PROMPTS = 60

/**
 * Learns what models do on prompts of one pool. An advantage over the model that is best overall is the largest of
 * many noisy estimates, so it is believed only as far as prompts that were left out bear it out.
 */
export function learnPool(answers: PoolAnswers, priors: readonly Profile[]): LearnedPool {
  // Names and texts only, no outcome: what is left out below may be known here.
  const kinds = learnKinds(answers.readings, answers.groups)
  const fitted = fitPool(answers, priors, kinds)
  const best = bestColumn(answers)
  const thresholds = bornOut(answers, priors, kinds, best)
  return (reading, column) => {
    const { quality, sd } = fitted(reading)
    const own = quality[column] ?? 0
    const profile = priors[column]
    const threshold = kinds.strangenessOf(reading) > 0 ? thresholds.strange : thresholds.alike
    return {
      quality: believed(own, quality[best] ?? 0, threshold),
      uncertainty: Math.max((sd[column] ?? 0) * own * (1 - own), LEAST_UNCERTAINTY),
      outputTokens: profile === undefined ? undefined : Math.round(outputTokens(reading, profile)),
    }
  }
}

const LEAST_UNCERTAINTY = 0.001

function bestColumn({ scores, models }: PoolAnswers): number {
  const sums = new Float64Array(models)
  const counts = new Float64Array(models)
  for (const [cell, score] of scores.entries()) {
    if (Number.isNaN(score)) continue
    sums[cell % models] = (sums[cell % models] ?? 0) + score
    counts[cell % models] = (counts[cell % models] ?? 0) + 1
  }
  let best = 0
  const mean = (column: number): number => (sums[column] ?? 0) / Math.max(counts[column] ?? 0, 1)
  for (let column = 1; column < models; column += 1) if (mean(column) > mean(best)) best = column
  return best
}

/** How far choosing by what is fitted gains on prompts that were left out. */
function bornOut(answers: PoolAnswers, priors: readonly Profile[], kinds: PoolFeatures, best: number): Thresholds {
  const { readings, scores, models } = answers
  if (readings.length < LEAST_PROMPTS) return NOTHING_BELIEVED
  const gains = THRESHOLDS.map(() => [] as number[])
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const rows = [...readings.keys()]
    const fitted = fitPool(
      pickRows(
        answers,
        rows.filter((row) => row % FOLDS !== fold),
      ),
      priors,
      kinds,
    )
    for (const row of rows) {
      if (row % FOLDS !== fold) continue
      const reading = readings[row]
      if (reading === undefined) continue
      const { quality } = fitted(reading)
      const score = (column: number): number => scores[row * models + column] ?? Number.NaN
      for (const [index, threshold] of THRESHOLDS.entries()) {
        const shrunk = quality.map((own, column) => {
          return Number.isNaN(score(column)) ? -1 : believed(own, quality[best] ?? 0, threshold)
        })
        const gain = score(shrunk.indexOf(Math.max(...shrunk))) - score(best)
        if (!Number.isNaN(gain)) gains[index]?.push(gain)
      }
    }
  }
  return thresholdsFrom(gains)
}

function pickRows({ readings, groups, scores, models }: PoolAnswers, rows: readonly number[]): PoolAnswers {
  const picked = new Float64Array(rows.length * models)
  for (const [to, row] of rows.entries()) picked.set(scores.subarray(row * models, (row + 1) * models), to * models)
  return {
    readings: rows.flatMap((row) => readings[row] ?? []),
    groups: rows.map((row) => groups[row]),
    scores: picked,
    models,
  }
}
