import type { Store } from '../core/ports.ts'
import type { Account } from './account.ts'

/** The accounts of a number of names that can be looked through; state that may be lost. */
export type Accounts = Store<Account> & {
  entries(): Iterable<readonly [name: string, account: Account]>
  readonly size: number
}

/** In memory. Of more than `most` names, the one that was added to longest ago goes. */
export function createAccounts(most: number): Accounts {
  const accounts = new Map<string, Account>()
  return {
    get: (name) => accounts.get(name),
    set(name, account) {
      accounts.delete(name)
      accounts.set(name, account)
      const oldest = accounts.keys().next().value
      if (accounts.size > most && oldest !== undefined) accounts.delete(oldest)
    },
    entries: () => accounts.entries(),
    get size() {
      return accounts.size
    },
  }
}
