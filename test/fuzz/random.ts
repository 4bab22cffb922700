import { generator } from '../../bench/route/pool.ts'

export type Random = {
  /** In [0, 1). */
  next(): number
  /** A whole number from 0 up to `count`, without it; 0 for 0. */
  below(count: number): number
  pick<Item>(items: readonly Item[]): Item
}

/** The same numbers for the same seed. */
export function randomOf(seed: number): Random {
  const next = generator(Math.imul(seed, 2_654_435_761))
  const below = (count: number) => Math.floor(next() * count)
  return { next, below, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}
