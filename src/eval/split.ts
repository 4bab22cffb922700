import { hash } from './hash.ts'
import type { Outcomes } from './outcomes.ts'
import { pickPrompts } from './outcomes.ts'

/** Of design/router.md §5.1. */
export const SEEDS: readonly number[] = [42, 999, 2024, 2025, 3407]

export type Split = { readonly train: Outcomes; readonly test: Outcomes }

const TEST_SHARE = 0.2
// Of what is left of the keys: a tenth of all of them.
const CALIBRATION_SHARE = 0.125

/** Splits by key within each data set, so that rows of one question stay together. The same seed gives the same split. */
export function splitByKey(outcomes: Outcomes, seed: number): Split {
  const [test, train] = holdBack(outcomes, seed, TEST_SHARE)
  return { train, test }
}

export type ThreeParts = Split & {
  /** For choosing what is not learned, such as a preset's numbers. */
  readonly calibration: Outcomes
}

/** The test part of `splitByKey`, and of the rest an eighth to calibrate on: 70, 10 and 20 % (design/router.md §5.1). */
export function splitInThree(outcomes: Outcomes, seed: number): ThreeParts {
  const { train: rest, test } = splitByKey(outcomes, seed)
  const [calibration, train] = holdBack(rest, seed, CALIBRATION_SHARE)
  return { train, calibration, test }
}

/** `share` of the keys of each data set, those of the least hashes, and the others. */
function holdBack(outcomes: Outcomes, seed: number, share: number): readonly [held: Outcomes, rest: Outcomes] {
  const keysOf = new Map<string, Set<string>>()
  for (const { dataset, key } of outcomes.prompts) {
    const keys = keysOf.get(dataset) ?? new Set()
    keysOf.set(dataset, keys.add(key))
  }
  const held = new Set<string>()
  for (const keys of keysOf.values()) {
    const ordered = [...keys].sort((a, b) => hash(`${seed} ${a}`) - hash(`${seed} ${b}`) || (a < b ? -1 : 1))
    for (const key of ordered.slice(0, Math.round(keys.size * share))) held.add(key)
  }
  const rows = [...outcomes.prompts.keys()]
  const isHeld = (row: number): boolean => held.has(outcomes.prompts[row]?.key ?? '')
  return [
    pickPrompts(outcomes, rows.filter(isHeld)),
    pickPrompts(
      outcomes,
      rows.filter((row) => !isHeld(row)),
    ),
  ]
}

/** At most `count` prompts of a set, whole questions, the same ones every time. */
export function pickSome(outcomes: Outcomes, count: number): Outcomes {
  if (outcomes.prompts.length <= count) return outcomes
  const keys = [...new Set(outcomes.prompts.map(({ key }) => key))].sort(
    (a, b) => hash(a) - hash(b) || (a < b ? -1 : 1),
  )
  const share = count / outcomes.prompts.length
  const kept = new Set(keys.slice(0, Math.round(keys.length * share)))
  return pickPrompts(
    outcomes,
    [...outcomes.prompts.keys()].filter((row) => kept.has(outcomes.prompts[row]?.key ?? '')),
  )
}

/** The publisher's own split; questions that stand on both sides are not learned from. */
export function splitGiven(outcomes: Outcomes): Split {
  const rows = [...outcomes.prompts.entries()]
  const test = rows.filter(([, { side }]) => side === 'test')
  const keys = new Set(test.map(([, { key }]) => key))
  const train = rows.filter(([, { side, key }]) => side === 'train' && !keys.has(key))
  const part = (entries: typeof rows): Outcomes =>
    pickPrompts(
      outcomes,
      entries.map(([row]) => row),
    )
  return { train: part(train), test: part(test) }
}

/** A data set's task, whichever side of a split its name says it is on: `gsm8k-train` and `gsm8k_test` are `gsm8k`. */
export function taskOf(dataset: string): string {
  return dataset.replace(SIDE_OF_NAME, '')
}

/** The side of a split that a data set's name says it is on. */
export function sideOf(dataset: string): 'train' | 'test' | undefined {
  const [, side] = SIDE_OF_NAME.exec(dataset) ?? []
  return side === 'train' || side === 'test' ? side : undefined
}

const SIDE_OF_NAME = /[-_.](train|test)$/

/** `count` prompts of a set, as evenly from its data sets as they allow; the same ones every time. */
export function pickProbes(outcomes: Outcomes, count: number): Outcomes {
  const rowsOf = new Map<string, number[]>()
  for (const [row, { dataset }] of outcomes.prompts.entries()) {
    const rows = rowsOf.get(dataset) ?? []
    rowsOf.set(dataset, rows)
    rows.push(row)
  }
  const ordered = [...rowsOf.values()].flatMap((rows) =>
    rows
      .map((row) => ({ row, at: hash(outcomes.prompts[row]?.key ?? '') }))
      .sort((a, b) => a.at - b.at || a.row - b.row)
      .map(({ row }, turn) => ({ row, turn })),
  )
  const rows = ordered.sort((a, b) => a.turn - b.turn || a.row - b.row).map(({ row }) => row)
  return pickPrompts(outcomes, rows.slice(0, count))
}
