import { CALL_PATHS } from '../core/call-paths.ts'
import type { JsonObject } from '../core/json.ts'
import { matchesPattern } from '../core/match-models.ts'
import type { Policy, PolicyMatch, SignalCondition } from '../core/policy.ts'
import type { WireFormatId } from '../core/request.ts'
import type { Snapshot } from '../core/snapshot.ts'

/** What the conditions of policies are about. */
export type MatchedCall = {
  readonly key: string
  /** `undefined` of a call that is not routed: no condition on paths holds for it. */
  readonly format: WireFormatId | undefined
  readonly model: string
  readonly metadata: JsonObject | undefined
  /** As a decision's `signals`; asked for when a policy has conditions on them. */
  readonly signals: () => Readonly<Record<string, unknown>>
}

/** The policy that governs when the caller names none: the first whose conditions hold, else the default. */
export function matchPolicy(call: MatchedCall, { policies, defaultPolicy }: Snapshot): string {
  for (const policy of policies.values()) if (isMatch(policy, call)) return policy.name
  return defaultPolicy
}

/** True when some policy has conditions: then every call must be looked at. */
export function hasMatchingPolicies({ policies }: Snapshot): boolean {
  for (const { match } of policies.values()) if (match !== undefined) return true
  return false
}

function isMatch({ match }: Policy, call: MatchedCall): boolean {
  if (match === undefined) return false
  return (
    holds(match.key, call.key) &&
    holds(match.path, call.format && CALL_PATHS[call.format]) &&
    holds(match.model, call.model) &&
    metadataHolds(match.metadata, call.metadata) &&
    signalsHold(match.signals, call)
  )
}

function holds(patterns: readonly string[] | undefined, value: string | undefined): boolean {
  if (patterns === undefined) return true
  return value !== undefined && patterns.some((pattern) => matchesPattern(value, pattern))
}

function metadataHolds(wanted: PolicyMatch['metadata'], metadata: JsonObject | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([name, patterns]) => {
    const value = metadata !== undefined && Object.hasOwn(metadata, name) ? metadata[name] : undefined
    return holds(patterns, value === undefined || typeof value === 'object' ? undefined : String(value))
  })
}

function signalsHold(wanted: PolicyMatch['signals'], { signals }: MatchedCall): boolean {
  if (wanted === undefined) return true
  const known = signals()
  return Object.entries(wanted).every(([name, condition]) => signalHolds(condition, known[name]))
}

/** A count is true when it is not 0; what nobody said lies in no range. */
function signalHolds(condition: SignalCondition, value: unknown): boolean {
  if (typeof condition === 'boolean') return condition === (typeof value === 'number' ? value > 0 : value === true)
  if (typeof condition === 'string') return value === condition
  if (typeof value !== 'number') return false
  return value >= (condition.min ?? Number.NEGATIVE_INFINITY) && value <= (condition.max ?? Number.POSITIVE_INFINITY)
}
