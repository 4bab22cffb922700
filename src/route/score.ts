import type { Directives, GoalName } from '../core/directives.ts'
import { log2 } from '../core/portable-maths.ts'
import type { Columns } from './columns.ts'
import type { Figures } from './figures.ts'
import type { GoalSource } from './goals.ts'
import { GOAL_SOURCES, GOALS, referenceOf } from './goals.ts'
import { nearestRank } from './nearest-rank.ts'

/** The objective's penalties by the candidate's place, in quality points, and the goals whose figure was unknown. */
export type Penalties = {
  readonly points: Float64Array
  /** A bit a goal, in the order of `GOALS`. */
  readonly assumed: Uint32Array
}

/** An unknown figure counts as this percentile of those that are known. */
export const UNKNOWN_SHARE = 0.75

/**
 * `weight · log2(1 + figure / reference)` a goal, or `cost / W` for cost when the caller gave a willingness to pay. An
 * unknown figure is the 75th percentile of those that pass, and the model says so.
 */
export function penaltiesOf(
  columns: Columns,
  passing: Int32Array,
  figures: Figures,
  directives: Directives,
  today: string,
): Penalties {
  const points = new Float64Array(columns.targets.length)
  const assumed = new Uint32Array(columns.targets.length)
  for (const [order, goal] of GOALS.entries()) {
    const factor = factorOf(goal, directives)
    if (factor === 0) continue
    const terms = termsOf(goal, columns, passing, figures, directives, today)
    const source = GOAL_SOURCES[goal]
    const dependsOnLength = 'dependsOnLength' in source && source.dependsOnLength
    let standIn = Number.NaN
    for (const place of passing) {
      let term = terms[place] ?? Number.NaN
      if (Number.isNaN(term)) {
        if (Number.isNaN(standIn)) standIn = nearestRank(terms, passing, UNKNOWN_SHARE) ?? 0
        term = standIn
        assumed[place] = (assumed[place] ?? 0) | (1 << order)
      } else if (dependsOnLength && figures.isLengthAssumed[place] === 1) {
        assumed[place] = (assumed[place] ?? 0) | (1 << order)
      }
      points[place] = (points[place] ?? 0) + factor * term
    }
  }
  return { points, assumed }
}

/** What a goal's term is multiplied by: its weight, or for cost by a willingness to pay `1 / W`. */
export function factorOf(goal: GoalName, { weights, willingness_to_pay: willingness }: Directives): number {
  return goal === 'cost' && willingness !== undefined ? 1 / willingness : (weights?.[goal] ?? 0)
}

/** A goal's term before it is weighed, by place: `log2(1 + figure / reference)`, or the cost itself. NaN is unknown. */
export function termsOf(
  goal: GoalName,
  columns: Columns,
  passing: Int32Array,
  figures: Figures,
  directives: Directives,
  today: string,
): Float64Array {
  const source = GOAL_SOURCES[goal]
  const reference = referenceOf(goal)
  if (source.of === 'fact') {
    return columns.numbers(`goal.${goal}`, (target) => {
      const figure = source.read(target, today)
      return figure === undefined ? undefined : log2(1 + figure / reference)
    })
  }
  if (goal === 'cost' && directives.willingness_to_pay !== undefined) return figures.costUsd
  const figure = figuresOf(goal, columns, figures, directives, today)
  const terms = new Float64Array(figure.length).fill(Number.NaN)
  for (const place of passing) terms[place] = log2(1 + (figure[place] ?? Number.NaN) / reference)
  return terms
}

/** A goal's figures in their own unit, by place. NaN is unknown. */
export function figuresOf(
  goal: GoalName,
  columns: Columns,
  figures: Figures,
  directives: Directives,
  today: string,
): Float64Array {
  const source = GOAL_SOURCES[goal]
  switch (source.of) {
    case 'fact':
      return columns.numbers(`figure.${goal}`, (target) => source.read(target, today))
    case 'live':
      return liveFigures(source, columns, figures, directives)
    case 'tokens':
      return perToken(
        columns.numbers(`figure.${goal}`, (target) => source.read(target)),
        figures,
      )
    case 'estimate':
      return figures[source.figure]
    default: {
      const unhandled: never = source
      return unhandled
    }
  }
}

function liveFigures(
  source: GoalSource & { readonly of: 'live' },
  { targets }: Columns,
  { measured }: Figures,
  directives: Directives,
): Float64Array {
  const figures = new Float64Array(targets.length)
  let place = 0
  for (const target of targets) {
    figures[place] = source.read(target, measured[place], directives) ?? Number.NaN
    place += 1
  }
  return figures
}

function perToken(amounts: Float64Array, { outputTokens, choices }: Figures): Float64Array {
  const figures = new Float64Array(amounts.length)
  for (let place = 0; place < amounts.length; place += 1) {
    figures[place] = (amounts[place] ?? Number.NaN) * (outputTokens[place] ?? Number.NaN) * choices
  }
  return figures
}

/** Names of the goals whose bits are set. */
export function goalsIn(bits: number): GoalName[] {
  return GOALS.filter((_, order) => (bits & (1 << order)) !== 0)
}
