import { GatewayError } from '../core/errors.ts'
import { isLoopback } from '../core/is-loopback.ts'
import type { Exchange } from '../core/ports.ts'
import type { InboundKey, Principal, Snapshot } from '../core/snapshot.ts'
import { challenge } from './challenge.ts'
import type { Tokens } from './jwt/tokens.ts'
import { looksLikeToken } from './jwt/tokens.ts'

/** Who calls when no key is asked for: the one person whose machine this is. */
export const LOCAL_PRINCIPAL: Principal = { name: 'local', routing: {}, promptFlags: 'tighten' }

type Caller = Pick<Exchange, 'header'>

/**
 * The caller behind a request, by a key in its headers or else in its query, or by a token; throws `invalid_api_key`.
 * Synchronous when no keys are configured, and for a token that was checked before.
 */
export function authenticate(
  snapshot: Snapshot,
  call: Caller,
  queryKey?: string,
  tokens?: Tokens,
): Principal | Promise<Principal> {
  if (snapshot.keys.length === 0 && snapshot.jwt === undefined) {
    requireLocalPage(call)
    return LOCAL_PRINCIPAL
  }
  const bearer = readBearer(call)
  const key = bearer ?? readKey(call) ?? queryKey
  if (key === undefined) {
    throw new GatewayError(
      'invalid_api_key',
      'No API key. Send it as "Authorization: Bearer KEY" or "x-api-key: KEY".',
      { headers: challenge() },
    )
  }
  if (tokens !== undefined && looksLikeToken(key)) {
    if (key === bearer) return tokens.principal(key)
    // Other headers, and addresses above all, end up in logs.
    throw refused('A token is taken from "Authorization: Bearer" alone.')
  }
  return findPrincipal(snapshot.keys, key)
}

function readBearer(call: Caller): string | undefined {
  const authorization = call.header('authorization')
  return authorization?.slice(0, 7).toLowerCase() === 'bearer ' ? authorization.slice(7).trim() : undefined
}

function readKey(call: Caller): string | undefined {
  return call.header('x-api-key') ?? call.header('x-goog-api-key') ?? call.header('api-key')
}

async function findPrincipal(keys: readonly InboundKey[], key: string): Promise<Principal> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)))
  // Every key is compared, and every byte of it: the time says nothing about which one nearly matched.
  let found: InboundKey | undefined
  for (const candidate of keys) if (isSame(candidate.sha256, digest)) found = candidate
  if (found === undefined) {
    throw refused('The API key is not one of the keys this gateway accepts.')
  }
  return {
    name: found.name,
    routing: found.routing,
    promptFlags: found.promptFlags,
    isSensitive: found.isSensitive ?? false,
    ...(found.limits === undefined ? {} : { limits: found.limits }),
    ...(found.guards === undefined ? {} : { guards: found.guards }),
    ...(found.cache === undefined ? {} : { cache: found.cache }),
  }
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_api_key', message, { headers: challenge(message) })
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index += 1) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
  return difference === 0
}

/**
 * A gateway without keys trusts its machine, but not the web pages that a browser on it shows: they could spend its
 * owner's money. Pages name themselves in `origin`; a page that rebinds its name to loopback shows it in `host`.
 */
function requireLocalPage(call: Caller): void {
  const origin = call.header('origin')
  if (origin !== undefined && !isLocalHost(hostOf(origin))) {
    throw new GatewayError(
      'origin_not_allowed',
      'Web pages may use this gateway only with a key. Configure server.keys.',
    )
  }
  // A picture or a script that another site's page wants comes without an origin; what a person opens himself does too.
  if (origin === undefined && isOfAnotherSite(call.header('sec-fetch-site')) && !isOpened(call)) {
    throw new GatewayError(
      'origin_not_allowed',
      'Web pages may use this gateway only with a key. Configure server.keys.',
    )
  }
  const host = call.header('host')
  if (host !== undefined && !isLocalHost(host)) {
    throw new GatewayError(
      'origin_not_allowed',
      'Without keys this gateway answers only to a loopback address such as 127.0.0.1 or localhost. Configure server.keys.',
    )
  }
}

function isOfAnotherSite(site: string | undefined): boolean {
  return site === 'cross-site' || site === 'same-site'
}

function isOpened(call: Caller): boolean {
  return call.header('sec-fetch-mode') === 'navigate' && call.header('sec-fetch-dest') === 'document'
}

function hostOf(origin: string): string {
  const scheme = origin.indexOf('://')
  return scheme < 0 ? origin : origin.slice(scheme + 3)
}

// Nearly every request names the same host.
let lastLoopback = ''

function isLocalHost(hostAndPort: string): boolean {
  if (hostAndPort === lastLoopback) return true
  if (!isLoopback(hostAndPort.replace(/:\d+$/, ''))) return false
  lastLoopback = hostAndPort
  return true
}
