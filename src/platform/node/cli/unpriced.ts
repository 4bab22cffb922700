import type { Snapshot } from '../../../core/snapshot.ts'
import type { Facts } from '../../../core/target.ts'

/** Models whose price is not known, where a key or a token has a budget: it pays nothing for them. */
export function unpricedUnderBudget({ targets, keys, jwt }: Snapshot): string[] {
  const grants = [...keys, ...(jwt?.rules ?? []).map(({ grant }) => grant)]
  if (grants.every(({ limits }) => limits?.budget === undefined)) return []
  return [...targets.values()].filter(({ facts }) => isUnpriced(facts)).map(({ id }) => id)
}

function isUnpriced({ price_in: input, price_out: output }: Facts): boolean {
  return input === undefined || output === undefined
}
