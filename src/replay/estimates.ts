import type { Interval, Sums } from './resample.ts'
import { intervalOf, resample } from './resample.ts'

/** One logged decision with its reward, seen from the policy that is to be judged, which chooses one model for certain. */
export type Graded = {
  /** 0..1. */
  readonly reward: number
  /** With which the logged model was chosen, above 0 to 1. */
  readonly propensity: number
  /** Whether the policy chooses the logged model too. */
  readonly isSame: boolean
  /** Predicted of the model that was logged and of the one that the policy chooses, 0..1. */
  readonly loggedQuality: number | undefined
  readonly quality: number | undefined
}

/** A mean reward with its 95 % interval, and how far it lies from the logged one, on the same draws. */
export type Estimate = Interval & { readonly difference: Interval }

export type Estimates = {
  /** Decisions that were graded. */
  readonly graded: number
  /** Those of which the log can speak: the policy chooses the logged model, or the logged one was drawn. */
  readonly supported: number
  /** Those of them in which the policy chooses the logged model. */
  readonly matching: number
  /** Those of them in which the logged model was drawn, and might have been another. */
  readonly drawn: number
  /** Decisions that are worth as much as `(Σw)² / Σw²` of the policy's own. */
  readonly effective: number
  /** Mean of the weights, about 1 where the log could have chosen all that the policy chooses. */
  readonly meanWeight: Interval | undefined
  /** Weights above the bound, which count as the bound. */
  readonly clipped: number
  /** What was earned: on the supported decisions where there are estimates to compare it with, else on all graded ones. */
  readonly logged: Interval | undefined
  /** What was earned on the matching decisions alone. */
  readonly onMatching: Interval | undefined
  /** Clipped inverse propensity score; `undefined` where the log cannot support an estimate. */
  readonly ips: Estimate | undefined
  /** The same, divided by the sum of the weights. */
  readonly snips: Estimate | undefined
  /** Doubly robust: predicted quality, corrected by what was seen. Also `undefined` where predictions are missing. */
  readonly dr: Estimate | undefined
  /** Why there is no estimate, or what it does not say; plain sentences. */
  readonly notes: readonly string[]
}

/**
 * Weights above it count as it. High enough for what a gateway explores: one of twenty models at a share of 0.02 has the
 * propensity 0.001. A lower bound would leave out most of what the log says of the models that it tried.
 */
export const CLIP = 1_000
// Rewards of models that were drawn by a small chance, of which a few are repeated by every resample.
const LEAST_TRIED = 30
const MOST_BY_CHANCE = 0.5
// Below, an interval by resampling is too narrow to be believed.
const LEAST_EFFECTIVE = 30

/**
 * What the policy would have earned, from the rewards of what was really chosen. Decisions in which the policy differs
 * and nothing was drawn are left out: no log can speak of them. `infeasible`: graded ones that the
 * policy refuses, and that are not among the rows. Formulas: docs/replay.md.
 */
export function estimate(rows: readonly Graded[], infeasible = 0, clip: number = CLIP): Estimates {
  const known = rows.filter(({ isSame, propensity }) => isSame || propensity < 1)
  const weights = known.map(({ isSame, propensity }) => (isSame ? Math.min(1 / propensity, clip) : 0))
  const counts = countsOf(rows, known, weights)
  const draws = drawsOf(known, weights)
  const meanWeight = intervalOf(draws, ({ weight, count }) => weight / count)
  const clipped = known.filter(({ isSame, propensity }) => isSame && 1 / propensity > clip).length
  const hasPredictions = known.every(hasBoth)
  const problem = problemOf(counts, infeasible) ?? tooFewTried(known)
  const asLogged = ({ reward, count }: RowSums): number => reward / count
  const estimateOf = (figure: (sums: RowSums) => number): Estimate | undefined => {
    const found = intervalOf(draws, figure)
    const difference = intervalOf(draws, (sums) => figure(sums) - asLogged(sums))
    return problem !== undefined || found === undefined || difference === undefined
      ? undefined
      : { ...found, difference }
  }
  return {
    ...counts,
    meanWeight,
    clipped,
    logged: intervalOf(problem === undefined ? draws : drawsOf(rows, ones(rows)), asLogged),
    onMatching:
      counts.matching < LEAST_ROWS
        ? undefined
        : intervalOf(draws, ({ matchingReward, matching }) => matchingReward / matching),
    ips: estimateOf(({ weighted, count }) => weighted / count),
    snips: estimateOf(({ weighted, weight }) => weighted / weight),
    dr: hasPredictions ? estimateOf(({ robust, count }) => robust / count) : undefined,
    notes:
      problem === undefined ? caveats({ ...counts, meanWeight, clipped, clip, hasPredictions, infeasible }) : [problem],
  }
}

