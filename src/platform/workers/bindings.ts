import type { Claim, Cost, LimitsLeft, Refused, Used } from '../../core/counters.ts'

/** What a Worker may be given: see deploy/workers/wrangler.jsonc. Secrets stand beside these, under names of the operator’s. */
export type WorkerBindings = {
  /** thalamus.yaml, as text or as JSON. */
  readonly THALAMUS_CONFIG?: unknown
  /** Holds thalamus.yaml under that name, where the variable is not set, and kept answers. */
  readonly THALAMUS_KV?: KeyValues | undefined
  /** What keys use of their limits, an object a key. */
  readonly THALAMUS_COUNTERS?: CounterNamespace | undefined
}

/** What is used of a KV namespace: https://developers.cloudflare.com/kv/api/. */
export type KeyValues = {
  get(key: string, type: 'text'): Promise<string | null>
  get(key: string, type: 'arrayBuffer'): Promise<ArrayBuffer | null>
  put(key: string, value: Uint8Array, options: { readonly expirationTtl: number }): Promise<void>
}

export type CounterNamespace = { getByName(name: string): CounterStub }

/** One key's counters, wherever they are. */
export type CounterStub = {
  take(claim: SentClaim): Promise<SentTaken>
  more(call: string, cost: Cost): Promise<number>
  settle(call: string, used: SentUsed): Promise<void>
}

/** A claim on its way to where it is counted: the object counts for one key and need not be told which. */
export type SentClaim = Omit<Claim, 'key'>

export type SentTaken = { readonly type: 'granted'; readonly nanoUsd: number; readonly left: LimitsLeft } | Refused

export type SentUsed = Used
