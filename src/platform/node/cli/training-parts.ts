import type { Outcomes } from '../../../eval/outcomes.ts'
import { type Split, splitByKey } from '../../../eval/split.ts'
import { DataProblem } from '../data-problem.ts'

/** The split by key of each seed. */
export function splitsOf(outcomes: Outcomes, seeds: readonly number[]): Split[] {
  return seeds.map((seed) => splitByKey(outcomes, seed))
}

/** True when every seed holds a question back. */
export function hasTestPart(outcomes: Outcomes, seeds: readonly number[]): boolean {
  return splitsOf(outcomes, seeds).every(({ test }) => test.prompts.length > 0)
}

/** Throws a DataProblem where a seed holds nothing back, with what to do. */
export function requireTestPart(outcomes: Outcomes, seeds: readonly number[]): void {
  if (hasTestPart(outcomes, seeds)) return
  const { id, prompts } = outcomes
  const keys = new Set(prompts.map(({ key }) => key)).size
  const datasets = new Set(prompts.map(({ dataset }) => dataset)).size
  throw new DataProblem(
    `${id}: by their "key", its ${prompts.length} prompts are ${keys} question${keys === 1 ? '' : 's'} in ${datasets} data set${datasets === 1 ? '' : 's'}: no fifth of one can be held back to test on. Give different questions different keys, or none, and each "dataset" three questions or more; or use --split given.`,
  )
}

/** Throws a DataProblem where a side is none; says which prompts are on none. */
export function requireSides({ id, prompts }: Outcomes): void {
  const unknown = Map.groupBy(prompts, ({ unknownSide }) => unknownSide)
  unknown.delete(undefined)
  if (unknown.size > 0) {
    const found = [...unknown].map(([side, rows]) => `${side} (${rows.length} prompts)`).join(', ')
    throw new DataProblem(
      `${id}: "split" is "train" or "test", and here also ${found}. Write one of the two, or take these rows out of prompts.jsonl.`,
    )
  }
  const untold = prompts.filter(({ side }) => side === undefined).length
  if (untold === 0) return
  process.stderr.write(`${id}: ${untold} of ${prompts.length} prompts are on no side of the split and left out.\n`)
}

/** How many graded prompts were asked for, and how many there are. */
export type Probes = { readonly asked: number; readonly used: number }

/** As many probes as every training part has. */
export function probesOf(asked: number, splits: readonly Split[]): Probes {
  return { asked, used: Math.min(asked, ...splits.map(({ train }) => train.prompts.length)) }
}

/** Says so where there were fewer than asked for. */
export function fewerProbes(probes: Probes | undefined): { readonly probes?: Probes } {
  return probes === undefined || probes.used === probes.asked ? {} : { probes }
}
