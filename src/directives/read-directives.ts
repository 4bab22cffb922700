import type { Directives, ModelChoice, SaidDirectives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { nearest } from '../core/nearest.ts'
import type { Policy } from '../core/policy.ts'
import type { SaidInBody } from '../core/said-in-body.ts'
import type { Principal, Snapshot } from '../core/snapshot.ts'
import { fromBody } from './from-body.ts'
import { fromHeader } from './from-header.ts'
import { hardPart, mergeDirectives, overlay, relaxingNone } from './merge.ts'
import { resolveName } from './resolve-name.ts'

export type DirectivesInput = {
  readonly model: string
  /** The `x-route` header. */
  readonly header: string | undefined
  /** The `routing` member of a body from which it was not taken. */
  readonly body?: JsonValue | undefined
  /** What was taken from a body. */
  readonly said?: SaidInBody | undefined
  readonly principal: Principal
  readonly snapshot: Snapshot
  /** The policy that governs when no door names one; the snapshot's default when left out. */
  readonly governing?: string
}

export type ReadDirectives = {
  readonly choice: ModelChoice
  /** What each door said, lowest first; the policy's own part is the first. */
  readonly said: readonly SaidDirectives[]
  /** All doors and the policy together. */
  readonly directives: Directives
  readonly policy: Policy
  /** That one, the one that would govern if no door named another, and all that a door named: each once. */
  readonly named: readonly Policy[]
  /** `floor` or `nitro` behind the name of one provider's model, among whose providers there is no choice here. */
  readonly suffix?: string | undefined
}

/** Everything that is asked of routing, from every door, and the policy that governs it. */
export function readDirectives(input: DirectivesInput): ReadDirectives {
  const { model, header, body, said, principal, snapshot, governing = snapshot.defaultPolicy } = input
  const names = new Set(snapshot.policies.keys())
  const { choice, directives: named, suffix } = resolveName(model, snapshot)
  const doors = ofPool(choice, snapshot)
  if (!isEmpty(principal.routing)) doors.push({ door: 'key', directives: principal.routing })
  if (said !== undefined && !isEmpty(said.prompt)) doors.push({ door: 'prompt', directives: said.prompt })
  if (!isEmpty(named)) doors.push({ door: 'model', directives: named })
  if (header !== undefined && header.trim() !== '')
    doors.push({ door: 'header', directives: fromHeader(header, names) })
  if (body !== undefined && body !== null) doors.push({ door: 'body', directives: fromBody(body) })
  if (said !== undefined && !isEmpty(said.body)) doors.push({ door: 'body', directives: said.body })
  return { choice, suffix, ...govern(doors, { policies: snapshot.policies, defaultPolicy: governing }) }
}

/** What the doors say, lowest first, under the policy that governs: the last preset that one names, else the default. */
export function govern(doors: readonly SaidDirectives[], policies: Policies): Governed {
  const { defaultPolicy } = policies
  const presets = [defaultPolicy, ...doors.flatMap(({ directives }) => directives.preset ?? [])]
  const named = presets.map((name) => findPolicy(name, policies))
  const policy = named.at(-1) ?? findPolicy(defaultPolicy, policies)
  const ofPolicy = policyPart(policy, named)
  const presetDoor = doors.findLast(({ directives }) => directives.preset !== undefined)?.door
  const said: SaidDirectives[] = [
    { door: 'policy', directives: presetDoor === 'prompt' ? withoutRelax(ofPolicy) : ofPolicy },
    ...doors,
  ]
  return { said, directives: mergeDirectives(said), policy, named: [...new Set(named)] }
}

/** A preset that a prompt chose gives up nobody's limits. */
function withoutRelax({ relax: _, ...directives }: Directives): Directives {
  return directives
}

export type Governed = Omit<ReadDirectives, 'choice' | 'suffix'>
type Policies = Pick<Snapshot, 'policies' | 'defaultPolicy'>

/**
 * The governing policy, and the hard limits of every other one that a door named: a preset cannot undo a limit, nor give
 * it up.
 */
function policyPart(policy: Policy, named: readonly Policy[]): Directives {
  const others = named.filter((other) => other !== policy).map(({ directives }) => hardPart(directives))
  return others.reduce(overlay, relaxingNone(policy.directives, others))
}

/** A pool's own preset governs where no door names one; its limits hold where one does. */
function ofPool(choice: ModelChoice, { pools }: Snapshot): SaidDirectives[] {
  const preset = choice.type === 'auto' && choice.pool !== undefined ? pools.get(choice.pool)?.preset : undefined
  return preset === undefined ? [] : [{ door: 'pool', directives: { preset } }]
}

function findPolicy(name: string, { policies }: Policies): Policy {
  const policy = policies.get(name)
  if (policy !== undefined) return policy
  const near = nearest(name, policies.keys(), 1)[0]
  throw new GatewayError(
    'unknown_flag',
    `There is no preset "${name.slice(0, 60)}".${near === undefined ? '' : ` Did you mean "${near}"?`} Presets: ${[...policies.keys()].join(', ')}.`,
    { param: 'routing.preset' },
  )
}

function isEmpty(directives: Directives): boolean {
  return Object.keys(directives).length === 0
}
