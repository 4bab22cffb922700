/** What one caller may use; a member that is left out does not bound it. */
export type KeyLimits = {
  readonly requestsPerMinute?: number | undefined
  /** Of prompts and answers. */
  readonly tokensPerMinute?: number | undefined
  /** Calls under way at once. */
  readonly concurrent?: number | undefined
  readonly budget?: Budget | undefined
}

/** Money is kept in whole nano-dollars, 10⁻⁹ USD: a token of the cheapest model costs several. */
export type Budget = { readonly nanoUsd: number; readonly per: Period }

/** By the calendar of UTC. */
export type Period = 'day' | 'month'

/** What one call is about to use of its key's limits. */
export type Claim = {
  /** The key's name. */
  readonly key: string
  /** Unique to the call. */
  readonly call: string
  readonly limits: KeyLimits
  readonly tokens: number
  /** In nano-dollars: what it may cost at most, and the least with which it can be served. */
  readonly cost: Cost
  /** The call is over by then: what it holds of `concurrent` ends, whatever became of its gateway. */
  readonly leaseMs: number
}

export type Cost = { readonly full: number; readonly least: number }

export type LimitName = 'requests' | 'tokens' | 'concurrent' | 'budget'

export type Taken = Granted | Refused

/** All of the claim is taken; of the cost, `full` or `least`. */
export type Granted = { readonly type: 'granted'; readonly hold: Hold; readonly left: LimitsLeft }

/** Nothing of it is. */
export type Refused = {
  readonly type: 'refused'
  readonly by: LimitName
  /** Until the claim fits, were nothing else taken; `undefined` where calls under way decide that. */
  readonly retryAfterMs: number | undefined
  /** Calls under way hold some of it, and may give it back. */
  readonly isHeld: boolean
}

/** What is left in this minute, after the claim; `undefined` where it is not bounded. */
export type LimitsLeft = { readonly requests: number | undefined; readonly tokens: number | undefined }

export type Hold = {
  /** Nano-dollars that were set aside. */
  readonly nanoUsd: number
  /** Sets aside more of the budget, all of it or else the least: nano-dollars, 0 where neither is left. Never rejects. */
  more(cost: Cost): number | Promise<number>
  /** Puts what was used in the place of what was claimed, and ends the call. Once; a second word does nothing. Never throws. */
  settle(used: Used): void
}

/** `tokens` is `undefined` where nobody counted: the claim stands. */
export type Used = { readonly tokens: number | undefined; readonly nanoUsd: number }

/** Counts what keys use: all of a claim is taken or none of it, also while others take. */
export type Counters = {
  /** At once where the counters are this process's own. Rejects with `store_unavailable`. */
  take(claim: Claim): Taken | Promise<Taken>
  /** How often to look again for what other gateways gave back, in milliseconds; `undefined` where there are no others. */
  readonly pollMs: number | undefined
  /** `undefined` where there is no store that could fail. */
  health(): StoreHealth | undefined
  /** To be told of what becomes of calls to the store, if there is one. */
  watch?(observer: StoreObserver): void
  close(): Promise<void>
}

export type StoreObserver = {
  answered(milliseconds: number): void
  failed(): void
  changed(isUp: boolean): void
}

export type StoreHealth = {
  readonly isUp: boolean
  readonly problem: string | undefined
  /** Callers with limits are refused while it is down. */
  readonly isNeeded: boolean
}
