import { GatewayError } from './core/errors.ts'
import type { PlacedGuard } from './core/guard.ts'
import { isLoopback } from './core/is-loopback.ts'
import type { JsonObject, JsonValue } from './core/json.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import type { Facts, Target } from './core/target.ts'
import { matchPolicy } from './directives/match-policy.ts'
import { readDirectives } from './directives/read-directives.ts'
import { guardsOfPolicies, hasPolicyGuards } from './guards-of.ts'
import type { Estimate } from './route/estimate.ts'
import { failuresOf } from './route/filter.ts'
import type { Limit } from './route/limits.ts'
import { limitsOf } from './route/limits.ts'
import { noFeasibleModel } from './route/no-feasible-model.ts'

type Doors = {
  readonly principal: Principal
  readonly routeHeader: string | undefined
  /** The model as the body names it, where it does. */
  readonly model?: string | undefined
  /** The client's own labels. */
  readonly metadata?: JsonObject | undefined
  /** The body's `routing` member. */
  readonly routing?: JsonValue | undefined
}

/**
 * The hard limits of the policy, the key, the header and the body on a call that is not routed. Each of them must be
 * known to hold: an unknown fact fails, and so does an estimate that nobody made.
 */
export function limitsOnUnrouted(doors: Doors, snapshot: Snapshot, now: number): readonly Limit[] {
  const { directives } = readDoors(doors, snapshot)
  return limitsOf(directives, { today: new Date(now).toISOString().slice(0, 10), isLossless: () => true })
}

/** The guards of the policies that govern such a call, or that it names. */
export function guardsOnUnrouted(doors: Doors, snapshot: Snapshot): readonly PlacedGuard[] {
  return hasPolicyGuards(snapshot) ? guardsOfPolicies(readDoors(doors, snapshot).named) : []
}

function readDoors({ principal, routeHeader, routing, model = '', metadata }: Doors, snapshot: Snapshot) {
  const call = { key: principal.name, format: undefined, model, metadata, signals: () => ({}) }
  const governing = matchPolicy(call, snapshot)
  return readDirectives({ model: 'auto', header: routeHeader, body: routing, principal, snapshot, governing })
}

/** Throws `no_feasible_model` unless every one of the targets passes every limit. */
export function requireAdmitted(
  limits: readonly Limit[],
  targets: readonly Target[],
  estimateOf: (target: Target) => Estimate | undefined = () => undefined,
): void {
  if (limits.length === 0) return
  const rejected = targets.flatMap((target) => {
    const failures = failuresOf(limits, target, estimateOf(target))
    return failures === undefined ? [] : [{ target, failures }]
  })
  if (rejected.length > 0) throw noFeasibleModel(rejected)
}

/** What a name stands for when nothing of the model is known but its provider. */
export function unlistedTarget(provider: string, model: string, snapshot: Snapshot): Target {
  const listed = snapshot.targets.get(`${provider}/${model}`)
  if (listed !== undefined) return listed
  const configured = snapshot.providers.get(provider)
  if (configured === undefined) throw new GatewayError('internal_error', `No provider ${provider}.`)
  return {
    id: `${provider}/${model}`,
    provider,
    model,
    format: configured.provider.format,
    baseUrl: configured.baseUrl,
    catalogId: undefined,
    facts: { ...snapshot.embeddings?.get(`${provider}/${model}`), ...placeOf(configured.baseUrl) },
    providerConcurrency: configured.maxConcurrent,
  }
}

/** A server on this machine is local whichever model it is asked for. */
function placeOf(baseUrl: string): Facts {
  return isLoopback(new URL(baseUrl).hostname) ? { local: true } : {}
}

/**
 * The same where nobody sees which model is asked: the provider as a whole must pass. `models: [openai/*]` lets it; a fact
 * does not, nor a list that excludes some of its models.
 */
export function requireAllAdmitted(limits: readonly Limit[], provider: string, snapshot: Snapshot): void {
  const targets = [...listedAt(provider, snapshot), unlistedTarget(provider, '*', snapshot)]
  requireAdmitted(
    limits.map((limit) => (hasExceptions(limit, provider) ? { ...limit, admits: () => false } : limit)),
    targets,
  )
}

/** The configured models of a provider. */
export function listedAt(provider: string, snapshot: Snapshot): readonly Target[] {
  return [...snapshot.targets.values()].filter((target) => target.provider === provider)
}

function hasExceptions({ name, required }: Limit, provider: string): boolean {
  if (name !== 'models' || typeof required !== 'object') return false
  return required.some((pattern) => pattern.startsWith('!') && mayConcern(pattern.slice(1), provider))
}

function mayConcern(pattern: string, provider: string): boolean {
  const slash = pattern.indexOf('/')
  const head = slash < 0 ? pattern : pattern.slice(0, slash)
  return head.includes('*') || head.toLowerCase() === provider.toLowerCase()
}
