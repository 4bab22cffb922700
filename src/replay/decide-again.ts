import type { Decision } from '../core/decision.ts'
import type { Directives, SaidDirectives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { Policy } from '../core/policy.ts'
import type { DecisionRecord } from '../decision-log/record.ts'
import { mergeDirectives } from '../directives/merge.ts'
import { govern } from '../directives/read-directives.ts'
import { route } from '../route/route.ts'
import type { LoggedRequest } from './logged-request.ts'

/** What would have been said in place of what was said. */
export type Change = {
  /** Governs in place of the default policy, and of a preset of its own name that a caller named. */
  readonly policy?: Policy | undefined
  /** Also where a caller named another preset himself. */
  readonly overridesCallers?: boolean
  /** Said on top of everything, as a body's `routing` would. */
  readonly flags?: Directives | undefined
}

export type Again =
  | { readonly type: 'decided'; readonly decision: Decision; readonly asksLossless: boolean }
  | { readonly type: 'infeasible'; readonly limits: readonly string[]; readonly asksLossless: boolean }

/**
 * A logged decision under another policy or with more flags, from what it rested on. `policies`: those that can be named.
 * What the policy itself chooses, without the pool's weights and canaries: estimates of reward need a choice without chance.
 */
export async function decideUnder(
  change: Change,
  record: DecisionRecord,
  request: LoggedRequest,
  policies: ReadonlyMap<string, Policy>,
): Promise<Again> {
  const { directives, policy } = govern(doorsOf(record, change), policiesFor(change, record, policies))
  const { spread: _spread, exploration: _exploration, ...unspread } = request
  const again = await decide(unspread, directives, policy)
  return change.overridesCallers === true ? again : inListedOrder(again, record.decision.plan)
}

/** The first of the caller's own list that still passes: a policy does not choose among models that he put in order. */
function inListedOrder(again: Again, plan: readonly string[] | undefined): Again {
  if (again.type !== 'decided' || plan === undefined) return again
  const passing = new Set(again.decision.candidates.map(({ model }) => model))
  const first = plan.find((model) => passing.has(model))
  return first === undefined ? again : { ...again, decision: { ...again.decision, model: first } }
}

/** A logged decision under the policy and directives of its own record, and without the models that rested then. */
export async function decideAsLogged(record: DecisionRecord, request: LoggedRequest): Promise<Again> {
  const directives = mergeDirectives(record.said)
  const again = await decide({ ...request, isExplained: directives.explain === true }, directives, loggedPolicy(record))
  const resting = record.decision.dropped.filter(({ constraint }) => constraint === 'health')
  if (again.type !== 'decided' || resting.length === 0) return again
  const dropped = [...again.decision.dropped, ...resting]
  return { ...again, decision: { ...again.decision, dropped } }
}

function doorsOf({ said }: DecisionRecord, { flags, policy, overridesCallers }: Change): SaidDirectives[] {
  const doors = said.filter(({ door }) => door !== 'policy')
  const kept = policy === undefined || overridesCallers !== true ? doors : doors.map(withoutPreset)
  return flags === undefined ? kept : [...kept, { door: 'body', directives: flags }]
}

function withoutPreset({ door, directives: { preset: _, ...directives } }: SaidDirectives): SaidDirectives {
  return { door, directives }
}

type Policies = Parameters<typeof govern>[1]

function policiesFor(
  { policy, flags }: Change,
  record: DecisionRecord,
  policies: ReadonlyMap<string, Policy>,
): Policies {
  const logged = loggedPolicy(record)
  const all = new Map(policies)
  // The policy as it was, whatever its file says today; and one that is gone since was a part of what governed.
  for (const { directives } of record.said) {
    if (directives.preset !== undefined && !all.has(directives.preset)) all.set(directives.preset, logged)
  }
  if (record.policy !== flags?.preset) all.set(record.policy, logged)
  if (policy !== undefined) return { policies: all.set(policy.name, policy), defaultPolicy: policy.name }
  return { policies: all, defaultPolicy: all.has(record.default_policy) ? record.default_policy : record.policy }
}

function loggedPolicy({ policy: name, fixed_order: fixedOrder, said }: DecisionRecord): Policy {
  return { name, description: '', fixedOrder, directives: said.find(({ door }) => door === 'policy')?.directives ?? {} }
}

async function decide(request: LoggedRequest, directives: Directives, policy: Policy): Promise<Again> {
  const asksLossless = directives.require?.lossless === true
  try {
    const { decision } = await route({ ...request, directives, policy })
    return { type: 'decided', decision, asksLossless }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code !== 'no_feasible_model') throw thrown
    return { type: 'infeasible', limits: limitsIn(thrown.data), asksLossless }
  }
}

/** Names of the limits that models failed, each once. */
function limitsIn(data: GatewayError['data']): string[] {
  const models = (data?.['models'] ?? []) as readonly { readonly failures: readonly { readonly limit: string }[] }[]
  return [...new Set(models.flatMap(({ failures }) => failures.map(({ limit }) => limit)))]
}
