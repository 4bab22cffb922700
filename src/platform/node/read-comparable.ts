import { commonPart, leftOutOf, type Outcomes } from '../../eval/outcomes.ts'
import { pickSome } from '../../eval/split.ts'
import { DataProblem } from './data-problem.ts'
import { type DataFacts, describeLeftOut, quoted } from './describe-data.ts'
import { type ReadOptions, readOutcomes } from './read-outcomes.ts'

/** A set in which every model answered every prompt, and what that left out. */
export type Comparable = { readonly outcomes: Outcomes; readonly data: DataFacts }

/** Reads one set, at most `most` of its prompts. Throws a DataProblem where fewer than two models are left. */
export function readComparable(
  folder: string,
  { most = Number.POSITIVE_INFINITY, ...options }: ReadOptions & { readonly most?: number },
): Comparable {
  const { facts, ...whole } = readOutcomes(folder, options)
  const part = commonPart(whole)
  const data = { ...facts, prompts: whole.prompts.length, leftOut: leftOutOf(whole, part) }
  if (part.models.length < 2 || part.prompts.length === 0) throw new DataProblem(tooFew(folder, part, data))
  return { outcomes: pickSome(part, most), data }
}

function tooFew(folder: string, part: Outcomes, data: DataFacts): string {
  const all = [...part.models, ...data.leftOut.models.keys()].length
  if (data.prompts === 0) return `${folder} has no prompt with a text: there is nothing to compare.`
  if (all === 0) {
    return data.unknownIds === 0
      ? `${folder} has no outcomes: outcomes.csv wants a line for each prompt and model.`
      : `${folder}: no id of outcomes.csv stands in prompts.jsonl. They are compared letter by letter.`
  }
  if (all === 1)
    return `${folder} has outcomes of ${quoted(part.models[0] ?? 'one model')} alone: a comparison takes two models.`
  return `${folder}: too few of its ${all} models ran on the same prompts. ${describeLeftOut(data)} Give the outcomes that are missing, or take the prompts that few models ran on out of prompts.jsonl.`
}
