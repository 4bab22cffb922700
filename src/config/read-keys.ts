import type { KeyLimits } from '../core/counters.ts'
import type { Directives } from '../core/directives.ts'
import { GatewayError } from '../core/errors.ts'
import type { PlacedGuard } from '../core/guard.ts'
import type { GuardSettings } from '../core/guard-settings.ts'
import type { JsonValue } from '../core/json.ts'
import type { Secrets } from '../core/ports.ts'
import type { Grant, InboundKey } from '../core/snapshot.ts'
import type { Config } from './config-schema.ts'
import type { Say } from './problem.ts'
import { readSecret } from './read-secret.ts'

export type Sources = {
  readonly secrets: Secrets
  /** Reads a key's `routing`; throws an error whose message says what is wrong. */
  readonly readRouting: (routing: JsonValue) => Directives
  readonly openGuard: (settings: GuardSettings) => PlacedGuard
}

/** Names of callers that a token names begin with it. */
export const TOKEN_PREFIX = 'jwt:'

const TOKEN_LIKE = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/

/** The keys callers may use, as digests. */
export async function readKeys(config: Config, sources: Sources, say: Say): Promise<InboundKey[]> {
  const keys: InboundKey[] = []
  const names = new Map<string, number>()
  const secretPlaces = new Map<string, number>()
  for (const [index, key] of config.server.keys.entries()) {
    const path = `server.keys[${index}]`
    const sameName = names.get(key.name)
    if (sameName !== undefined)
      say(`${path}.name`, `"${key.name}" is the name of server.keys[${sameName}] too`, 'Give each key its own name.')
    names.set(key.name, index)
    if (key.name.startsWith(TOKEN_PREFIX))
      say(`${path}.name`, `names with ${TOKEN_PREFIX} are those of tokens`, 'Give the key another name.')
    const grant = readGrant(key, path, sources, say)
    const secret = readSecret(key.key, `${path}.key`, sources.secrets, say)
    if (secret === undefined) continue
    if (config.server.jwt !== undefined && TOKEN_LIKE.test(secret))
      say(`${path}.key`, 'looks like a token of server.jwt, and would be checked as one', 'Take another secret.')
    const sameSecret = secretPlaces.get(secret)
    if (sameSecret !== undefined)
      say(`${path}.key`, `the same secret as server.keys[${sameSecret}]`, 'Give each key a secret of its own.')
    secretPlaces.set(secret, index)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
    keys.push({
      name: key.name,
      sha256: new Uint8Array(digest),
      ...grant,
    })
  }
  return keys
}

const NANO = 1_000_000_000

/** No member where the key is bounded in nothing: its calls then cost no counting. */
function limitsOf({ limits, budget }: WrittenGrant): { readonly limits?: KeyLimits } {
  const { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute, concurrent } = limits ?? {}
  const isBounded = [requestsPerMinute, tokensPerMinute, concurrent, budget].some((limit) => limit !== undefined)
  if (!isBounded) return {}
  return {
    limits: {
      requestsPerMinute,
      tokensPerMinute,
      concurrent,
      budget: budget === undefined ? undefined : { nanoUsd: Math.round(budget.usd * NANO), per: budget.per },
    },
  }
}

type WrittenGrant = Omit<Config['server']['keys'][number], 'name' | 'key'>

/** What a key or a rule for tokens says of what its callers may do. */
export function readGrant(written: WrittenGrant, path: string, sources: Sources, say: Say): Grant {
  return {
    routing: readRouting(written.routing, `${path}.routing`, sources, say),
    promptFlags: written.prompt_flags,
    isSensitive: written.sensitive,
    cache: written.cache,
    ...limitsOf(written),
    ...(written.guards.length === 0 ? {} : { guards: written.guards.map(sources.openGuard) }),
  }
}

function readRouting(
  routing: Readonly<Record<string, unknown>> | undefined,
  path: string,
  sources: Sources,
  say: Say,
): Directives {
  if (routing === undefined) return {}
  try {
    // zod has checked that it is JSON.
    return sources.readRouting(routing as JsonValue)
  } catch (cause) {
    const param = cause instanceof GatewayError ? (cause.param ?? '') : ''
    const at = param.startsWith('routing.') ? path + param.slice('routing'.length) : path
    say(at, cause instanceof Error ? cause.message : String(cause), 'policies/README.md lists the flags there are.')
    return {}
  }
}