// Resamples of fewer rows only repeat the few.
const LEAST_ROWS = 10

function drawsOf(rows: readonly Graded[], weights: readonly number[]) {
  return rows.length < LEAST_ROWS ? undefined : resample(columnsOf(rows, weights))
}

function ones(rows: readonly Graded[]): number[] {
  return rows.map(() => 1)
}

type RowSums = Sums<keyof ReturnType<typeof columnsOf>>

/** What is summed over rows: every figure is a quotient of these. */
function columnsOf(known: readonly Graded[], weights: readonly number[]) {
  const of = (figure: (row: Graded, weight: number) => number): number[] =>
    known.map((row, index) => figure(row, weights[index] ?? 0))
  return {
    count: of(() => 1),
    weight: of((_, weight) => weight),
    reward: of(({ reward }) => reward),
    weighted: of(({ reward }, weight) => weight * reward),
    robust: of(({ quality = 0, loggedQuality = 0, reward }, weight) => quality + weight * (reward - loggedQuality)),
    matching: of(({ isSame }) => Number(isSame)),
    matchingReward: of(({ isSame, reward }) => (isSame ? reward : 0)),
  }
}

function countsOf(rows: readonly Graded[], known: readonly Graded[], weights: readonly number[]): Counts {
  const sum = total(weights)
  return {
    graded: rows.length,
    supported: known.length,
    matching: known.filter(({ isSame }) => isSame).length,
    drawn: known.filter(({ propensity }) => propensity < 1).length,
    effective: sum === 0 ? 0 : sum ** 2 / total(weights.map((weight) => weight ** 2)),
  }
}

function hasBoth({ quality, loggedQuality }: Graded): boolean {
  return quality !== undefined && loggedQuality !== undefined
}

type Counts = Pick<Estimates, 'graded' | 'supported' | 'matching' | 'drawn' | 'effective'>

/** Why the log cannot support an estimate. */
function problemOf({ graded, supported, matching, drawn, effective }: Counts, infeasible: number): string | undefined {
  if (graded === 0 && infeasible > 0) return 'Every graded decision becomes infeasible: nothing is left to be earned.'
  if (graded === 0) {
    return 'No decision in this log has a reward, so nothing is known of how good the answers were. Rewards come from feedback and from what the gateway sees of answers.'
  }
  if (matching === 0) {
    return 'In none of the graded decisions does the policy choose the model that was asked: the log says nothing about it.'
  }
  if (drawn === 0 && supported < graded) {
    return `This log was written without exploration: only the ${matching} of ${graded} graded decisions count in which the policy chooses the model that was asked, and they say nothing of the ${graded - matching} that would move. Switch exploration on to learn about those.`
  }
  return effective < LEAST_EFFECTIVE ? tooFew(effective) : undefined
}

function tooFew(effective: number): string {
  return `The graded decisions are worth only ${effective.toFixed(1)} of the policy's own (effective sample size), and ${LEAST_EFFECTIVE} are the least: log more, or explore more.`
}

/** Where the policy moves, all that is known of it are the tries that fell on its choice. */
function tooFewTried(known: readonly Graded[]): string | undefined {
  const tried = known.filter(({ isSame, propensity }) => isSame && propensity <= MOST_BY_CHANCE).length
  const moving = known.filter(({ isSame }) => !isSame).length
  if (moving === 0 || tried >= LEAST_TRIED) return undefined
  return `Of the models to which the policy would move, ${tried} tried answers are graded, and ${LEAST_TRIED} are the least: log more, or explore more.`
}

type Caveats = Counts &
  Pick<Estimates, 'meanWeight' | 'clipped'> & {
    readonly clip: number
    readonly hasPredictions: boolean
    readonly infeasible: number
  }

function caveats({ graded, supported, meanWeight, clipped, clip, hasPredictions, infeasible }: Caveats): string[] {
  const isFar = meanWeight !== undefined && (meanWeight.low > 1 || meanWeight.high < 1)
  return [
    ...(supported < graded
      ? [
          `Left out: ${graded - supported} of ${graded} graded decisions, which would move and were made without exploration. The estimates speak for the other ${supported} only.`,
        ]
      : []),
    ...(infeasible > 0 ? [`Left out: ${infeasible} graded decisions that become infeasible.`] : []),
    ...(isFar
      ? [
          `The weights average ${meanWeight.value.toFixed(2)} instead of 1: the log could not have chosen all that the policy chooses, or weights were clipped. Trust the doubly robust estimate most.`,
        ]
      : []),
    ...(clipped > 0
      ? [`${clipped} ${clipped === 1 ? 'weight was' : 'weights were'} above ${clip} and count as ${clip}.`]
      : []),
    ...(hasPredictions ? [] : ['There is no doubly robust estimate: some decisions were made without predictions.']),
  ]
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
