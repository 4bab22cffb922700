import { generator } from '../eval/generator.ts'

/** A figure of all rows with its 95 % interval. */
export type Interval = { readonly value: number; readonly low: number; readonly high: number }

/** Sums of columns over all rows, and over resamples of them. */
export type Draws<Name extends string> = { readonly all: Sums<Name>; readonly drawn: readonly Sums<Name>[] }
export type Sums<Name extends string> = Readonly<Record<Name, number>>

const MOST_DRAWS = 1_000
const LEAST_DRAWS = 200
// Rows that are visited in all: a long log needs fewer draws for the same interval.
const WORK = 20_000_000
const SEED = 42

/** Resamples rows with replacement, whole rows, the same ones every time. Columns are of one length, at least 1. */
export function resample<Name extends string>(columns: Readonly<Record<Name, readonly number[]>>): Draws<Name> {
  const names = Object.keys(columns) as Name[]
  const values = names.map((name) => Float64Array.from(columns[name]))
  const count = values[0]?.length ?? 0
  const next = generator(SEED)
  const rows = new Uint32Array(count)
  const sums = (): Sums<Name> => {
    const named = names.map((name, column) => [name, sumOver(values[column] ?? new Float64Array(), rows)] as const)
    return Object.fromEntries(named) as Sums<Name>
  }
  for (let row = 0; row < count; row += 1) rows[row] = row
  const all = sums()
  const draws = Math.round(Math.min(MOST_DRAWS, Math.max(LEAST_DRAWS, WORK / count)))
  const drawn = Array.from({ length: draws }, () => {
    for (let turn = 0; turn < count; turn += 1) rows[turn] = Math.floor(next() * count)
    return sums()
  })
  return { all, drawn }
}

/** A figure between the 2.5th and 97.5th percentile of its resamples; `undefined` where it is none. */
export function intervalOf<Name extends string>(
  draws: Draws<Name> | undefined,
  figure: (sums: Sums<Name>) => number,
): Interval | undefined {
  if (draws === undefined) return undefined
  const value = figure(draws.all)
  const values = Float64Array.from(draws.drawn.map(figure).filter(Number.isFinite)).sort()
  if (!Number.isFinite(value) || values.length === 0) return undefined
  const at = (share: number): number => values[Math.round(share * (values.length - 1))] ?? value
  return { value, low: Math.min(at(0.025), value), high: Math.max(at(0.975), value) }
}

function sumOver(values: Float64Array, rows: Uint32Array): number {
  let sum = 0
  for (let turn = 0; turn < rows.length; turn += 1) sum += values[rows[turn] ?? 0] ?? 0
  return sum
}
