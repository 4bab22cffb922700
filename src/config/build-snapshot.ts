import type { Directives } from '../core/directives.ts'
import type { JsonValue } from '../core/json.ts'
import { matchesModels } from '../core/match-models.ts'
import { nearest } from '../core/nearest.ts'
import type { Policy } from '../core/policy.ts'
import type { Secrets } from '../core/ports.ts'
import type { Provider } from '../core/provider.ts'
import type { ConfiguredProvider, InboundKey, Pool, Snapshot } from '../core/snapshot.ts'
import type { Facts, Target } from '../core/target.ts'
import { catalog, findCatalogEntry } from './catalog.ts'
import type { Config } from './config-schema.ts'
import type { Problem } from './problem.ts'

export type SnapshotSources = {
  readonly providers: ReadonlyMap<string, Provider>
  readonly policies: ReadonlyMap<string, Policy>
  readonly routers: Iterable<string>
  readonly secrets: Secrets
  /** Reads a key's `routing`; throws an error whose message says what is wrong. */
  readonly readRouting: (routing: JsonValue) => Directives
}

/** A configuration as what requests work on; every problem at once, or none and a snapshot. */
export async function buildSnapshot(
  config: Config,
  sources: SnapshotSources,
): Promise<{ readonly snapshot: Snapshot } | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const say = (path: string, problem: string, remedy: string): void => void problems.push({ path, problem, remedy })

  const providers = readProviders(config, sources, say)
  const targets = readTargets(config, providers, say)
  const pools = readPools(config, targets, sources, say)
  const keys = await readKeys(config, sources, say)
  checkAliases(config, targets, pools, say)
  checkNames(config, sources, say)
  if (keys.length === 0 && config.server.keys.length === 0 && !isLoopback(config.server.host)) {
    say(
      'server.host',
      `${config.server.host} is a public address and no keys are configured`,
      'Add server.keys, or listen on 127.0.0.1.',
    )
  }
  if (targets.size === 0 && problems.length === 0) {
    say(
      'models',
      'no model is configured',
      'List models as PROVIDER/MODEL, or name a provider that the catalogue knows.',
    )
  }
  if (problems.length > 0) return { problems }

  const { timeouts, server, router } = config
  return {
    snapshot: {
      targets,
      providers,
      pools,
      aliases: new Map(Object.entries(config.aliases)),
      keys,
      policies: sources.policies,
      defaultPolicy: config.policy,
      router: { use: router.use, device: router.device, deadlineMs: router.deadline_ms },
      maxBodyBytes: server.max_body_bytes,
      maxAttempts: server.max_attempts,
      timeouts: {
        headersMs: timeouts.headers_ms,
        firstPartMs: timeouts.first_part_ms,
        idleMs: timeouts.idle_ms,
        totalMs: timeouts.total_ms,
      },
    },
  }
}

type Say = (path: string, problem: string, remedy: string) => void

function readProviders(
  config: Config,
  sources: SnapshotSources,
  say: Say,
): Map<string, ConfiguredProvider & { readonly baseUrl: string }> {
  const configured = new Map<string, ConfiguredProvider & { readonly baseUrl: string }>()
  for (const [name, settings] of Object.entries(config.providers)) {
    const path = `providers.${name}`
    const type = settings.type ?? (sources.providers.has(name) ? name : 'openai-compatible')
    const provider = sources.providers.get(type)
    if (provider === undefined) {
      say(`${path}.type`, `there is no provider "${type}"`, suggestion(type, sources.providers.keys()))
      continue
    }
    const baseUrl = (settings.base_url ?? provider.baseUrl)?.replace(/\/+$/, '')
    if (baseUrl === undefined) {
      say(
        `${path}.base_url`,
        'missing',
        `"${name}" is no built-in provider: say where it is, e.g. base_url: http://127.0.0.1:8000/v1`,
      )
      continue
    }
    if (settings.key === undefined && provider.keyVariable !== undefined && settings.base_url === undefined) {
      say(`${path}.key`, 'missing', `Add key: env:${provider.keyVariable}`)
      continue
    }
    const secret =
      settings.key === undefined ? undefined : readSecret(settings.key, `${path}.key`, sources.secrets, say)
    configured.set(name, { name, provider, secret, headers: settings.headers, baseUrl })
  }
  return configured
}

function readSecret(reference: string, path: string, secrets: Secrets, say: Say): string | undefined {
  try {
    return secrets.read(reference)
  } catch (cause) {
    say(
      path,
      cause instanceof Error ? cause.message : `${reference} cannot be read`,
      reference.startsWith('env:')
        ? `Set ${reference.slice(4)} in the environment.`
        : 'Check that the file exists and may be read.',
    )
    return undefined
  }
}

