import type { Account, Sum } from './account.ts'
import { addTo, keptOf, openAccount } from './account.ts'
import type { Accounts } from './accounts.ts'
import { createAccounts } from './accounts.ts'
import type { PromptKind } from './prompt-kind.ts'

/** Points of quality, 0..1, by which the outcomes of one key may move the prediction of a model on one kind of prompt. */
export const MOST_BY_KEY = 0.05
/** Pairs of a key and a model of which the part is known; of more, the one that was added to longest ago is forgotten. */
const MOST_PARTS = 2_000

export type KeyBound = {
  /** Adds to an account what the key's bound leaves of an outcome. */
  add(account: Account, from: From, kind: PromptKind, sum: Sum, now: number): void
}

/** Whose outcome, of which account. */
export type From = { readonly key: string; readonly account: string }
type Bounds = { readonly priorCount: number; readonly forgettingPerDay: number }

/**
 * Where several keys share a gateway none of them may turn a model's prediction for the others alone. What each has added is
 * kept beside the sums: its surprises stay within `MOST_BY_KEY` of the prior, and it counts for no more outcomes than
 * the prior does. Beyond that its newer outcomes take the place of its older ones.
 */
export function createKeyBound(bounds: () => Bounds): KeyBound {
  const parts: Accounts = createAccounts(MOST_PARTS)
  return {
    add(account, { key, account: name }, { clusters, direction }, sum, now) {
      const { priorCount, forgettingPerDay } = bounds()
      const place = `${clusters}\n${name}\n${key}`
      const part = parts.get(place) ?? openAccount(direction.length, now)
      // What is left of it before this outcome.
      const weights = part.weights.map((weight, k) => weight * keptOf(part, k, now, forgettingPerDay))
      const surprises = part.surprises.map((surprise, k) => surprise * keptOf(part, k, now, forgettingPerDay))
      addTo(part, direction, sum, now, forgettingPerDay)
      const most = MOST_BY_KEY * priorCount
      const weightsAdded = new Float64Array(direction.length)
      const surprisesAdded = new Float64Array(direction.length)
      for (let k = 0; k < direction.length; k += 1) {
        const weight = part.weights[k] ?? 0
        const room = weight > priorCount ? priorCount / weight : 1
        part.weights[k] = weight * room
        part.surprises[k] = Math.min(most, Math.max(-most, (part.surprises[k] ?? 0) * room))
        weightsAdded[k] = (part.weights[k] ?? 0) - (weights[k] ?? 0)
        surprisesAdded[k] = (part.surprises[k] ?? 0) - (surprises[k] ?? 0)
      }
      parts.set(place, part)
      addTo(account, direction, { weight: 0, surprise: 0 }, now, forgettingPerDay)
      for (let k = 0; k < direction.length; k += 1) {
        account.weights[k] = Math.max(0, (account.weights[k] ?? 0) + (weightsAdded[k] ?? 0))
        account.surprises[k] = (account.surprises[k] ?? 0) + (surprisesAdded[k] ?? 0)
      }
    },
  }
}
