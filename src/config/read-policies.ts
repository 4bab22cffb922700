import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { PlacedGuard } from '../core/guard.ts'
import type { GuardSettings } from '../core/guard-settings.ts'
import type { JsonValue } from '../core/json.ts'
import type { Policy, PolicyMatch } from '../core/policy.ts'
import type { PolicyConfig } from './policy-schema.ts'
import type { Say } from './problem.ts'
import { suggestion } from './problem.ts'

/** A policy as the operator wrote it, and where, for problems. */
export type WrittenPolicy = { readonly name: string; readonly path: string; readonly written: PolicyConfig }

export type PolicySources = {
  /** The presets. */
  readonly policies: ReadonlyMap<string, Policy>
  /** Names that mean something else where a policy may be named. */
  readonly isFlag: (name: string) => boolean
  readonly readRouting: (routing: JsonValue) => Directives
  readonly openGuard: (settings: GuardSettings) => PlacedGuard
  /** `routing` of the second said on top of the first's. */
  readonly overlay: (lower: Directives, higher: Directives) => Directives
}

const NAME = /^[a-z][a-z0-9_]*$/
const BASE = 'balanced'

/** The presets and the operator's policies by name, these first: the first that matches a request governs it. */
export function readPolicies(written: readonly WrittenPolicy[], sources: PolicySources, say: Say): Map<string, Policy> {
  const policies = new Map<string, Policy>()
  for (const { name, path, written: policy } of written) {
    if (!NAME.test(name)) {
      say(path, `"${name}" is no name for a policy`, 'Use small letters, digits and _: it is a flag, auto:NAME.')
      continue
    }
    if (policies.has(name)) say(path, `a second policy "${name}"`, 'Give each its own name.')
    else if (sources.policies.has(name) || sources.isFlag(name))
      say(path, `"${name}" is a ${sources.policies.has(name) ? 'preset' : 'flag'} already`, 'Use another name.')
    const base = sources.policies.get(policy.extends ?? BASE)
    if (base === undefined) {
      say(
        `${path}.extends`,
        `there is no preset "${policy.extends}"`,
        suggestion(policy.extends ?? '', sources.policies.keys()),
      )
      continue
    }
    const own = readRouting(policy.routing, `${path}.routing`, sources, say)
    policies.set(name, {
      name,
      description: policy.description,
      directives: sources.overlay(base.directives, own),
      fixedOrder: policy.fixed_order ?? base.fixedOrder,
      ...(policy.match === undefined ? {} : { match: policy.match as PolicyMatch }),
      ...(policy.shadow === undefined ? {} : { shadow: policy.shadow }),
      ...(policy.guards.length === 0 ? {} : { guards: policy.guards.map(sources.openGuard) }),
    })
  }
  for (const [name, preset] of sources.policies) if (!policies.has(name)) policies.set(name, preset)
  return policies
}

function readRouting(routing: PolicyConfig['routing'], path: string, sources: PolicySources, say: Say): Directives {
  if (routing === undefined) return {}
  try {
    return sources.readRouting(routing)
  } catch (cause) {
    const param = cause instanceof GatewayError ? (cause.param ?? '') : ''
    const at = param.startsWith('routing.') ? path + param.slice('routing'.length) : path
    const problem = cause instanceof Error ? cause.message : String(cause)
    say(at, problem.replace(/ All flags are .*$/, ''), 'policies/README.md lists the flags there are.')
    return {}
  }
}