function readTargets(
  config: Config,
  providers: ReadonlyMap<string, ConfiguredProvider & { readonly baseUrl: string }>,
  say: Say,
): Map<string, Target> {
  const targets = new Map<string, Target>()
  for (const [index, entry] of config.models.entries()) {
    const { id, facts } = typeof entry === 'string' ? { id: entry, facts: undefined } : entry
    const name = id.slice(0, Math.max(0, id.indexOf('/')))
    const provider = providers.get(name)
    if (name === '') {
      say(
        `models[${index}]`,
        `"${id}" is not of the form PROVIDER/MODEL`,
        'Write it as, for example, openai/gpt-5-mini.',
      )
    } else if (provider !== undefined) {
      targets.set(id, targetOf(provider, id.slice(name.length + 1), facts as Facts | undefined))
    } else if (config.providers[name] === undefined) {
      const remedy = suggestion(name, providers.keys(), 'Add it under providers.')
      say(`models[${index}]`, `there is no provider "${name}"`, remedy)
    }
  }
  for (const provider of providers.values()) {
    if ([...targets.values()].some((target) => target.provider === provider.name)) continue
    if (config.models.some((entry) => (typeof entry === 'string' ? entry : entry.id).startsWith(`${provider.name}/`)))
      continue
    for (const entry of catalog) {
      if (entry.provider !== provider.provider.id || entry.hosted === false || entry.facts.price_in === undefined)
        continue
      const target = targetOf(provider, entry.model, undefined)
      targets.set(target.id, target)
    }
  }
  return targets
}

function targetOf(
  provider: ConfiguredProvider & { readonly baseUrl: string },
  model: string,
  said: Facts | undefined,
): Target {
  const isSimulated = provider.name === 'simulated'
  const entry = findCatalogEntry(isSimulated ? 'simulated' : provider.provider.id, model)
  const local: Facts = isLoopback(new URL(provider.baseUrl).hostname) && !isSimulated ? { local: true } : {}
  return {
    id: `${provider.name}/${model}`,
    provider: provider.name,
    model,
    format: provider.provider.format,
    baseUrl: provider.baseUrl,
    catalogId: entry?.of ?? entry?.id,
    facts: { ...entry?.facts, ...local, ...said },
  }
}

function readPools(
  config: Config,
  targets: ReadonlyMap<string, Target>,
  sources: SnapshotSources,
  say: Say,
): Map<string, Pool> {
  const pools = new Map<string, Pool>()
  for (const [name, pool] of Object.entries(config.pools)) {
    const members = [...targets.values()].filter((target) => matchesModels(target.id, pool.models))
    if (members.length === 0)
      say(
        `pools.${name}.models`,
        'no configured model matches',
        `Patterns are matched against ${[...targets.keys()].slice(0, 3).join(', ')}, …`,
      )
    if (pool.preset !== undefined && !sources.policies.has(pool.preset)) {
      say(
        `pools.${name}.preset`,
        `there is no preset "${pool.preset}"`,
        suggestion(pool.preset, sources.policies.keys()),
      )
    }
    pools.set(name, { name, targets: members, preset: pool.preset })
  }
  return pools
}

async function readKeys(config: Config, sources: SnapshotSources, say: Say): Promise<InboundKey[]> {
  const keys: InboundKey[] = []
  for (const [index, key] of config.server.keys.entries()) {
    const path = `server.keys[${index}]`
    const secret = readSecret(key.key, `${path}.key`, sources.secrets, say)
    const routing = readKeyRouting(key.routing, `${path}.routing`, sources, say)
    if (secret === undefined) continue
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
    keys.push({ name: key.name, sha256: new Uint8Array(digest), routing, promptFlags: key.prompt_flags })
  }
  return keys
}

function readKeyRouting(
  routing: Readonly<Record<string, unknown>> | undefined,
  path: string,
  sources: SnapshotSources,
  say: Say,
): Directives {
  if (routing === undefined) return {}
  try {
    // zod has checked that it is JSON.
    return sources.readRouting(routing as JsonValue)
  } catch (cause) {
    say(path, cause instanceof Error ? cause.message : String(cause), 'See policies/README.md for the flags there are.')
    return {}
  }
}

function checkAliases(
  config: Config,
  targets: ReadonlyMap<string, Target>,
  pools: ReadonlyMap<string, Pool>,
  say: Say,
): void {
  for (const [alias, name] of Object.entries(config.aliases)) {
    const pool = /^auto\/([^:]+)/.exec(name)?.[1]
    if (pool !== undefined && !pools.has(pool))
      say(`aliases.${alias}`, `there is no pool "${pool}"`, suggestion(pool, pools.keys()))
    else if (!/^auto(?:[:/]|$)/.test(name) && !targets.has(name)) {
      say(`aliases.${alias}`, `"${name}" is neither auto nor a configured model`, suggestion(name, targets.keys()))
    }
  }
}

function checkNames(config: Config, sources: SnapshotSources, say: Say): void {
  if (!sources.policies.has(config.policy)) {
    say('policy', `there is no policy "${config.policy}"`, suggestion(config.policy, sources.policies.keys()))
  }
  const routers = ['auto', ...sources.routers]
  if (!routers.includes(config.router.use)) {
    say('router.use', `"${config.router.use}" is not a router`, suggestion(config.router.use, routers))
  }
}

function suggestion(name: string, candidates: Iterable<string>, otherwise = ''): string {
  const all = [...candidates]
  const [near] = nearest(name, all, 1)
  if (near !== undefined) return `Did you mean "${near}"?`
  return otherwise === '' ? `Use one of: ${all.join(', ')}.` : otherwise
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.')
}
