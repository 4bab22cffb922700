import type { Directives } from '../core/directives.ts'
import type { PlacedGuard } from '../core/guard.ts'
import type { GuardSettings } from '../core/guard-settings.ts'
import { isLoopback } from '../core/is-loopback.ts'
import type { JsonValue } from '../core/json.ts'
import { matchesModels } from '../core/match-models.ts'
import type { Policy } from '../core/policy.ts'
import type { Secrets } from '../core/ports.ts'
import type { Provider } from '../core/provider.ts'
import type { Pool, RouterSettings, Snapshot } from '../core/snapshot.ts'
import type { Target } from '../core/target.ts'
import type { Config } from './config-schema.ts'
import { embeddingModels } from './embedding-models.ts'
import type { Problem, Say } from './problem.ts'
import { suggestion } from './problem.ts'
import { readCache } from './read-cache.ts'
import { readDispatch } from './read-dispatch.ts'
import { readJwt } from './read-jwt.ts'
import { readKeys } from './read-keys.ts'
import type { WrittenPolicy } from './read-policies.ts'
import { readPolicies } from './read-policies.ts'
import { readProviders } from './read-providers.ts'
import { readRemote } from './read-remote.ts'
import { readTargets } from './read-targets.ts'
import { readServerTls } from './read-tls.ts'

export type SnapshotSources = {
  readonly providers: ReadonlyMap<string, Provider>
  readonly policies: ReadonlyMap<string, Policy>
  readonly routers: Iterable<string>
  readonly secrets: Secrets
  /** Reads a key's `routing`; throws an error whose message says what is wrong. */
  readonly readRouting: (routing: JsonValue) => Directives
  readonly openGuard: (settings: GuardSettings) => PlacedGuard
  /** See `PolicySources`. */
  readonly isFlag: (name: string) => boolean
  readonly overlay: (lower: Directives, higher: Directives) => Directives
  /** Policies from files, beside those of the configuration. */
  readonly policyFiles?: readonly WrittenPolicy[]
  /** Whether gateways share a store; what the configuration says when left out. */
  readonly hasStore?: boolean
}

/** A configuration as what requests work on; every problem at once, or none and a snapshot. */
export async function buildSnapshot(
  config: Config,
  given: SnapshotSources,
): Promise<{ readonly snapshot: Snapshot } | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const say: Say = (path, problem, remedy) => void problems.push({ path, problem, remedy })

  const policies = readPolicies([...writtenPolicies(config), ...(given.policyFiles ?? [])], given, say)
  const sources = { ...given, policies }
  const keys = await readKeys(config, sources, say)
  const jwt = readJwt(config, keys, sources, say)
  checkHost(config, say)
  const providers = readProviders(config, sources, say)
  const targets = readTargets(config, providers, say)
  const hasAllModels = problems.every(({ path }) => !path.startsWith('providers.') && !path.startsWith('models['))
  const pools = readPools(config, targets, sources, say, hasAllModels)
  const embeddings = embeddingModels(providers.values())
  if (hasAllModels) checkAliases(config, new Set([...targets.keys(), ...embeddings.keys()]), pools, say)
  checkPolicy(config, sources, say)
  if (hasAllModels) checkShadows(policies, targets, say)
  const router = readRouter(config, sources, say)
  const cache = readCache(config, say, given.hasStore)
  if (targets.size === 0 && hasAllModels) {
    const remedy = 'List models as PROVIDER/MODEL, or name a provider of which the catalogue knows models.'
    say('models', 'there is no model to choose from', remedy)
  }
  const tls = readServerTls(config.server, sources.secrets, say)
  if (problems.length > 0) return { problems }

  const { timeouts, server, sessions } = config
  return {
    snapshot: {
      targets,
      providers,
      embeddings,
      pools,
      aliases: new Map(Object.entries(config.aliases)),
      keys,
      jwt,
      policies,
      defaultPolicy: config.policy,
      router,
      learning: {
        isEnabled: config.learning.enabled,
        learnsFromSignals: config.learning.signals,
        priorCount: config.learning.prior_count,
        forgettingPerDay: config.learning.forgetting_per_day,
        explore: config.learning.explore,
      },
      ...(tls === undefined ? {} : { tls }),
      ...(config.guards.length === 0 ? {} : { guards: config.guards.map(given.openGuard) }),
      maxBodyBytes: server.max_body_bytes,
      maxAttempts: server.max_attempts,
      timeouts: {
        headersMs: timeouts.headers_ms,
        firstPartMs: timeouts.first_part_ms,
        idleMs: timeouts.idle_ms,
        totalMs: timeouts.total_ms,
      },
      dispatch: readDispatch(config),
      sessions: {
        isEnabled: sessions.enabled,
        idleMs: sessions.idle_s * 1_000,
        drift: sessions.drift,
        switchMargin: sessions.switch_margin,
      },
      ...cache,
    },
  }
}

