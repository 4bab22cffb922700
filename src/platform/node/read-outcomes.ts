import { basename, resolve } from 'node:path'
import { isCompared, type Outcomes } from '../../eval/outcomes.ts'
import { DataProblem } from './data-problem.ts'
import { quoted } from './describe-data.ts'
import { dataFile } from './find-data-sets.ts'
import { type OutcomeRow, readOutcomeRows } from './read-outcome-rows.ts'
import { answerTokens, costOfCall, readPrices } from './read-prices.ts'
import { readPrompts } from './read-prompts.ts'

export type ReadOptions = {
  /** The column of outcomes.csv that holds the score. */
  readonly score?: string
  /** Folders beside the set that no router was made from: questions they share with it stay clean. */
  readonly neverSeen?: ReadonlySet<string>
}

/** What the scores of a data set are out of, and what says so. */
export type Scale = {
  readonly outOf: number
  readonly highest: number
  readonly scores: number
  /** Scores above 1, and the line of the first of them. */
  readonly above: number
  readonly firstAbove: number | undefined
}

/** What reading made of a set. */
export type ReadFacts = {
  /** By data set; of models that ran on enough prompts to be compared. */
  readonly scales: ReadonlyMap<string, Scale>
  /** Lines that say again what another says. */
  readonly repeated: { readonly prompts: number; readonly outcomes: number }
  /** Outcomes of prompts that the set does not have. */
  readonly unknownIds: number
  /** Models to compare without a price in a set that has prices of others: it is without costs. */
  readonly withoutPrice: readonly string[]
  /** Why sets beside it could not be read for the questions they share with it. */
  readonly unreadBeside: readonly string[]
}

/** Reads one data set. Throws a DataProblem that names file and line. */
export function readOutcomes(
  folder: string,
  { score = 'score', neverSeen = new Set() }: ReadOptions = {},
): Outcomes & { readonly facts: ReadFacts } {
  const { prompts, untold, repeated, unreadBeside } = readPrompts(folder, neverSeen)
  const rowOf = new Map(prompts.map(({ id }, row) => [id, row]))
  const file = dataFile(folder, 'outcomes')
  const prices = readPrices(folder)
  const all = readOutcomeRows(file, score)
  const calls = all.flatMap((row): Call[] => {
    const place = rowOf.get(row.id)
    if (place === undefined) return []
    const price = prices.get(row.model)
    const estimated = price === undefined ? Number.NaN : costOfCall(price, prompts[place]?.text.length ?? 0, row.amount)
    const length = answerTokens(row.amount) ?? Number.NaN
    return [{ ...row, place, cost: row.amount('cost') ?? estimated, length }]
  })
  const kept = withoutRepeats(calls, file)
  const compared = comparedOf(kept, prompts.length)
  requireCosts(compared, file)
  const scales = scalesOf(compared.map((call) => ({ ...call, dataset: prompts[call.place]?.dataset ?? '' })))
  const models = [...new Set(kept.map(({ model }) => model))].sort()
  const columnOf = new Map(models.map((model, index) => [model, index]))
  const scores = new Float64Array(prompts.length * models.length).fill(Number.NaN)
  const costs = new Float64Array(scores.length).fill(Number.NaN)
  const lengths = new Float64Array(scores.length).fill(Number.NaN)
  for (const call of kept) {
    const cell = call.place * models.length + (columnOf.get(call.model) ?? 0)
    // No more than all of it: what is above by a rounding error is none.
    scores[cell] = Math.min(call.score / (scales.get(prompts[call.place]?.dataset ?? '')?.outOf ?? 1), 1)
    costs[cell] = call.cost
    lengths[cell] = call.length
  }
  const hasCosts = compared.length > 0 && compared.every(({ cost }) => cost >= 0)
  const unpriced = new Set(compared.flatMap(({ cost, model }) => (Number.isNaN(cost) ? [model] : [])))
  return {
    id: basename(resolve(folder)),
    prompts,
    models,
    scores,
    costs: hasCosts ? costs : undefined,
    lengths: lengths.some((tokens) => tokens > 0) ? lengths : undefined,
    facts: {
      scales,
      repeated: { prompts: repeated, outcomes: calls.length - kept.length },
      unknownIds: all.filter(({ id }) => !rowOf.has(id) && !untold.has(id)).length,
      withoutPrice: unpriced.size < new Set(compared.map(({ model }) => model)).size ? [...unpriced].sort() : [],
      unreadBeside,
    },
  }
}

/** An outcome of a prompt of the set, `place` its row. */
type Call = OutcomeRow & { readonly place: number; readonly cost: number; readonly length: number }

/** One outcome a prompt and model. Throws where two differ: nobody could say which one counts. */
function withoutRepeats(calls: readonly Call[], file: string): Call[] {
  const found = new Map<string, Call>()
  for (const call of calls) {
    const name = `${call.place} ${call.model}`
    const known = found.get(name)
    if (known === undefined) found.set(name, call)
    else if (!(['score', 'cost', 'length'] as const).every((part) => Object.is(known[part], call[part]))) {
      throw new DataProblem(
        `${file}:${call.line}: line ${known.line} has another outcome of ${quoted(call.model)} on "${call.id}". Leave one, or give each run a prompt with the same \`key\`.`,
      )
    }
  }
  return [...found.values()]
}

/** The outcomes of models that ran on enough prompts: what is not compared has no say in how the rest is read. */
function comparedOf(calls: readonly Call[], prompts: number): Call[] {
  const runs = Map.groupBy(calls, ({ model }) => model)
  return calls.filter(({ model }) => isCompared(runs.get(model)?.length ?? 0, prompts))
}

function requireCosts(calls: readonly Call[], file: string): void {
  const blank = calls.find((call) => call.hasColumn('cost') && Number.isNaN(call.cost))
  if (blank === undefined) return
  throw new DataProblem(
    `${file}:${blank.line}: the cost is blank, and there is no price of ${quoted(blank.model)}. Fill it in, leave the column out, or add prices.json.`,
  )
}

// What sums and shares of floating-point numbers miss by.
const ROUNDING = 1e-6

/** What scores of each data set are out of: 1, or the power of ten that holds them, as for marks of 1 to 10. */
function scalesOf(
  rows: readonly { readonly dataset: string; readonly score: number; readonly line: number }[],
): ReadonlyMap<string, Scale> {
  return new Map(
    [...Map.groupBy(rows, ({ dataset }) => dataset)].map(([dataset, members]) => {
      const highest = members.reduce((most, { score }) => Math.max(most, score), 0)
      const above = members.filter(({ score }) => score > 1 + ROUNDING)
      const outOf = 10 ** Math.ceil(Math.log10(Math.max(highest / (1 + ROUNDING), 1)))
      return [dataset, { outOf, highest, scores: members.length, above: above.length, firstAbove: above[0]?.line }]
    }),
  )
}
