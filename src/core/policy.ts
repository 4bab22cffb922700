import type { Directives } from './directives.ts'
import type { PlacedGuard } from './guard.ts'

/** How candidates are ordered when no router spoke in time. */
export type FixedOrder = 'listed' | 'cheapest' | 'fastest' | 'smallest' | 'newest'

/** A named choice of defaults: a preset (`policies/presets/NAME/policy.yaml`), or the operator's own. */
export type Policy = {
  readonly name: string
  readonly description: string
  readonly directives: Directives
  readonly fixedOrder: FixedOrder
  /** Requests that it governs unasked; absent: those that name it. */
  readonly match?: PolicyMatch
  readonly shadow?: Shadow
  /** Of the calls that it governs, and of those that it would govern if they named no other; beside those of every call. */
  readonly guards?: readonly PlacedGuard[]
}

/**
 * Conditions of a request, of which all must hold; those that are left out hold. A list of patterns holds when one of
 * them does; `*` stands for anything.
 */
export type PolicyMatch = {
  /** Of the caller's key by its name; `local` where no keys are configured. */
  readonly key?: readonly string[]
  /** Of the path: `/v1/messages`. */
  readonly path?: readonly string[]
  /** Of the model as the client wrote it. */
  readonly model?: readonly string[]
  /** Of the client's own labels, by name. */
  readonly metadata?: Readonly<Record<string, readonly string[]>>
  /** Of facts about the request, by the names of a decision's `signals`. */
  readonly signals?: Readonly<Record<string, SignalCondition>>
}

export type SignalCondition = boolean | string | { readonly min?: number; readonly max?: number }

/** A second target that gets a copy of some requests. Its answers reach nobody; they are logged and paid for. */
export type Shadow = {
  /** `provider/model`. */
  readonly model: string
  /** Of the requests that the policy governs, 0..1. */
  readonly share: number
}
