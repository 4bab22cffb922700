import type { Sampled } from './load.ts'

/** Microseconds of one run of one way. */
export type Quantiles = Readonly<Record<keyof Sampled, { readonly p50: number; readonly p99: number }>>

/** One way through the gateway in one round, and the direct way to the same upstream in the same round. */
export type Pair = { readonly direct: Quantiles; readonly way: Quantiles }

export type Added = {
  /** Microseconds, medians over the rounds of the difference of two runs of one round. */
  readonly p50: number
  readonly p99: number
  /** Smallest and largest difference of medians in a round. */
  readonly p50_range: readonly [number, number]
  /** Median over the rounds of the ratio of medians. */
  readonly ratio: number
}

export const MEASURES = ['firstByte', 'firstWord', 'laterWords'] as const

export function quantilesOf(sampled: Sampled): Quantiles {
  const of = (values: readonly number[]) => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99) })
  return {
    firstByte: of(sampled.firstByte),
    firstWord: of(sampled.firstWord),
    laterWords: of(sampled.laterWords),
  }
}

/** What a way adds to the direct one, round by round. */
export function addedBy(pairs: readonly Pair[], of: keyof Sampled): Added {
  const differences = (at: 'p50' | 'p99') => pairs.map(({ direct, way }) => way[of][at] - direct[of][at])
  const medians = differences('p50')
  return {
    p50: Math.round(quantile(medians, 0.5)),
    p99: Math.round(quantile(differences('p99'), 0.5)),
    p50_range: [Math.min(...medians), Math.max(...medians)],
    ratio:
      Math.round(
        100 *
          quantile(
            pairs.map(({ direct, way }) => way[of].p50 / direct[of].p50),
            0.5,
          ),
      ) / 100,
  }
}

/** A row a way: milliseconds added at the median and the 99th percentile, the range of the medians, the ratio. */
export function table(rows: readonly { readonly name: string; readonly added: Record<string, Added> }[]): string {
  const head = '| | first byte, ms | first word, ms | ratio | each later word, ms | ratio |\n|---|---|---|---|---|---|'
  const cell = (added: Added | undefined) =>
    added === undefined
      ? '-'
      : `${ms(added.p50)} (${ms(added.p50_range[0])} to ${ms(added.p50_range[1])}), p99 ${ms(added.p99)}`
  const lines = rows.map(({ name, added: { firstByte, firstWord, laterWords } }) =>
    [name, cell(firstByte), cell(firstWord), firstWord?.ratio, cell(laterWords), laterWords?.ratio].join(' | '),
  )
  return [head, ...lines.map((line) => `| ${line} |`)].join('\n')
}

function ms(microseconds: number): string {
  return (microseconds / 1_000).toFixed(2)
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
}
