import type { Attempt, Decision } from '../core/decision.ts'
import type { GuardNote } from '../core/guard.ts'
import type { CostBasis } from '../core/rates.ts'
import type { FinishReason, Usage } from '../core/stream-part.ts'

/** The counts that are the gateway's own estimate, where the upstream did not say them. */
export type EstimatedKind = 'input' | 'output'

/** What an answer took, in tokens and in dollars. */
export type Spent = {
  readonly usage: Usage
  readonly estimated: readonly EstimatedKind[]
  /** `undefined` where the model's prices are not known. */
  readonly costUsd: number | undefined
  /** `undefined` where it rests on the rates of the way in which the call was served. */
  readonly costBasis?: CostBasis | undefined
}

/** Everything telemetry may know of one call. No prompt, no answer, no key. */
export type CallRecord = {
  readonly id: string
  readonly endpoint: string
  /** The `model` field as sent, cut short. */
  readonly asked: string
  readonly target: string | undefined
  readonly provider: string | undefined
  readonly status: number
  /** `complete`, or an error code. */
  readonly outcome: string
  readonly stream: boolean
  readonly key: string
  /** What metrics call the caller, where not by his name. */
  readonly keyLabel?: string | undefined
  readonly decision: Decision | undefined
  readonly attempts: readonly Attempt[]
  readonly elapsedMs: number
  readonly overheadMs: number
  readonly ttftMs: number | undefined
  readonly usage: Usage | undefined
  readonly estimated: readonly EstimatedKind[]
  readonly costUsd: number | undefined
  readonly costBasis?: CostBasis | undefined
  readonly finishReason: FinishReason | undefined
  /** For operators: what the error's message keeps from the client. */
  readonly detail: Readonly<Record<string, unknown>> | undefined
  /** What guards did; absent where there are none. */
  readonly guards?: readonly GuardNote[] | undefined
  /** Of a copy to a second target: the id of the call that it is a copy of. */
  readonly shadowOf?: string
  /** The answer is one of before: it took no tokens and cost nothing. */
  readonly cached?: 'exact' | 'semantic'
}
