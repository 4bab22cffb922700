import { isLoopback } from '../core/is-loopback.ts'
import type { InboundKey, JwtRule, JwtSettings } from '../core/snapshot.ts'
import type { Config } from './config-schema.ts'
import type { Say } from './problem.ts'
import { suggestion } from './problem.ts'
import type { Sources } from './read-keys.ts'
import { readGrant } from './read-keys.ts'

/** Whose tokens are taken, and what their callers may do. `keys`: the templates that rules may name. */
export function readJwt(
  { server }: Config,
  keys: readonly InboundKey[],
  sources: Sources,
  say: Say,
): JwtSettings | undefined {
  const { jwt } = server
  if (jwt === undefined) return undefined
  requireSecret(jwt.issuer, 'server.jwt.issuer', say)
  if (jwt.jwks_url !== undefined) requireSecret(jwt.jwks_url, 'server.jwt.jwks_url', say)
  const rules = jwt.rules.map(({ match, key, ...written }, index): JwtRule => {
    const path = `server.jwt.rules[${index}]`
    const values = Object.entries(match).map(
      ([claim, value]) => [claim, typeof value === 'string' ? [value] : value] as const,
    )
    const grant = readGrant(written, path, sources, say)
    const template = key === undefined ? undefined : keys.find(({ name }) => name === key)
    // A key whose secret is missing was reported already.
    if (key !== undefined && template === undefined && !server.keys.some(({ name }) => name === key)) {
      const names = server.keys.map(({ name }) => name)
      say(`${path}.key`, `there is no key "${key}"`, suggestion(key, names))
    }
    if (key !== undefined && isWritten(written)) {
      say(path, 'a rule takes what a key may do, or says it itself', 'Leave out key, or the other members.')
    }
    const { name: _, sha256: __, ...granted } = template ?? { name: '', sha256: new Uint8Array(), ...grant }
    return { match: new Map(values), grant: granted, label: key ?? 'jwt' }
  })
  return {
    issuer: jwt.issuer,
    audiences: typeof jwt.audience === 'string' ? [jwt.audience] : jwt.audience,
    jwksUrl: jwt.jwks_url,
    algorithms: jwt.algorithms,
    nameClaim: jwt.name_claim,
    skewSeconds: jwt.clock_skew_s,
    rules,
  }
}

function isWritten({
  limits,
  budget,
  routing,
  guards,
  cache,
  prompt_flags: promptFlags,
  sensitive,
}: Omit<Config['server']['keys'][number], 'name' | 'key'>): boolean {
  const isUsual = guards.length === 0 && cache === 'exact' && promptFlags === 'off' && !sensitive
  return limits !== undefined || budget !== undefined || routing !== undefined || !isUsual
}

/** Who can change what is on the way could issue tokens. */
function requireSecret(address: string, path: string, say: Say): void {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:' || isLoopback(hostname)) return
  say(path, 'keys that come over plain http can be anybody’s', 'Write it with https://.')
}
