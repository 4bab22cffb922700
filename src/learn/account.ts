/** What was seen of one model: how many outcomes, and how far above expectation, cluster by cluster. */
export type Account = {
  /** Milliseconds since 1970, to which both are faded. */
  at: number
  /** Outcomes. */
  readonly weights: Float64Array
  /** Rewards less what was expected of them, each times its outcome's weight. */
  readonly surprises: Float64Array
  /** When the last outcome on prompts of a cluster came: milliseconds since 1970, 0 for never. */
  readonly touched: Float64Array
}

/** What an account says of one kind of prompt. */
export type Sum = { readonly weight: number; readonly surprise: number }

export const DAY_MS = 86_400_000
/**
 * A model that was found bad and is no longer asked cannot show that it is well again: two days after its last outcome
 * distrust begins to fade, by half in a week.
 */
export const DISTRUST_HALF_LIFE_MS = 7 * DAY_MS
export const DISTRUST_LASTS_MS = 2 * DAY_MS
const LEAST_SHARE = 0.3

export function openAccount(clusters: number, at: number): Account {
  const empty = (): Float64Array => new Float64Array(clusters)
  return { at, weights: empty(), surprises: empty(), touched: empty() }
}

/** What is left at `now` of something that counted one at `since`. */
export function keptSince(since: number, now: number, perDay: number): number {
  return perDay ** (Math.max(0, now - since) / DAY_MS)
}

/** Adds to an account that is faded to `now` first. */
export function addTo(account: Account, direction: Float32Array, sum: Sum, now: number, perDay: number): void {
  const { weights, surprises, touched } = account
  for (let k = 0; k < weights.length; k += 1) {
    const share = direction[k] ?? 0
    const kept = keptOf(account, k, now, perDay)
    weights[k] = kept * (weights[k] ?? 0) + share * sum.weight
    surprises[k] = kept * (surprises[k] ?? 0) + share * sum.surprise
    if (share >= LEAST_SHARE) touched[k] = Math.max(touched[k] ?? 0, now)
  }
  account.at = Math.max(account.at, now)
}

/** The outcomes on prompts of a kind: each counts by its prompt's likeness. */
export function sumFor(account: Account, direction: Float32Array, now: number, perDay: number): Sum {
  const { weights, surprises } = account
  let weight = 0
  let surprise = 0
  for (let k = 0; k < weights.length; k += 1) {
    const share = direction[k] ?? 0
    if (share < TRACE || weights[k] === 0) continue
    const kept = keptOf(account, k, now, perDay) * share
    weight += kept * (weights[k] ?? 0)
    surprise += kept * (surprises[k] ?? 0)
  }
  return { weight, surprise }
}

// Of eighty clusters a prompt has a little of each; what that adds cannot be seen.
const TRACE = 0.001

/** What is left of a cluster's sums since the account was last faded. */
export function keptOf({ at, surprises, touched }: Account, cluster: number, now: number, perDay: number): number {
  const kept = keptSince(at, now, perDay)
  if ((surprises[cluster] ?? 0) >= 0) return kept
  const since = Math.max(at, (touched[cluster] ?? 0) + DISTRUST_LASTS_MS)
  return kept * 0.5 ** (Math.max(0, now - since) / DISTRUST_HALF_LIFE_MS)
}
