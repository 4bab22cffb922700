import policyData from '../../policies/presets.generated.json' with { type: 'json' }
import type { Policy } from '../core/policy.ts'

/** The presets of policies/presets by name. `scripts/gen-policies.ts` has checked each against this type. */
export const builtInPolicies: ReadonlyMap<string, Policy> = new Map(
  (policyData as unknown as readonly Policy[]).map((policy) => [policy.name, policy]),
)