function checkHost({ server }: Config, say: Say): void {
  if (server.keys.length > 0 || server.jwt !== undefined || isLoopback(server.host)) return
  const problem = `${server.host} is a public address and no keys are configured`
  say('server.host', problem, 'Add server.keys, or listen on 127.0.0.1.')
}

function readPools(
  config: Config,
  targets: ReadonlyMap<string, Target>,
  sources: SnapshotSources,
  say: Say,
  hasAllModels: boolean,
): Map<string, Pool> {
  const pools = new Map<string, Pool>()
  for (const [name, { models, preset, weights, canary }] of Object.entries(config.pools)) {
    const path = `pools.${name}`
    const members = [...targets.values()].filter((target) => matchesModels(target.id, models))
    // A model that is missing for another reason would only be reported twice.
    if (members.length === 0 && hasAllModels)
      say(`${path}.models`, 'no configured model matches', `The models are ${someOf(targets.keys())}.`)
    if (preset !== undefined && !sources.policies.has(preset))
      say(`${path}.preset`, `there is no preset "${preset}"`, suggestion(preset, sources.policies.keys()))
    if (hasAllModels) {
      const named = [
        ...Object.keys(weights ?? {}).map((id) => [`weights.${id}`, id] as const),
        ...(canary === undefined ? [] : [['canary.model', canary.model] as const]),
      ]
      for (const [at, id] of named) requireMember(id, `${path}.${at}`, members, say)
    }
    pools.set(name, {
      name,
      targets: members,
      preset,
      ...(weights === undefined ? {} : { weights: new Map(Object.entries(weights)) }),
      ...(canary === undefined
        ? {}
        : { canary: { model: canary.model, share: canary.share, inPlaceOf: canary.in_place_of ?? '*' } }),
    })
  }
  return pools
}

function requireMember(id: string, path: string, members: readonly Target[], say: Say): void {
  if (members.some((target) => target.id === id)) return
  const names = members.map((target) => target.id)
  say(path, `"${id}" is no model of this pool`, suggestion(id, names, `The pool has ${someOf(names)}.`))
}

function writtenPolicies({ policies }: Config): WrittenPolicy[] {
  return Object.entries(policies).map(([name, written]) => ({ name, path: `policies.${name}`, written }))
}

function checkShadows(policies: ReadonlyMap<string, Policy>, targets: ReadonlyMap<string, Target>, say: Say): void {
  for (const { name, shadow } of policies.values()) {
    if (shadow === undefined || targets.has(shadow.model)) continue
    const otherwise = `The models are ${someOf(targets.keys())}.`
    say(
      `policies.${name}.shadow.model`,
      `"${shadow.model}" is not configured`,
      suggestion(shadow.model, targets.keys(), otherwise),
    )
  }
}

function someOf(names: Iterable<string>): string {
  const all = [...names]
  if (all.length === 0) return 'none'
  return all.length > 3 ? `${all.slice(0, 3).join(', ')}, …` : all.join(', ')
}

function checkAliases(config: Config, models: ReadonlySet<string>, pools: ReadonlyMap<string, Pool>, say: Say): void {
  for (const [alias, name] of Object.entries(config.aliases)) {
    const path = `aliases.${alias}`
    const pool = /^auto\/([^:]+)/.exec(name)?.[1]
    if (pool !== undefined) {
      if (!pools.has(pool)) say(path, `there is no pool "${pool}"`, suggestion(pool, pools.keys()))
    } else if (!/^auto(?::|$)/.test(name) && !models.has(name)) {
      const candidates = [...models, 'auto']
      const otherwise = `Use auto, auto/POOL, or one of the models: ${someOf(models)}.`
      say(path, `"${name}" is neither auto nor a configured model`, suggestion(name, candidates, otherwise))
    }
  }
}

function checkPolicy({ policy }: Config, { policies }: SnapshotSources, say: Say): void {
  if (!policies.has(policy)) say('policy', `there is no policy "${policy}"`, suggestion(policy, policies.keys()))
}

function readRouter({ router }: Config, sources: SnapshotSources, say: Say): RouterSettings {
  // The public contract's example says `cluster`.
  const use = router.use === 'cluster' ? 'clusters' : router.use
  const known = ['auto', ...sources.routers]
  if (!known.includes(use)) say('router.use', `there is no router "${use}"`, suggestion(use, known))
  return {
    use,
    device: router.device,
    remote: readRemote(router, sources.secrets, say),
    deadlineMs: router.deadline_ms,
  }
}
